/** The parts of Node-RED's editor (4.1 and 5) that the dialogs use. */

/** A node as the editor holds it: the stored properties beside what the editor adds. */
interface EditorNode {
  /** Not deployed yet. */
  changed?: boolean;
  id: string;
  type: string;
  name?: string;
  z?: string;
  users?: EditorNode[];
  credentials?: Record<string, unknown>;
  _def: EditorDefinition;
  _(key: string, values?: Record<string, unknown>): string;
  [property: string]: unknown;
}

interface EditorDefinition {
  category: string;
  defaults: Record<string, EditorDefault>;
  credentials?: Record<string, EditorDefault>;
  set?: { module?: string };
}

interface EditorDefault {
  value?: unknown;
  type?: string;
  validate?: (this: EditorNode, value: unknown, options: object) => boolean | string;
}

/** A source of values in a typed input. */
interface TypedInputType {
  value: string;
  label?: string;
  icon?: string;
}

interface TypedInput {
  (options: { typeField: string; types: (string | TypedInputType)[] }): JQuery;
  (action: 'type' | 'value'): string;
  (action: 'type' | 'value', value: string): JQuery;
}

interface EditableList {
  (options: {
    addItem(container: JQuery, index: number, item: Record<string, unknown>): void;
    removable: boolean;
    sortable: boolean;
    header?: JQuery;
    addButton: string | boolean;
    height?: string;
  }): JQuery;
  (action: 'addItem', item: Record<string, unknown>): JQuery;
  (action: 'addItems', items: Record<string, unknown>[]): JQuery;
  (action: 'items'): JQuery;
}

interface JQuery<TElement = HTMLElement> {
  typedInput: TypedInput;
  editableList: EditableList;
}

interface Wire {
  source: EditorNode;
  target: EditorNode;
}

/** A step that Undo takes back. */
interface HistoryStep {
  t: string;
  nodes?: string[];
  events?: HistoryStep[];
}

interface EditorRed {
  _(key: string, values?: Record<string, unknown>): string;
  nodes: {
    node(id: string): EditorNode | null;
    filterNodes(filter: { type?: string }): EditorNode[];
    /** As HTML. */
    getNodeHelp(type: string): string;
    eachConfig(look: (node: EditorNode) => boolean | void): void;
    filterLinks(filter: { source?: EditorNode; target?: EditorNode }): Wire[];
    remove(id: string): void;
    dirty(): boolean;
  };
  history: { peek(): HistoryStep | undefined };
  editor: {
    getEditStack(): EditorNode[];
    validateNode(node: EditorNode): boolean;
  };
  events: {
    on(name: 'nodes:add' | 'nodes:change', listener: (node: EditorNode) => void): void;
    on(name: string, listener: (wire: Wire) => void): void;
    emit(name: string, given?: unknown): void;
  };
  i18n: { lang(): string };
  notify(text: string, options?: { type?: string; timeout?: number }): void;
  sidebar: {
    help?: { show(type: string, bringToFront?: boolean): void; set(html: string, title: string): void };
  };
  tray: { resize(): void };
  user: { hasPermission(permission: string): boolean };
  utils: {
    getNodeLabel(node: EditorNode, otherwise: string): string;
    validateTypedProperty(value: string, type: string, options: { label: string }): true | string;
  };
  /** What the dialogs of this package share; added by `nodes/editor`. */
  rescale?: object;
}

declare const RED: EditorRed;
