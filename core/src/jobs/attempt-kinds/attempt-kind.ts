// What differs between the types of units that make attempts on nodes: the order that the agent gets. How an end is read: `../attempt-rules.ts`.
// A new type is one file beside this one and a line in `attempt-kinds.ts`. Tries, retries, stops and targets are the same for all of them:
// `../unit-types/attempt.ts`.
import type { AttemptOrder } from '@nezuban/protocol/agent/link';
import type { AttemptRecord, Session } from '../session-state.ts';

/** How an end is read. Made once a unit, with the plan. */
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
  readonly orderOf: (definition: Unit, place: AttemptPlace) => OwnOrder;
  /** What of its texts is too long for any program once it is filled, as the beginning of a sentence; null or left out: nothing. */
  readonly problemOf?: (
    definition: Unit,
    place: Pick<AttemptPlace, 'session'> & { readonly attempt: { readonly unit: number } },
  ) => string | null;
};
