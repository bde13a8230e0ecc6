/** What every dialog does when it opens and when it is left, by the description of its fields. */
import { migrate } from '../../src/runtime/fields/migrations';
import type { Condition, Lookup, Measure } from '../dialog/field';
import { showComplaints } from './complaints';
import { current } from './current';
import { addHelpLink } from './help-link';
import { choosePlatform, namePlatformButtons } from './platforms';
import { applies, type ColumnRule } from './rules';
import { openRowsField, rowsHeld } from './rows-field';
import { linkUnit } from './measured-field';
import { openTypedField } from './typed-field';
import { withPoint } from './quantity';
import { text, textLanguage, type Values } from './texts';
import { written } from './written';

/** A field as the built dialog describes it. */
export interface OpenField {
  kind: 'platform' | 'typed' | 'number' | 'text' | 'select' | 'checkbox' | 'checks' | 'rows' | 'own' | 'fold';
  name: string;
  when?: Condition;
  types?: string[];
  pick?: Lookup;
  several?: boolean;
  measure?: Measure;
  columns?: ColumnRule[];
  label?: string;
  fields?: OpenField[];
  /** Of a fold: a section, open from the start. */
  open?: boolean;
  stores?: string[];
}

/** An open dialog, as a node's own code meets it. */
export interface OpenDialog {
  node: EditorNode;
  /** The control of a stored property. */
  input(name: string): JQuery;
  /** What a property holds now. */
  value(name: string): unknown;
  /** A text of the node's own catalog. */
  text: (key: string, values?: Values) => string;
  /** A text that all dialogs share. */
  shared: (key: string, values?: Values) => string;
  /** Calls `show` now, and whenever something in the dialog changes. */
  whenChanged(show: () => void): void;
  /** Calls `stop` when the dialog is left, with Done or with Cancel. */
  whenLeft(stop: () => void): void;
  ask<Found extends object>(address: string, question: object): Promise<Found & { milliseconds: number }>;
}

/** What a node's `dialog.ts` may bring besides its fields. */
export interface OwnCode {
  prepare?(dialog: OpenDialog): void;
  save?(dialog: OpenDialog): void;
}

const flat = (fields: OpenField[]): OpenField[] =>
  fields.flatMap((field) => (field.kind === 'fold' ? flat(field.fields ?? []) : [field]));

const prefixOf = (node: EditorNode) => (node._def.category === 'config' ? 'node-config-input' : 'node-input');

export function open(node: EditorNode, fields: OpenField[], own: OwnCode, dialog: OpenDialog): void {
  const prefix = prefixOf(node);
  showMigrated(node, prefix);
  const stored = asStoredNow(node);
  for (const field of flat(fields)) openField(stored, prefix, field);
  for (const fold of fields.filter(({ kind }) => kind === 'fold')) openFold(stored, fold);
  if (fields.some(({ kind }) => kind === 'platform')) {
    namePlatformButtons();
    choosePlatform(node);
  }
  own.prepare?.(dialog);
  const shown = form(prefix).find('.rescale-form').attr('lang', textLanguage());
  addHelpLink(node.type, shown);
  const refresh = () => {
    for (const field of flat(fields)) showWhile(node, field);
    showComplaints(node, prefix, heldLists(prefix, fields));
    RED.tray.resize();
  };
  form(prefix).on('change.rescale input.rescale', () => setTimeout(refresh));
  refresh();
}

const form = (prefix: string) =>
  $(prefix === 'node-input' ? '#dialog-form' : '#node-config-dialog-edit-form');

function openField(node: EditorNode, prefix: string, field: OpenField): void {
  if (field.kind === 'typed') openTypedField(prefix, { ...field, types: field.types ?? [] });
  else if (field.kind === 'number' && field.measure) linkUnit(`${prefix}-${field.name}`, field.measure);
  else if (field.kind === 'rows') openRowsField(prefix, asRows(field), node[field.name]);
  else if (field.kind === 'checks') tick(node, field.name);
}

const asRows = ({ name, label = '', columns = [] }: OpenField) => ({ name, label, columns });

