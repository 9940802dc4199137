// What differs between the types of units that make attempts on nodes: the order that the agent gets, and how an end is read.
// A new type is one file beside this one and a line in `attempt-kinds.ts`. Tries, retries, stops and targets are the same for all of them:
// `../unit-types/attempt.ts`.
import type { AttemptOrder } from '@nezuban/protocol/agent/link';
import type { EndBy } from '@nezuban/protocol/jobs/units/command';
import type { ExitCodeClasses, ExitCodeRange } from '../exit-codes.ts';
import type { AttemptRecord, Session } from '../session-state.ts';

/** How an end is read. Made once a unit, with the plan. */
export type AttemptRules = {
  readonly exitCodes: ExitCodeClasses;
  readonly endBy: EndBy;
  /** Of the ends that `retry.on` names, only those with one of these exit codes are tried again; null: all. */
  readonly retryCodes: readonly ExitCodeRange[] | null;
  /** It changes nothing on the node: an attempt whose result nobody knows is begun again instead of ending the unit. */
  readonly repeatable: boolean;
  /** In words, what exit codes other than 0 of a tool say. */
  readonly says?: Readonly<Record<number, string>>;
};

/** Of which attempt an order is. `firstStart`: when the first attempt of this run on the node was made, null if this is it. */
export type AttemptPlace = {
  readonly session: Session;
  readonly attempt: AttemptRecord;
  readonly unitPath: string;
  readonly firstStart: number | null;
  /** Nobody knows how the try before this one ended. */
  readonly afterUnknown: boolean;
};

/** What the type says of an order; the rest is the same for all. */
export type OwnOrder = Pick<AttemptOrder, 'command' | 'tool' | 'environment'> & Partial<AttemptOrder>;

export type AttemptKind<Unit> = {
  readonly rulesOf: (definition: Unit) => AttemptRules;
  readonly orderOf: (definition: Unit, place: AttemptPlace) => OwnOrder;
  /** What of its texts is too long for any program once it is filled, as the beginning of a sentence; null or left out: nothing. */
  readonly problemOf?: (
    definition: Unit,
    place: Pick<AttemptPlace, 'session'> & { readonly attempt: { readonly unit: number } },
  ) => string | null;
};
