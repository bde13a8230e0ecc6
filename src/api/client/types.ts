/**
 * What the platform answers, with its own names and values (docs/platform.md).
 * The platform may add properties at any time; they are kept and passed on.
 */

/** A variable of a run: what was put in (a design variable) or came out (a response). */
export interface Variable {
  name: string;
  value: number;
  displayValue: string;
  isRelative: boolean;
}

/** One execution of a job. It has neither status nor exit code: dates are all it tells (docs/platform.md, dates). */
export interface Run {
  /** A string of digits, unique within its job only. */
  id: string;
  /** The canonical order; ids as text do not sort. */
  displayOrder: number;
  /** 1 optimization, 2 iteration, 3 case. */
  type: number;
  parent: string | null;
  isOptimal: boolean;
  /** ISO 8601, null while pending. */
  dateStarted: string | null;
  /** ISO 8601, null until it has ended. */
  dateCompleted: string | null;
  /** 0 while running. */
  outputFileCount: number;
  /** Bytes; null while running. */
  outputFileSize: number | null;
  variables: Variable[];
}

/** A file in Rescale's storage. `encodedEncryptionKey` is removed by the client, `downloadUrl` loses its query. */
export interface RescaleFile {
  id: string;
  name: string;
  /** Path in the working directory. */
  relativePath: string;
  /** Path in the storage: `user/user_X/output/job_Y/run1/…`. */
  path: string;
  /** 1 input, 5 output, 11 checkpoint archive, 12 snapshot (docs/platform.md, files). */
  typeId: number;
  /** Bytes of the decrypted content. */
  decryptedSize: number;
  dateUploaded: string | null;
  /** False on real, downloadable outputs too: never filter on it (docs/platform.md, files). */
  isUploaded: boolean;
  isDeleted?: boolean;
  md5?: string | null;
  fileChecksums?: { fileHash: string; hashFunction?: string }[] | null;
  downloadUrl?: string;
}

/** An entry of a working directory while its run is in progress. */
export interface DirectoryEntry {
  path: string;
  /** The tail address as the platform writes it; informative only, addresses are built from `path`. */
  resource: string;
}

/** The last lines of a live file. Elements carry no line end. */
export interface TailLines {
  fileType: string;
  lines: string[];
  /** Elements were no text, null for one: they stand in their places as text, but nobody knows what the file has there. */
  odd?: true;
}

/** The answer to a snapshot request. A non-zero `exitcode` is a failure inside a 200. */
export interface SnapshotAnswer {
  data: string;
  exitcode: number;
  /** The PREVIOUS snapshot's file id, not the new one's. */
  lastSnapshotID: string | null;
  reason: string;
}

/** One row of a job's status history, or of its cluster's. The platform lists newest first. */
export interface JobStatus {
  status: string;
  statusDate: string;
  statusReason: string | null;
}

/** A row of the jobs list. */
export interface JobSummary {
  id: string;
  name: string;
  dateInserted: string;
  jobStatus?: { content: string } | null;
  clusterStatusDisplay?: { content: string } | null;
}

/** A job's definition; it does not say how the job stands. */
export interface Job {
  id: string;
  name: string;
  dateInserted: string;
  expectedRuns?: number | null;
}

/** Hardware that can be chosen. */
export interface CoreType {
  code: string;
  name?: string;
  /** How many cores a slot may have. */
  cores?: number[];
  /** Per core and hour; some platforms write it as text. */
  price?: number | string | null;
  lowPriorityPrice?: number | string | null;
  walltimeRequired?: boolean;
  isDeprecated?: boolean;
  isActive?: boolean;
}

/** Software that can be chosen, with its versions. */
export interface Analysis {
  code: string;
  name?: string;
  vendorName?: string;
  versions?: { id?: string; version?: string; versionCode?: string; allowedCoreTypes?: string[] }[];
}

/** What a core of a type costs by the hour in one plan. */
export interface ComputePrice {
  coreType: string;
  value?: { amount?: number | string };
  planType?: string;
  os?: string;
  isActive?: boolean;
}

/** Who the key belongs to. */
export interface User {
  email?: string;
  company?: { code?: string; name?: string } | null;
}

export interface Project {
  id: string;
  name?: string;
}

/** The body of a create request, or a change of a job: the platform's own names. */
export type JobDefinition = Record<string, unknown>;
