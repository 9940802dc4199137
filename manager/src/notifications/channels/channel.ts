// What a notification channel is. A new channel is one file that implements this, and one line in `registry.ts`.
import type { Channel } from '@nezuban/protocol/notifications/channel';
import type { Issue } from '@nezuban/protocol/errors';
import type { EventView } from '@nezuban/protocol/events/event';

export type DeliveryMessage = {
  /** The same for every try: receivers recognise repeats by it. */
  readonly key: string;
  readonly rule: string;
  readonly event: EventView;
  /** An earlier try may have arrived. */
  readonly repeat: boolean;
  /** Sent by an operator to try the channel out. */
  readonly test: boolean;
};

export type SendOutcome =
  | {
      readonly type: 'accepted';
      /** What did not go well all the same, such as one of several recipients. */ readonly note:
        | string
        | null;
    }
  /** The receiver did not take it. */
  | { readonly type: 'refused'; readonly error: string }
  /** It went out, but the answer was lost: it may have arrived. */
  | { readonly type: 'unknown'; readonly error: string };

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
  /** Never throws for what a receiver does. The signal ends it; `unknown` then. */
  send(channel: C, message: DeliveryMessage, signal: AbortSignal): Promise<SendOutcome>;
  /** Takes the secrets out for storing. What is left out or masked is taken from `before`, if it still goes to the same place. */
  splitSecrets(channel: C, before: C | null): SplitResult<C>;
  /** Puts stored secrets back. */
  joinSecrets(channel: C, secrets: Secrets): C;
  /** The channel as the API shows it, from one with its secrets. */
  mask(channel: C): C;
};
