/** The call of `registerType` with literals only, because Node-RED's flow library reads it without running it. */
import { allFields, type Dialog, type Field } from './field';
import { SHARED, NAMESPACE, type TextFinder } from './texts';

interface Registration {
  type: string;
  /** Of what the dialog stores. */
  version: number;
  dialog: Dialog;
  texts: TextFinder;
  /** JavaScript that makes `own`: what runs in the editor for this node alone. */
  code: string;
}

type Entry = [name: string, value: unknown, extra?: string];

/** JavaScript for a value: single quotes, as a person would write it. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'string') {
    const escaped = JSON.stringify(value).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'");
    return `'${escaped.replace(/</g, '\\u003c')}'`;
  }
  if (value !== null && typeof value === 'object') {
    const parts = Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([name, part]) => `${/^\w+$/.test(name) ? name : literal(name)}: ${literal(part)}`);
    return `{ ${parts.join(', ')} }`;
  }
  return String(value);
}

export function registrationScript({ type, version, dialog, texts, code }: Registration): string {
  const { category = 'rescale', inputs = 1, outputs = 1 } = dialog;
  const config = category === 'config';
  const entries: Entry[] = [
    ['name', ''],
    ['version', version],
    ...allFields(dialog.fields).flatMap((field) => entriesOf(field, texts, dialog)),
  ];
  const defaults = entries.map(
    ([name, value, extra]) =>
      `            ${name}: { value: ${literal(value)}${extra ? `, ${extra}` : ''} },`,
  );
  const ports = `
        inputs: ${inputs},
        outputs: ${outputs},`;
  return `
(function () {
    const own = ${code};
    // The rules stand in the platform's file; they are looked up when a value is checked, in whatever order the
    // editor has loaded the files.
    function rule(name, options) {
        return function (value, opt) {
            return RED.rescale ? RED.rescale.rules[name](this, value, opt, options) : true;
        };
    }
    const fields = ${literal(dialog.fields.map((field) => forEditor(field, texts)))};

    RED.nodes.registerType(${literal(type)}, {
        category: ${literal(category)},${config ? '' : description()}
        color: '#3FADB5',
        icon: ${literal(`${type}.svg`)},${config ? '' : ports}
        defaults: {
${defaults.join('\n')}
        },${credentials(dialog)}
        paletteLabel: function () {
            return this._('${type}.palette');
        },
        label: function () {
            return own.labelOf(this, own.label);
        },
        labelStyle: function () {
            return this.name ? 'node_label_italic' : '';
        },${config ? '' : portLabels(type, dialog)}
        oneditprepare: function () {
            RED.rescale.open(this, fields, own);
        },
        oneditsave: function () {
            return RED.rescale.save(this, fields, own);
        },
        oneditcancel: function () {
            RED.rescale.leave(this);
        },
    });
})();
`;
}

function description(): string {
  return `\n        categoryDescription: RED._('${NAMESPACE}${SHARED}:${SHARED}.category'),`;
}

function credentials({ credentials: stored }: Dialog): string {
  if (!stored) return '';
  const lines = Object.entries(stored).map(
    ([name, { rule }]) => `            ${name}: { type: 'password', validate: rule(${literal(rule)}) },`,
  );
  return `\n        credentials: {\n${lines.join('\n')}\n        },`;
}

function portLabels(type: string, { inputs = 1, outputs = 1, fields }: Dialog): string {
  const adds = fields.some((field) => field.kind === 'platform')
    ? `
        onadd: function () {
            if (RED.rescale) RED.rescale.added(this);
        },`
    : '';
  const input = inputs
    ? `
        inputLabels: function () {
            return this._('${type}.port.input');
        },`
    : '';
  const output =
    outputs > 1
      ? `
        outputLabels: function (index) {
            return this._(index === 0 ? '${type}.port.output' : '${type}.port.second');
        },`
      : `
        outputLabels: function () {
            return this._('${type}.port.output');
        },`;
  return adds + input + (outputs ? output : '');
}

/** What a field stores, with what checks it. */
function entriesOf(field: Exclude<Field, { kind: 'fold' }>, texts: TextFinder, { changes }: Dialog): Entry[] {
  if (field.kind === 'own') {
    return field.stores.map(({ name, initial, rule, configType }) => [
      name,
      initial,
      configType
        ? `type: ${literal(configType)}, required: false`
        : rule && `validate: rule(${literal(rule)})`,
    ]);
  }
  const { name, when } = field;
  const label = texts.need(`field.${name}`);
  const check = (rule: string, options: object) =>
    `validate: rule(${literal(rule)}, ${literal({ name, field: label, when, ...options })})`;
  switch (field.kind) {
    case 'platform':
      return [
        [
          name,
          '',
          `type: ${literal(SHARED)}, required: true, label: RED._(${literal(label)}), ${check('platform', { changes })}`,
        ],
      ];
    case 'typed': {
      const { accepts, blank, least, most, fraction, initial, measure } = field;
      const options = { accepts, blank: blank || undefined, least, most, fraction, measure };
      return [
        [name, initial.value, check('typed', options)],
        [`${name}Type`, initial.type],
      ];
    }
    case 'number': {
      const { initial, least, most, fraction, blank, measure } = field;
      return [[name, initial, check('number', { least, most, fraction, blank, measure })]];
    }
    case 'checks':
      return [[name, field.initial, field.needed ? check('checks', {}) : '']];
    case 'rows':
      return [[name, [], check('rows', { columns: columnsOf(field, texts) })]];
    default:
      return [[name, field.initial]];
  }
}

function columnsOf(field: Extract<Field, { kind: 'rows' }>, texts: TextFinder): object[] {
  return field.columns.map((column) => ({
    ...column,
    label: texts.need(`column.${field.name}.${column.name}`),
    options: column.options?.map((value) => ({ value, label: texts.need(`option.${field.name}.${value}`) })),
  }));
}

/** What the editor's code must know of a field when the dialog opens. */
function forEditor(field: Field, texts: TextFinder): object {
  switch (field.kind) {
    case 'fold':
      return {
        kind: 'fold',
        name: field.name,
        open: field.open,
        fields: field.fields.map((one) => forEditor(one, texts)),
      };
    case 'own':
      return {
        kind: 'own',
        name: field.name,
        when: field.when,
        stores: field.stores.map(({ name }) => name),
      };
    case 'rows':
      return {
        kind: 'rows',
        name: field.name,
        when: field.when,
        columns: columnsOf(field, texts),
        label: texts.need(`field.${field.name}`),
      };
    case 'typed': {
      const { kind, name, when, types, accepts, pick, several, measure } = field;
      return { kind, name, when, types, accepts, pick, several, measure };
    }
    default: {
      const { kind, name, when } = field;
      return { kind, name, when, measure: 'measure' in field ? field.measure : undefined };
    }
  }
}
