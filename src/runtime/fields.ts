/** The fields of a dialog: what they are called, what they may hold and what a blank one means. */
import type { NodeDef } from 'node-red';

/** The stored properties of a node, as Node-RED hands them over: `${ENV}` is already replaced. */
export type NodeConfig = NodeDef & Record<string, unknown>;

/** What a field needs to find its value. */
export interface FieldSource {
  /** The stored name: a typed field keeps its type in `name` + `Type`. */
  name: string;
  config: NodeConfig;
  /** Evaluates a typed property; undefined when there is nothing. Rejects with RESCALE_INPUT. */
  evaluate(value: string, type: string): Promise<unknown>;
}

/** One field. `read` rejects with RESCALE_INPUT when the value can't be used. */
export interface Field<Value> {
  read(source: FieldSource): Promise<Value> | Value;
}

export type Fields = Record<string, Field<unknown>>;

export type FieldValues<Shape extends Fields> = {
  [Name in keyof Shape]: Shape[Name] extends Field<infer Value> ? Value : never;
};
