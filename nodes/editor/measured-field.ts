/** Numbers with a choice of units: what is seen is a number and its unit, what is stored is one number. */
import type { Measure } from '../dialog/field';
import { parseQuantity, shownQuantity, storedQuantity } from './quantity';
import { written } from './written';

/**
 * Links what is stored (`#id`), the unit (`#id-unit`) and what is seen: the input `#id-value`, or a typed input, whose
 * unit is of interest only while it holds a number.
 */
export function linkUnit(id: string, measure: Measure, typed?: JQuery): void {
  const stored = $(`#${id}`);
  const unit = $(`#${id}-unit`);
  const seen = typed ?? $(`#${id}-value`);
  const zero = unit.find('option[value="zero"]').length > 0;
  const isNumber = () => !typed || typed.typedInput('type') === 'num';
  const read = () => (typed ? typed.typedInput('value') : String(seen.val() ?? ''));
  const write = (number: string) => (typed ? typed.typedInput('value', number) : seen.val(number));
  let writing = false;

  const show = (value: unknown) => {
    if (!isNumber()) return void write(written(value));
    const shown = shownQuantity(value, measure, zero);
    unit.val(shown.unit);
    write(shown.number);
  };
  const arrange = () => {
    unit.toggle(isNumber());
    const never = isNumber() && unit.val() === 'zero';
    const box = typed ? typed.next('.red-ui-typedInput-container').find('.red-ui-typedInput-input') : seen;
    box.prop('disabled', never);
  };
  const changed = () => {
    if (writing) return;
    writing = true;
    const parsed = isNumber() ? parseQuantity(read(), measure) : null;
    // "10 MB" was typed: its unit goes where units are.
    if (parsed?.unit) {
      unit.val(parsed.unit);
      write(String(parsed.number));
    }
    if (isNumber() && unit.val() === 'zero' && read() !== '') write('');
    arrange();
    const value = isNumber() ? storedQuantity({ number: read(), unit: String(unit.val()) }, measure) : read();
    stored.val(value).trigger('change');
    writing = false;
  };

  writing = true;
  show(stored.val());
  writing = false;
  arrange();
  seen.on('change', changed);
  unit.on('change', changed);
  // Whoever sets the stored value (another node's code, a migration) sees it at once.
  stored.on('rescale-shown', () => {
    writing = true;
    show(stored.val());
    writing = false;
    arrange();
  });
}
