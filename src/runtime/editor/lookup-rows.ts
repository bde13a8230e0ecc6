/** The rows of the lists that the platform fills, as the server answers and the editor shows them. */
import type { RunState } from '../../runs/run/run-state';

export interface JobRow {
  id: string;
  name: string;
  /** As the platform writes it, '' for a draft. */
  status: string;
  /** ISO 8601. */
  date: string;
}

export interface RunRow {
  id: string;
  state: RunState;
  /** When it ended, else when it started; null while pending. ISO 8601. */
  date: string | null;
  variables: { name: string; value: string }[];
}

export interface FileRow {
  path: string;
  /** Null for a file of a working directory, of which the platform tells neither id nor size. */
  id: string | null;
  bytes: number | null;
}

export interface CoreTypeRow {
  code: string;
  name: string;
  cores: number[];
  /** Per core and hour, as the platform writes it; null where it lists none. */
  price: string | null;
}

export interface NamedRow {
  /** What jobs name it by. */
  code: string;
  name: string;
  detail: string;
}
