// What a notification channel is. A new channel is one file that implements this, and one line in `registry.ts`.
import type { Channel } from '@nezuban/protocol/notifications/channel';
import type { Issue } from '@nezuban/protocol/errors';
import type { EventView } from '@nezuban/protocol/events/event';
import type { Transaction } from '../../ports.ts';

/** A mail that a unit sends: its own words, and whom it goes to; null: to whom the channel sends. */
export type OrderedMail = {
  readonly to: readonly string[] | null;
  readonly cc: readonly string[] | null;
  readonly subject: string;
  readonly body: string;
};

export type DeliveryMessage = {
  /** The same for every try: receivers recognise repeats by it. */
  readonly key: string;
  readonly rule: string;
  /** What it is about; of several, the first. */
  readonly event: EventView;
  /** All that the message lists, `event` included: several where a rule gathers. */
  readonly events: readonly EventView[];
  /** Further events that are counted and not listed. */
  readonly more: number;
  /** How many events of each kind it speaks of, those not listed included. */
  readonly counts: { readonly raised: number; readonly recovered: number };
  /** What was told before is over. Of several: all of them. */
  readonly recovered: boolean;
  /** It still stands: nothing new has happened. */
  readonly reminder: boolean;
  /** Gathered because the rule had sent as many messages as it may in a minute. */
  readonly overflow: boolean;
  readonly escalation: {
    readonly chain: string;
    readonly step: number;
    readonly steps: number;
    readonly round: number;
  } | null;
  /** Occurrences of the same since the last message that were not told: unchanged, or not often enough. */
  readonly unchanged: number;
  /** An earlier try may have arrived. */
  readonly repeat: boolean;
  /** Sent by an operator to try the channel out. */
  readonly test: boolean;
  /** Under which addresses people open the console; it links there. */
  readonly consoleUrls: readonly string[];
  /** It says this, and nothing of the event. Only channels of type mail get one. */
  readonly mail: OrderedMail | null;
};

export type SendOutcome =
  | {
      readonly type: 'accepted';
      /** What did not go well all the same, such as one of several recipients. */ readonly note:
        | string
        | null;
      /** The session that was started, for the chain from trap to job. */
      readonly session?: number;
    }
  /** The receiver did not take it. `retryAfterS`: it has said when to come again (429, 503). */
  | { readonly type: 'refused'; readonly error: string; readonly retryAfterS?: number }
  /** It went out, but the answer was lost: it may have arrived. */
  | { readonly type: 'unknown'; readonly error: string };

/** Who stands behind what a channel starts: whoever has saved it, the rule that chose it, and the people behind the event. */
export type StartPeople = { readonly onBehalfOf: string | null; readonly behind: readonly string[] };

/** What channels that act do it with. The key makes an order that comes twice run once. Given by master.ts. */
export type ChannelHands = {
  startNet(order: {
    readonly net: string;
    readonly parameters: Readonly<Record<string, string>>;
    readonly key: string;
    readonly people?: StartPeople;
  }): Promise<SendOutcome>;
  runCommand(order: {
    readonly node: string;
    readonly command: string;
    /** Undefined: whom the agent runs as. */
    readonly user: string | undefined;
    readonly timeoutS: number;
    readonly environment: Readonly<Record<string, string>>;
    readonly key: string;
    readonly people?: StartPeople;
  }): Promise<SendOutcome>;
};

export type SendContext = {
  /** Ends it; `unknown` then. */
  readonly signal: AbortSignal;
  readonly hands: ChannelHands;
};

export type ChannelOf<Type extends Channel['type']> = Extract<Channel, { type: Type }>;

/** Secrets by the name of their place, such as `smtp.password`. */
export type Secrets = Readonly<Record<string, string>>;
export type SplitResult<C> = {
  readonly channel: C;
  readonly secrets: Secrets;
  readonly issues: readonly Issue[];
};

export type ChannelKind<C extends Channel> = {
  /** Where it goes, for lists and logs, without secrets. */
  describe(channel: C): string;
  /** Never throws for what a receiver does. */
  send(channel: C, message: DeliveryMessage, context: SendContext): Promise<SendOutcome>;
  /** Takes the secrets out for storing. What is left out or masked is taken from `before`, if it still goes to the same place. */
  splitSecrets(channel: C, before: C | null): SplitResult<C>;
  /** Puts stored secrets back. */
  joinSecrets(channel: C, secrets: Secrets): C;
  /** The channel as the API shows it, from one with its secrets. */
  mask(channel: C): C;
};

/** A channel by its name, as the outbox uses it. */
export type NamedChannel = {
  readonly channel: Channel;
  readonly enabled: boolean;
  /** The stored secrets do not open any more. */
  readonly secretsLost: boolean;
  /** Messages a minute; null: as many as come. */
  readonly limitPerMin: number | null;
  /** Who has saved it last. */
  readonly updatedBy: string;
};

/** Named channels (kind `channel`), as last committed. */
export type NamedChannels = {
  readonly channelOf: (name: string) => NamedChannel | null;
  /** Whether there is one as far as the transaction sees: one of the same file may just have been written. */
  readonly exists: (transaction: Transaction, name: string) => Promise<boolean>;
};

/** Until there are any. */
export const noNamedChannels: NamedChannels = {
  channelOf: () => null,
  exists: () => Promise.resolve(false),
};

/** For a manager in which channels cannot act. */
export const noHands: ChannelHands = {
  startNet: () => Promise.resolve({ type: 'refused', error: 'This manager starts no job nets' }),
  runCommand: () => Promise.resolve({ type: 'refused', error: 'This manager runs no commands' }),
};
