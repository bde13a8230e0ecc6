/** How each field kind looks: the HTML of its row. Node-RED fills every `data-i18n` in the user's language. */
import type { ChecksField, Field, Measure, NumberField, SelectField, TypedField } from './field';
import type { TextFinder } from './texts';

interface Place {
  /** `node-input` or, for a config node, `node-config-input`. */
  prefix: string;
  texts: TextFinder;
}

const UNITS: Record<Measure, readonly string[]> = {
  seconds: ['seconds', 'minutes', 'hours', 'days'],
  minutes: ['minutes', 'hours', 'days'],
  hours: ['hours', 'days'],
  bytes: ['bytes', 'kilobytes', 'megabytes', 'gigabytes'],
  items: ['items'],
  price: ['price'],
  rate: ['rate'],
};
const FULL = 'width: calc(100% - 140px)';
/** Leaves room for the button that searches on the platform. */
const PICKED = 'width: calc(100% - 180px)';

export function dialogHtml(fields: readonly Field[], place: Place): string {
  return fields
    .map((field) => (field.kind === 'fold' ? foldHtml(field, place) : rowHtml(field, place)))
    .join('');
}

function foldHtml(field: Extract<Field, { kind: 'fold' }>, place: Place): string {
  const caption = place.texts.need(`fold.${field.name}`);
  return `
        <details class="rescale-fold" id="rescale-${field.name}"${field.open ? ' open' : ''}>
            <summary data-i18n="${caption}"></summary>${dialogHtml(field.fields, place)}
        </details>`;
}

function rowHtml(field: Exclude<Field, { kind: 'fold' }>, place: Place): string {
  const content = field.kind === 'own' ? ownHtml(field, place) : contentHtml(field, place);
  const tip = place.texts.find(`tip.${field.name}`);
  const hint = tip
    ? `\n            <div class="rescale-hint" id="rescale-hint-${field.name}" data-i18n="${tip}"></div>`
    : '';
  return `
        <div class="form-row" id="rescale-row-${field.name}">${content}${hint}
        </div>`;
}

function contentHtml(field: Exclude<Field, { kind: 'fold' | 'own' }>, place: Place): string {
  const id = `${place.prefix}-${field.name}`;
  const label = labelHtml(field, id, place);
  switch (field.kind) {
    case 'platform':
      return `${label}\n            <input type="text" id="${id}" style="${FULL}">`;
    case 'text':
      return `${label}\n            <input type="text" id="${id}" style="${FULL}"${placeholder(field.name, place)}>`;
    case 'select':
      return `${label}\n            ${selectHtml(field, id, place)}`;
    case 'typed':
      return label + typedHtml(field, id, place);
    case 'number':
      return label + numberHtml(field, id, place);
    case 'checkbox':
      return `
            <div class="rescale-check">
                <input type="checkbox" id="${id}">
                ${labelText(field.name, id, place, field.icon)}
            </div>`;
    case 'checks':
      return checksHtml(field, place);
    case 'rows':
      return `${groupLabel(field, place)}
            <div class="rescale-group" role="group" aria-labelledby="rescale-label-${field.name}"><ol id="${id}-rows"></ol></div>`;
  }
}

function labelHtml(field: Exclude<Field, { kind: 'fold' | 'own' }>, id: string, place: Place): string {
  if (field.kind === 'checkbox' || field.kind === 'checks' || field.kind === 'rows') return '';
  return `\n            ${labelText(field.name, visibleId(field, id), place, field.icon)}`;
}

/** Where a field keeps its value out of sight, the label leads to what is seen. */
function visibleId(field: Field, id: string): string {
  return (field.kind === 'number' || field.kind === 'typed') && field.measure ? `${id}-value` : id;
}

function labelText(name: string, id: string, { texts }: Place, icon?: string): string {
  const picture = icon ? `<i class="fa fa-${icon}"></i> ` : '';
  return `<label for="${id}">${picture}<span data-i18n="${texts.need(`field.${name}`)}"></span></label>`;
}

function groupLabel(field: { name: string; icon?: string }, { texts }: Place): string {
  const picture = field.icon ? `<i class="fa fa-${field.icon}"></i> ` : '';
  const key = texts.need(`field.${field.name}`);
  return `
            <span class="rescale-group-label">${picture}<span id="rescale-label-${field.name}" data-i18n="${key}"></span></span>`;
}

function placeholder(name: string, { texts }: Place): string {
  const key = texts.find(`placeholder.${name}`);
  return key ? ` data-i18n="[placeholder]${key}"` : '';
}

function optionsHtml(name: string, options: readonly string[], place: Place): string {
  return options
    .map((value) => {
      const key = place.texts.need(`option.${name}.${value}`);
      return `\n                <option value="${value}" data-i18n="${key}"></option>`;
    })
    .join('');
}

function selectHtml(field: SelectField, id: string, place: Place): string {
  return `<select id="${id}" style="${FULL}">${optionsHtml(field.name, field.options, place)}
            </select>`;
}

function checksHtml(field: ChecksField, place: Place): string {
  const boxes = field.options.map((value) => {
    const key = place.texts.need(`option.${field.name}.${value}`);
    return `\n                <label><input type="checkbox" data-check="${field.name}" value="${value}"> <span data-i18n="${key}"></span></label>`;
  });
  return `${groupLabel(field, place)}
            <div class="rescale-group" role="group" aria-labelledby="rescale-label-${field.name}">${boxes.join('')}
            </div>`;
}

function typedHtml(field: TypedField, id: string, place: Place): string {
  const type = `\n            <input type="hidden" id="${id}Type">`;
  if (field.measure) {
    return `
            <input type="text" id="${id}-typed" style="width: 170px">${unitHtml(field, id, place)}
            <input type="hidden" id="${id}">${type}`;
  }
  const width = field.pick ? PICKED : FULL;
  return `\n            <input type="text" id="${id}" style="${width}"${placeholder(field.name, place)}>${type}`;
}

function numberHtml(field: NumberField, id: string, place: Place): string {
  if (field.measure) {
    return `
            <input type="text" class="rescale-number" id="${id}-value"${placeholder(field.name, place)}>${unitHtml(field, id, place)}
            <input type="hidden" id="${id}">`;
  }
  const unit = place.texts.find(`unit.${field.name}`);
  const word = unit ? `<span class="rescale-unit" data-i18n="${unit}"></span>` : '';
  return `\n            <input type="text" class="rescale-number" id="${id}"${placeholder(field.name, place)}>${word}`;
}

function unitHtml(field: NumberField | TypedField, id: string, { texts }: Place): string {
  const units = UNITS[field.measure!].map((unit) => [unit, texts.need(`unit.${unit}`)]);
  if (field.zero) units.push(['zero', texts.need(`zero.${field.zero}`)]);
  const options = units.map(([value, key]) => `<option value="${value}" data-i18n="${key}"></option>`);
  return `<select class="rescale-measure" id="${id}-unit" data-i18n="[aria-label]${texts.need('unit.label')}">${options.join('')}</select>`;
}

function ownHtml(field: Extract<Field, { kind: 'own' }>, { texts }: Place): string {
  // `{{key}}` in it is a text of the catalog.
  return field.html.replace(/\{\{([\w.-]+)\}\}/g, (_place, key: string) => texts.need(key));
}
