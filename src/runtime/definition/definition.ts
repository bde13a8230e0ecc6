/**
 * The seam to Node-RED, as node files see it. A node file says what the node is, which fields it has and how one
 * message becomes results; everything that every node must get right (typed fields, exactly one `done`, Catch,
 * close, status, `msg.rescale`) is done once, in `defineNode`.
 */
import type { CallTrace, RescaleClient } from '../../api/client/client';
import type { Clock } from '../../api/time/clock';
import type { RescaleError, ErrorText } from '../../api/errors/errors';
import type { TaskContext as RunWork } from '../../runs/tasks/task-context';
import type { FieldValues, Fields } from '../fields/fields';
import type { StatusText } from '../status/status-texts';

/** A node's events; the typings of Node-RED know each of them by its own overload. */
export interface NodeEvents {
  on(event: string, listener: (...args: never[]) => void): unknown;
}

/** A message of a flow. What is in it beyond these is the flow's business. */
export interface Message {
  _msgid?: string;
  payload?: unknown;
  parts?: unknown;
  rescale?: unknown;
  action?: unknown;
  [property: string]: unknown;
}

/** Finds or makes a thing that many use. */
export type Share = <Thing extends { close(): void }>(kind: string, create: () => Thing) => Thing;

/** A platform that is ready to be asked. */
export interface Connection {
  /** What `msg.rescale.platform` says: the configured origin, or `simulator`. */
  readonly name: string;
  /** Where requests go; the loopback address for the simulator. */
  readonly origin: string;
  readonly simulated: boolean;
  /** Which simulator, for `msg.rescale.instance`; null on a real platform. */
  readonly instance: string | null;
  /** Restarts a job of the simulator, by default its sweep; null on a real platform. Throws RESCALE_NOT_FOUND. */
  readonly restart: ((jobId?: string) => void) | null;
  readonly readOnly: boolean;
  /** False once the platform node has closed: then it has to be found anew. */
  readonly isOpen: boolean;
  readonly client: RescaleClient;
  /**
   * One thing for all nodes on this platform node, such as the polling of jobs: made on the first call with this `kind`, closed
   * with the platform. Other platform nodes have their own, even with the same key: it asks through this one's client.
   */
  shared: Share;
}

/** One message on its way through a node. All state of the message lives here and in locals, never on the node. */
export interface InputContext<Values> extends RunWork {
  /** All fields of the dialog, evaluated for this message and checked. */
  fields: Values;
  /** The incoming message, to be read only; results are built by the seam. */
  message: Message;
  connection: Connection;
  client: RescaleClient;
  /** Aborted with RESCALE_CLOSED when the node closes. */
  signal: AbortSignal;
  trace: CallTrace;
  clock: Clock;
  /** What this message is busy with, for the blue dot. */
  busy(text: StatusText): void;
  /** A sentence in the server's language, for what a payload says. */
  translate(sentence: ErrorText): string;
  /** Trouble that heals itself, for the yellow ring; null when it is over. `until` (ms since the epoch) fills `__time__`. */
  trouble(text: StatusText | null, until?: number): void;
  /**
   * Stores this work durably with `begin`. Once it is on disk neither `done` nor `done(err)` is called when the node
   * closes. A close while it is being written waits for what becomes of it. Resolves whether it is on disk; rejects
   * with RESCALE_CLOSED, without having begun, when the node is closed already.
   */
  keep(begin: () => Storing): Promise<boolean>;
  /** Shows, apart from all other trouble, that it lives in memory only although it ought to be on disk. */
  showUnstored(unstored: boolean): void;
  /**
   * Does this once the message has had its `done` or its error, and not when a close suspends it: what is on disk is removed then
   * and no sooner, because a close or a kill in between would leave nobody who could tell of it.
   */
  afterwards(act: () => Promise<unknown>): void;
}

/** Something that is being written for the first time. */
export interface Storing {
  /** Whether it is on disk. Never rejects. */
  stored: Promise<boolean>;
  /** Gives it up if its writing has not begun. */
  withdraw(): void;
}

/** The same in a node that needs no platform and asks nothing. */
export type LocalInputContext<Values> = Omit<InputContext<Values>, 'connection' | 'client'>;

/** A message with `msg.action`. Its fields are read one by one, because `stop-all` needs no job. */
export interface Control<Values> extends Pick<
  InputContext<Values>,
  'message' | 'signal' | 'trace' | 'clock'
> {
  action: string;
  read<Name extends keyof Values>(name: Name): Promise<Values[Name]>;
}

/** One message to send. What is not said stays as it came. */
export interface Result {
  /** The new payload. Without this property the payload stays. */
  payload?: unknown;
  /** Other properties that this node's row in the documentation names, such as `path` or `topic`. */
  set?: Record<string, unknown>;
  /** Properties of the incoming message that would mean something else to the next node. */
  remove?: readonly string[];
  /** For `msg.jobId`, `msg.runId` and the link; default the fields of these names. */
  jobId?: string;
  runId?: string;
  /** Beside platform, ids, link, status and attempts. */
  rescale?: Record<string, unknown>;
  /** This message's place in a list; an incoming `msg.parts` is kept below it. */
  parts?: Parts;
  /** Which output, from 0; default 0. */
  output?: number;
  /** The figure of the green dot. */
  status?: StatusText;
  /** The work failed after all: the message is not sent on but goes to Catch, with what this result sets. */
  error?: RescaleError;
}

