/** The platforms of the flows: which one a node takes by itself, and how they are told apart. */
import { text } from './texts';
import { written } from './written';

const TYPE = 'rescale-platform';

function platforms(): EditorNode[] {
  const found: EditorNode[] = [];
  RED.nodes.eachConfig((node) => {
    if (node.type === TYPE && node['d'] !== true) found.push(node);
    return true;
  });
  return found;
}

export function platformOf(node: EditorNode, id: unknown = node['platform']): EditorNode | null {
  const found = RED.nodes.node(written(id));
  return found?.type === TYPE ? found : null;
}

/** Ticked, or a text that says so, such as one from an environment variable. */
export const isReadOnly = (platform: EditorNode) => written(platform['readOnly']) === 'true';

/** The platform of the flows where there is just one. */
function onlyPlatform(): EditorNode | null {
  const [only, another] = platforms();
  return only && !another ? only : null;
}

/** Which of several unnamed platforms that would be called the same this is, from 1; 1 where it is the only one. */
export function placeAmongEqual(node: EditorNode): number {
  const equal = platforms().filter(
    (one) => !one.name && one['url'] === node['url'] && otherSpeed(one) === otherSpeed(node),
  );
  return Math.max(equal.findIndex(({ id }) => id === node.id) + 1, 1);
}

const USUAL_SPEED = '60';

/** Simulators of different speeds have different jobs; errors call them by their speed, too. '' for the usual one. */
function otherSpeed(node: EditorNode): string {
  const speed = written(node['speed'] ?? USUAL_SPEED);
  return node['url'] === 'simulator' && speed !== USUAL_SPEED ? `speed ${speed}` : '';
}

/** Without a name it is called by its host; equal ones are told apart, and what refuses changes says so. */
export function platformLabel(node: EditorNode): string {
  const url = written(node['url']);
  const host = url === 'simulator' ? node._('rescale-platform.note.name') : url.replace(/^https?:\/\//, '');
  const place = placeAmongEqual(node);
  const speed = otherSpeed(node);
  const called = speed ? `${host} (${speed})` : host;
  const name = node.name || (place > 1 ? `${called} ${place}` : called);
  return isReadOnly(node) ? node._('rescale-platform.note.read-only', { name }) : name;
}

/** A node was added to a flow from the palette, or pasted: it takes the only platform there is. */
export function added(node: EditorNode): void {
  const only = onlyPlatform();
  if (!only || platformOf(node)) return;
  node['platform'] = only.id;
  // A node that is in the flows already was registered as a user before it had a platform.
  if (RED.nodes.node(node.id)) {
    use(node, only);
    RED.editor.validateNode(node);
  }
}

function use(node: EditorNode, platform: EditorNode): void {
  if (!platform.users?.includes(node)) platform.users?.push(node);
  RED.events.emit('nodes:change', platform);
}

/** A dialog opened: the only platform is offered as the choice, to be confirmed with Done. */
export function choosePlatform(node: EditorNode): void {
  const only = onlyPlatform();
  if (only && !platformOf(node)) $('#node-input-platform').val(only.id).trigger('change');
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

/** What makes two platforms the same for a flow: everything but how they are called, and the key, which no import has. */
const SAME = ['url', 'apiVersion', 'readOnly', 'speed', 'tls', 'proxy'];

/** A field that a hand-written flow leaves out is at its default. */
const settingOf = (platform: EditorNode, name: string) =>
  written(platform[name] ?? platform._def.defaults[name]?.value);

function twinOf(platform: EditorNode): EditorNode | null {
  const fits = (other: EditorNode) =>
    other.id !== platform.id &&
    (!platform.name || platform.name === other.name) &&
    SAME.every((name) => settingOf(other, name) === settingOf(platform, name));
  return platforms().find(fits) ?? null;
}

/**
 * A flow that was imported brings the platform it was saved with. Where the same one is there already, the flow takes
 * that one, and the other goes, so that ten examples do not leave ten simulators.
 */
function reuse(platform: EditorNode): void {
  const imported = importThatBrought(platform.id);
  const twin = imported && twinOf(platform);
  if (!imported || !twin) return;
  for (const user of [...(platform.users ?? [])]) {
    user['platform'] = twin.id;
    use(user, twin);
  }
  platform.users = [];
  imported.nodes = imported.nodes?.filter((id) => id !== platform.id);
  RED.nodes.remove(platform.id);
  for (const user of twin.users ?? []) RED.editor.validateNode(user);
}

/** The step that Undo would take back, where it is an import of this node: loading the flows leaves no such step. */
function importThatBrought(id: string): HistoryStep | null {
  const last = RED.history.peek();
  const steps = last?.t === 'multi' ? (last.events ?? []) : last ? [last] : [];
  return steps.find(({ t, nodes }) => t === 'add' && nodes?.includes(id)) ?? null;
}

/** Called once, when the editor loads this code. */
export function watchImports(): void {
  RED.events.on('nodes:add', (node: EditorNode) => {
    // The users of the platform, and the step for Undo, come after it in the same import.
    if (node.type === TYPE) setTimeout(() => reuse(node));
  });
}
