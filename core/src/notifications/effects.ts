// What a decision about notifications demands of the hands, and what the parts of a decision share. Pure.
import type { EventView } from '@nezuban/protocol/events/event';
import type { EscalationState } from '@nezuban/protocol/notifications/escalation';
import type { Configuration } from './configuration.ts';
import { notificationBounds } from './notification-bounds.ts';
import type { Draft, EscalationRun } from './state.ts';

export type EscalationStep = {
  readonly chain: string;
  readonly step: number;
  readonly steps: number;
  readonly round: number;
};

/** What one message says, to whomever it goes. */
export type MessageBody = {
  /** At least one. */
  readonly events: readonly EventView[];
  readonly more: number;
  readonly counts: { readonly raised: number; readonly recovered: number };
  readonly recovered: boolean;
  readonly reminder: boolean;
  readonly overflow: boolean;
  readonly unchanged: number;
  readonly escalation: EscalationStep | null;
};

export type NotificationEffect =
  | {
      readonly type: 'message';
      readonly rule: string;
      /** Names of channels; null: those of the rule, its own included. */
      readonly channels: readonly string[] | null;
      readonly body: MessageBody;
    }
  /** Kept back. `cause`: `maintenance:NAME`, `silence:ID`, `inhibition:NAME`. */
  | {
      readonly type: 'suppressed';
      readonly rule: string;
      readonly cause: string;
      readonly events: readonly EventView[];
      readonly more: number;
    }
  /** A chain has begun, gone on or ended. */
  | {
      readonly type: 'escalation';
      readonly run: EscalationRun;
      readonly state: EscalationState;
      readonly by: string | null;
    };

/** One decision at work. */
export type Work = {
  readonly configuration: Configuration;
  readonly draft: Draft;
  readonly nowMs: number;
  readonly effects: NotificationEffect[];
};

/** As it is remembered: what people write into a message has no bound, memory has. */
export const rememberedEvent = (event: EventView): EventView =>
  event.message.length <= notificationBounds.messageCharsMax
    ? event
    : { ...event, message: `${cutWhole(event.message, notificationBounds.messageCharsMax - 1)}…` };

/** Not through the middle of a pair: no database holds the half of one. */
const cutWhole = (text: string, charsMax: number): string =>
  text.slice(0, charsMax).replace(/[\ud800-\udbff]$/, '');

/** Keys of entries: names hold no NUL, and neither does what PostgreSQL stores, so parts are told apart by JSON. */
export const entryKey = (...parts: readonly string[]): string => JSON.stringify(parts);
