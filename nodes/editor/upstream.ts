/** What can be said of a message before it comes: whether the inject nodes before a node set what it reads. */

interface InjectProperty {
  p?: string;
}

const first = (property: string) => property.split(/[.[]/)[0] ?? '';

/** What an inject node sets: names of message properties. */
function injected(node: EditorNode): string[] {
  const properties = node['props'];
  if (!Array.isArray(properties)) return ['payload', 'topic'];
  return (properties as InjectProperty[]).map(({ p }) => first(p ?? ''));
}

/** Whether nothing but inject nodes stands before a node, and none of them sets this property. */
export function neverInjected(node: EditorNode, property: string): boolean {
  const sources = RED.nodes.filterLinks({ target: node }).map(({ source }) => source);
  if (sources.length === 0 || sources.some(({ type }) => type !== 'inject')) return false;
  return !sources.some((source) => injected(source).includes(first(property)));
}

/** Looks at a node again when a wire to it is drawn or cut, or an inject node before it changes. Called once. */
export function watchWires(): void {
  const look = (node: EditorNode | undefined) => {
    if (node?.type.startsWith('rescale-') && RED.nodes.node(node.id)) {
      RED.editor.validateNode(node);
      node['dirty'] = true;
    }
  };
  for (const event of ['links:add', 'links:remove']) {
    // Loading the flows draws many wires; each node is looked at after the last of them.
    RED.events.on(event, ({ target }) => setTimeout(() => look(target)));
  }
  RED.events.on('nodes:change', (node) => {
    if (node.type !== 'inject') return;
    for (const { target } of RED.nodes.filterLinks({ source: node })) look(target);
  });
}