function tick(node: EditorNode, name: string): void {
  const chosen = Array.isArray(node[name]) ? (node[name] as unknown[]).map(String) : [];
  $(`[data-check="${name}"]`).each((_index, box) => {
    $(box).prop('checked', chosen.includes((box as HTMLInputElement).value));
  });
}

const ticked = (name: string): string[] =>
  $(`[data-check="${name}"]:checked`)
    .toArray()
    .map((box) => (box as HTMLInputElement).value);

function showWhile(node: EditorNode, { name, when }: OpenField): void {
  if (when) $(`#rescale-row-${name}`).toggle(applies(node, when));
}

/** A fold must not hide what is unusual or wrong. */
function openFold(node: EditorNode, fold: OpenField): void {
  const inside = flat(fold.fields ?? []).flatMap(({ name, stores }) => stores ?? [name]);
  const unusual = inside.some((name) => {
    const { value, validate } = node._def.defaults[name] ?? {};
    const held = node[name];
    const wrong = validate && validate.call(node, held, {}) !== true;
    return wrong === true || written(held) !== written(value);
  });
  $(`#rescale-${fold.name}`)
    .prop('open', fold.open === true || unusual)
    .on('toggle', () => RED.tray.resize());
}

/** What the lists and the ticked boxes hold now; they have no input of their own for Node-RED to read. */
function heldLists(prefix: string, fields: OpenField[]): Record<string, unknown> {
  const held: Record<string, unknown> = {};
  for (const field of flat(fields)) {
    if (field.kind === 'checks') held[field.name] = ticked(field.name);
    if (field.kind === 'rows') held[field.name] = rowsHeld(prefix, asRows(field));
  }
  return held;
}

/**
 * A node that an older version stored is shown as this version would have stored it. A field that it does not have yet
 * shows its default, as the server takes it: an unticked box would switch off what was on.
 */
function showMigrated(node: EditorNode, prefix: string): void {
  const lifted = asStoredNow(node);
  for (const name of Object.keys(node._def.defaults)) {
    if (lifted[name] === node[name]) continue;
    const input = $(`#${prefix}-${name}`);
    if (input.is(':checkbox')) input.prop('checked', lifted[name] === true);
    else input.val(written(lifted[name]));
  }
}

function asStoredNow(node: EditorNode): EditorNode {
  const lifted = { ...(migrate(node.type, node as never) as EditorNode) };
  for (const [name, { value }] of Object.entries(node._def.defaults)) lifted[name] ??= value;
  return lifted;
}

/** Called before Node-RED reads the inputs. */
export function save(node: EditorNode, fields: OpenField[], own: OwnCode, dialog: OpenDialog): void {
  const prefix = prefixOf(node);
  Object.assign(node, heldLists(prefix, fields));
  for (const { kind, name, measure } of flat(fields)) {
    const input = $(`#${prefix}-${name}`);
    const number = kind === 'number' || (kind === 'typed' && $(`#${prefix}-${name}Type`).val() === 'num');
    // "1,5" is what many people type.
    if (number && !measure) input.val(withPoint(String(input.val() ?? '')));
  }
  const { version } = migrate(node.type, node as never) as EditorNode;
  if (node['version'] !== version) node['version'] = version;
  own.save?.(dialog);
  leave(node);
}

export function leave(node: EditorNode): void {
  form(prefixOf(node)).triggerHandler('left.rescale');
  form(prefixOf(node)).off('.rescale');
}

export function dialogOf(node: EditorNode, ask: OpenDialog['ask']): OpenDialog {
  const prefix = prefixOf(node);
  return {
    node,
    input: (name) => $(`#${prefix}-${name}`),
    value: (name) => current(node, name),
    text: (key, values) => node._(`${node.type}.${key}`, values),
    shared: text,
    whenChanged(show) {
      form(prefix).on('change.rescale input.rescale', () => setTimeout(show));
      show();
    },
    whenLeft: (stop) => void form(prefix).on('left.rescale', stop),
    ask,
  };
}
