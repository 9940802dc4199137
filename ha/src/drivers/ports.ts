/**
 * What the keeper needs of the world around the decision core: the ports that its drivers implement.
 *
 * Responsible for the seams between keeper and drivers. Not responsible for what they do: each driver's own file says it.
 */
import type {
  AddressBook,
  CommandResult,
  DutyHello,
  JoinRequest,
  JoinResponse,
  PeerAnswer,
  PeerQuestion,
} from '@nezuban/protocol/pair/pair-link';
import type { PairMessage } from '@nezuban/protocol/pair/messages';
import type { Roster, VoterId } from '@nezuban/protocol/pair/roster';
import type { CopyProgress } from '@nezuban/protocol/pair/status';
import type { ProcessExit } from '@nezuban/platform/supervisor';
import type { Effect } from '../decision/effects.ts';
import type { DatabaseReport, Input } from '../decision/inputs.ts';

/** Effects that the owner of the data directory carries out. `drain` and `stand-down` come to it through its own methods. */
export type DatabaseEffect = Extract<
  Effect,
  { type: 'run-standby' | 'promote' | 'restart-primary' | 'set-names' | 'probe' | 'stop-database' | 'copy' }
>;

/** Inputs that it gives back; in the order in which things happened. */
export type DatabaseInput = Extract<
  Input,
  {
    type:
      | 'database'
      | 'database-lost'
      | 'promoted'
      | 'primary-restarted'
      | 'replication'
      | 'probe'
      | 'database-stopped'
      | 'copied'
      | 'copy-failed';
  }
>;

export type DatabaseFacts = {
  readonly report: DatabaseReport;
  /** Process id of the postmaster while one runs. */
  readonly pid: number | null;
  readonly dataDirectory: string;
  /** System identifier of the cluster in the data directory; null without one. */
  readonly systemIdentifier: string | null;
  readonly copy: CopyProgress | null;
  /** As a primary: the newest `replication` input, else null. */
  readonly replication: Extract<Input, { type: 'replication' }> | null;
  /** Why this database cannot run here until somebody does something, in one sentence: foreign directory, wrong version, full disk ... */
  readonly trouble: { readonly code: string; readonly message: string } | null;
};

/**
 * The one owner of the data directory and of PostgreSQL (`drivers/postgres/database-actor.ts`). Serialised: nothing else starts, stops,
 * copies or writes there.
 */
export type DatabaseActor = {
  /** Looks at the directory and reports; creates an empty cluster first where `createIfAbsent` was given and there is none. */
  readonly start: () => void;
  readonly perform: (effect: DatabaseEffect) => void;
  /** The newest roster on this host's disk, at each change. Says whether this host is the only member, and whose promotions count. */
  readonly setRoster: (roster: Roster | null) => void;
  /** Inputs that hang on this host's readiness beyond the database, such as secrets that are still missing: reported as not healthy. */
  readonly setReady: (ready: boolean) => void;
  /** Planned switch, after the manager has drained: a checkpoint, so that the stop that follows is short. */
  readonly checkpoint: () => Promise<void>;
  /** Kills PostgreSQL until nothing of it is left and cancels everything under way. Resolves then. Idempotent. */
  readonly kill: () => Promise<void>;
  /** End of the keeper: fast stop within the bound, else an immediate one. */
  readonly stop: (withinMs: number) => Promise<void>;
  readonly facts: () => DatabaseFacts;
};

export type DatabaseActorEvents = {
  /** For the core. */
  readonly onInput: (input: DatabaseInput) => void;
  /** A postmaster was started or has ended: for the guard, logs and notices. */
  readonly onProcess: (
    event:
      | { readonly type: 'started'; readonly pid: number }
      | ({ readonly type: 'ended'; readonly pid: number; readonly wanted: boolean } & ProcessExit),
  ) => void;
};

export type LinkPeer = { readonly id: VoterId; readonly address: string };

export type LinkConnection = {
  readonly id: VoterId;
  readonly kind: 'member' | 'witness';
  readonly name: string;
  readonly release: string;
  readonly address: string;
  /** Milliseconds since the last byte from it. */
  readonly heardAgoMs: number;
  readonly roundTripMs: number | null;
  /** How far its wall clock is from ours, in milliseconds. */
  readonly clockDiffersMs: number;
};

/** Duty connections to the other voters, in the keeper's own process (`drivers/link/duty-link.ts`). */
export type DutyLink = {
  /** Dials and, as a member, listens. Throws a `LinkError` with one sentence if the port cannot be had. Gives the port. */
  readonly start: () => Promise<number | null>;
  /** Best effort, never blocks: any message may be lost. */
  readonly send: (message: PairMessage) => void;
  /** Whom to dial: the members but oneself. */
  readonly setPeers: (peers: readonly LinkPeer[]) => void;
  /** Told to whoever is connected, and to whoever connects. */
  readonly setAddressBook: (book: AddressBook) => void;
  /** Rejects with a `LinkError` if there is no connection or no answer in time. */
  readonly ask: (to: VoterId, question: PeerQuestion, withinMs?: number) => Promise<PeerAnswer>;
  /** The live connection to each voter; one per voter. */
  readonly connections: () => readonly LinkConnection[];
  /** Why the last attempt at each peer failed, in one sentence; empty when all are connected. */
  readonly troubles: () => ReadonlyMap<string, string>;
  /** New certificate, from the next connection on. */
  readonly setIdentity: (identity: {
    readonly certificate: string;
    readonly privateKey: string;
    readonly ca: string;
  }) => void;
  readonly stop: () => Promise<void>;
};

export type DutyLinkEvents = {
  /** `from` is checked against the certificate. */
  readonly onMessage: (message: PairMessage) => void;
  readonly onConnected: (hello: DutyHello) => void;
  /** A hint to ask at once, never a proof. */
  readonly onLost: (id: VoterId) => void;
  readonly onAddressBook: (from: VoterId, book: AddressBook) => void;
  readonly onQuestion: (from: VoterId, question: PeerQuestion) => Promise<PeerAnswer>;
  readonly onJoin: (request: JoinRequest, remoteAddress: string) => Promise<JoinResponse>;
};

/** The second process that ends the tree when the keeper does not (`drivers/guard/guard.ts`). */
export type Guard = {
  readonly start: () => void;
  /** Monotonic milliseconds (`process.hrtime`); null: nothing to guard. */
  readonly setDeadline: (until: number | null) => void;
  /** What is to be killed: process ids with everything below them, and whatever works on the data directory. */
  readonly setTree: (tree: {
    readonly pids: readonly number[];
    readonly dataDirectory: string | null;
  }) => void;
  readonly runs: () => boolean;
  readonly stop: () => Promise<void>;
};

export type GuardEvents = {
  /** A guard runs now. It outlives its keeper until nothing of the tree is left: the next keeper waits for it. */
  readonly onStarted?: (pid: number) => void;
  /** The deadline passed and it has killed the tree. */
  readonly onFired: () => void;
  /** It has died and is being started again. */
  readonly onDied: (how: string) => void;
};

/** Powers the peer off (`drivers/fence`). */
export type Fence = {
  /** Runs the command; true only if it surely succeeded within its hard limit. */
  readonly run: (peer: {
    readonly id: VoterId;
    readonly name: string;
    readonly address: string;
  }) => Promise<CommandResult>;
};

/** The address by which users and devices find the master (`drivers/address`): floating IP, hook script. */
export type ServiceAddress = {
  /** This host serves now. Never throws; what fails is logged and tried again. */
  readonly take: (term: number) => Promise<void>;
  /** Before this host stops serving, and at every start. */
  readonly release: () => Promise<void>;
};
