/** A red field says why, at the field: for eyes, for a pointer, and for a screen reader. */

/**
 * Shows under each field what is wrong with what it holds now. `lists` are properties without an input of their own.
 */
export function showComplaints(node: EditorNode, prefix: string, lists: Record<string, unknown>): void {
  const checked = { ...node._def.defaults, ...node._def.credentials };
  for (const [name, { validate }] of Object.entries(checked)) {
    if (!validate) continue;
    const input = $(`#${prefix}-${name}, #${prefix}-${name}-rows`);
    if (input.length === 0 && !(name in lists)) continue;
    const value = name in lists ? lists[name] : input.is(':checkbox') ? input.is(':checked') : input.val();
    const said = validate.call(node, value, {});
    complain(name, input, said === true ? '' : String(said));
  }
}

function complain(name: string, input: JQuery, sentence: string): void {
  const row = $(`#rescale-row-${name}`);
  if (row.length === 0) return;
  const id = `rescale-why-${name}`;
  let why = $(`#${id}`);
  if (why.length === 0) {
    if (sentence === '') return;
    why = $('<div class="rescale-why">').attr('id', id).appendTo(row);
  }
  if (why.text() !== sentence) why.text(sentence);
  why.toggle(sentence !== '');
  const seen = row
    .find('input, select, ol')
    .filter((_index, element) => $(element).is(':visible') || $(element).is('ol'))
    .not('.rescale-measure, .rescale-cells *');
  const hint = row.find('.rescale-hint').attr('id');
  const described = [sentence === '' ? '' : id, hint].filter(Boolean).join(' ');
  seen.toggleClass('input-error', sentence !== '');
  input.next('.red-ui-typedInput-container').toggleClass('input-error', sentence !== '');
  row.find('.red-ui-typedInput-container').toggleClass('input-error', sentence !== '');
  if (sentence === '') seen.removeAttr('aria-invalid').removeAttr('title');
  else seen.attr({ 'aria-invalid': 'true', title: sentence });
  if (described) seen.attr('aria-describedby', described);
  else seen.removeAttr('aria-describedby');
}