export interface Parts {
  id: string;
  type: 'array';
  index: number;
  count?: number;
  len?: number;
}

/**
 * A promise sends at most one message. A generator sends each as it comes and may return the figure of the green dot.
 * `done` is called when the promise or the generator ends, `done(err)` when it throws.
 */
export type Results = Promise<Result | void> | AsyncGenerator<Result, StatusText | void, undefined>;

/** One node in a flow, for definitions that keep something between messages. */
export interface NodeHost<Values> {
  readonly id: string;
  readonly type: string;
  /** The node's own name, or ''. */
  readonly name: string;
  /** Aborted with RESCALE_CLOSED when the node closes. */
  readonly signal: AbortSignal;
  /** Aborted when it has closed: from then on what it stored belongs to the next node of its id. */
  readonly handedOver: AbortSignal;
  readonly clock: Clock;
  /** Node-RED's settings that matter here. */
  readonly settings: { userDir?: string; rescalePlatformStateDir?: string };
  /** The configured address without starting anything; null when the platform is missing or bad. */
  readonly platformName: string | null;
  /** Rejects with RESCALE_CONFIG. */
  connect(): Promise<Connection>;
  /** Evaluates one field outside any message, or for a message. */
  read<Name extends keyof Values>(name: Name, message?: Message): Promise<Values[Name]>;
  /** Evaluates all fields outside any message. */
  readAll(): Promise<Values>;
  /**
   * Sends a message of its own, or one built on `message` (a resumed item). Waits until the flows have started.
   * `trace` is what it cost, for `msg.rescale`.
   */
  send(result: Result, message?: Message, trace?: CallTrace): Promise<void>;
  /**
   * Before something is sent that must not be lost, in whatever way. What it returns says whether that has arrived at the next nodes, or is to be
   * sent once more because a deploy may have lost it: by this node when it still lives, else by the next of its id. Never rejects.
   */
  sending(): () => Promise<boolean>;
  /** One error for Catch, without ending anything. */
  report(error: unknown, message?: Message): void;
  /**
   * Takes up work that was stored before a restart: like an input, but calls no `done`, sends only after the flows
   * have started, and is suspended on close. An error goes to Catch.
   */
  resume(message: Message, fields: Values, context: (context: InputContext<Values>) => Results): void;
  /** Runs until closed, or until it ends by itself. An error goes to Catch and to the status; nothing escapes. */
  background(task: (signal: AbortSignal) => Promise<void>): void;
  /** What the node shows when no message is in progress; event sources show everything through it. */
  show(kind: StatusKind, text: StatusText): void;
  /** Trouble (before everything else), a yellow ring unless it needs a person; null when it is over. */
  trouble(text: StatusText | null, until?: number, needsPerson?: boolean): void;
  /** Shows, apart from all other trouble, that something that it has stored can't be read at the moment. */
  showUnread(unread: boolean): void;
  /** For the debug sidebar and the log, in the server's language. */
  warn(sentence: ErrorText): void;
  log(text: string): void;
}

/** The same in a node that needs no platform. */
export type LocalHost<Values> = Omit<NodeHost<Values>, 'connect' | 'platformName' | 'resume'>;

/** blue dot, green dot, yellow ring, red dot, grey ring */
export type StatusKind = 'busy' | 'done' | 'trouble' | 'failed' | 'idle';

/** What a definition with state answers for one node. */
export interface Behaviour<Values> {
  /** A message without `msg.action`. Without it the node takes control messages only. */
  input?(context: InputContext<Values>): Results;
  /** By `msg.action`; another action is RESCALE_INPUT. Control messages are not passed on. */
  actions?: Record<string, (control: Control<Values>) => Promise<void>>;
  /** Called once when all flows have started: resume here. */
  started?(): Promise<void>;
  /**
   * Called after the work in progress was aborted. `configured` is false when the node is in no flow any more (a
   * disabled one still is). Takes well under a second.
   */
  closed?(gone: { removed: boolean; configured: boolean }): Promise<void>;
}

/** The same in a node that needs no platform. */
interface LocalBehaviour<Values> extends Omit<Behaviour<Values>, 'input'> {
  input?(context: LocalInputContext<Values>): Results;
}

export interface NodeDefinition<Shape extends Fields> {
  type: `rescale-${string}`;
  fields: Shape;
  /** It changes something on the platform: RESCALE_READ_ONLY before any request where that is forbidden. */
  changes?: boolean;
  /** What it shows goes through `host.show` alone: it holds more than the messages in progress. */
  showsItself?: boolean;
  /** The blue dot while messages are in progress, with `__count__`; default `requesting`. */
  busy?: StatusText['key'];
  /** Either this, for nodes that keep nothing between messages … */
  input?(context: InputContext<FieldValues<Shape>>): Results;
  /** … or this, called when the node is created. */
  setup?(host: NodeHost<FieldValues<Shape>>): Behaviour<FieldValues<Shape>>;
}

/** A node that works on what messages bring: it has no `platform` field, and its `msg.rescale` adds to the earlier one. */
export interface LocalNodeDefinition<Shape extends Fields> extends Pick<
  NodeDefinition<Shape>,
  'type' | 'fields' | 'busy' | 'showsItself'
> {
  input?(context: LocalInputContext<FieldValues<Shape>>): Results;
  setup?(host: LocalHost<FieldValues<Shape>>): LocalBehaviour<FieldValues<Shape>>;
}

export type { StatusText };
