/** Typed fields, and the search lists in them. */
import type { Lookup, Measure } from '../dialog/field';
import { lookUp, takeLink } from './lookups';
import { linkUnit } from './measured-field';
import { searchList } from './search-list';
import { text } from './texts';

interface OpenTypedField {
  name: string;
  types: string[];
  pick?: Lookup;
  /** Several values stand side by side, with commas. */
  several?: boolean;
  measure?: Measure;
}

export function openTypedField(
  prefix: string,
  { name, types, pick, several, measure }: OpenTypedField,
): void {
  const stored = $(`#${prefix}-${name}`);
  const field = measure ? $(`#${prefix}-${name}-typed`) : stored;
  const [literal = 'str', ...others] = types;
  const own: TypedInputType | string = pick
    ? { value: 'str', label: text(`pick.type-${name}`), icon: 'red/images/typedInput/az.svg' }
    : measure
      ? { value: 'num', label: text('pick.type-number'), icon: 'red/images/typedInput/09.svg' }
      : literal;
  field.typedInput({ typeField: `#${prefix}-${name}Type`, types: [own, ...others] });
  const input = field.next('.red-ui-typedInput-container').find('.red-ui-typedInput-input');
  // The visible input is Node-RED's: the label must lead to it.
  input.attr('id', `${prefix}-${name}-value`);
  $(`label[for="${prefix}-${name}"]`).attr('for', `${prefix}-${name}-value`);
  if (measure) linkUnit(`${prefix}-${name}`, measure, field);
  if (!pick) return;
  input.on('input', (event) => {
    if (takeLink(String(input.val()))) event.stopImmediatePropagation();
  });
  addSearchList(field, pick, several ?? false);
}

/** Puts a search list under a typed field, and a button beside it. */
function addSearchList(field: JQuery, pick: Lookup, several: boolean): void {
  const box = field.next('.red-ui-typedInput-container');
  // Where several stand side by side, the list is about the last one.
  const before = () => (several ? field.typedInput('value').replace(/[^,]*$/, '') : '');
  const list = searchList(box.find('.red-ui-typedInput-input'), {
    enabled: () => field.typedInput('type') === 'str',
    typed: () => field.typedInput('value').slice(before().length).trim(),
    load: (search: string) => lookUp(pick, search),
    choose: (value) => field.typedInput('value', (before() && `${before()} `) + value),
  });
  field.on('change', () => list.update());
  list.update();
  const button = $(
    '<button type="button" class="red-ui-button rescale-search"><i class="fa fa-search"></i></button>',
  );
  button.attr({ 'aria-label': text('pick.search'), title: text('pick.search') }).insertAfter(box);
  button.on('click', () => {
    // What is found is a fixed value. Who leaves without one keeps what the field held.
    const [type, value] = [field.typedInput('type'), field.typedInput('value')];
    if (type !== 'str') field.typedInput('type', 'str').typedInput('value', '');
    list.open(() => {
      if (type !== 'str' && field.typedInput('value') === '') {
        field.typedInput('type', type).typedInput('value', value);
      }
    });
  });
}
