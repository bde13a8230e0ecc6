/** What a node holds now: as its open dialog shows it, else as it is stored. */

/** The control of a stored property in the dialog on top, whatever kind of node it is. */
export function control(name: string): JQuery {
  return $(`#node-input-${name}, #node-config-input-${name}`).last();
}

export function current(node: EditorNode, name: string): unknown {
  const edited = RED.editor.getEditStack().some((open) => open.id === node.id);
  const prefix = node._def?.category === 'config' ? 'node-config-input' : 'node-input';
  const input = edited ? $(`#${prefix}-${name}`) : null;
  if (!input || input.length === 0) return node[name];
  return input.is(':checkbox') ? input.is(':checked') : input.val();
}
