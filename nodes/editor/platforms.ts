/** The platform field: the only one is chosen by itself, and its buttons have names. */
import { text } from './texts';
import { written } from './written';

const isPlatform = (node: EditorNode) => node.type === 'rescale-platform';

function platforms(): EditorNode[] {
  const found: EditorNode[] = [];
  RED.nodes.eachConfig((node) => {
    if (isPlatform(node) && node['d'] !== true) found.push(node);
    return true;
  });
  return found;
}

/** The platform of the flows where there is just one. */
function onlyPlatform(): EditorNode | null {
  const [only, another] = platforms();
  return only && !another ? only : null;
}

const hasPlatform = (node: EditorNode) => RED.nodes.node(written(node['platform'])) !== null;

/** A node was added to a flow: from the palette, or with a flow that is imported. */
export function added(node: EditorNode): void {
  const only = onlyPlatform();
  if (!only || hasPlatform(node)) return;
  node['platform'] = only.id;
  // A node that is in the flows already was registered as a user before it had a platform.
  if (RED.nodes.node(node.id) && !only.users?.includes(node)) {
    only.users?.push(node);
    RED.events.emit('nodes:change', only);
    RED.editor.validateNode(node);
  }
}

/** A dialog opened: the only platform is offered as the choice, to be confirmed with Done. */
export function choosePlatform(node: EditorNode): void {
  const only = onlyPlatform();
  if (only && !hasPlatform(node)) $('#node-input-platform').val(only.id).trigger('change');
}

/** Node-RED's own buttons of a config field are links without an address, which no keyboard reaches, and have no names. */
export function namePlatformButtons(): void {
  for (const action of ['edit', 'add']) {
    const name = text(`pick.platform-${action}`);
    $(`#node-input-btn-platform-${action}`)
      .attr({ role: 'button', tabindex: '0', 'aria-label': name, title: name })
      .on('keydown', function (event) {
        if (event.key === 'Enter' || event.key === ' ') $(this).trigger('click');
      });
  }
}
