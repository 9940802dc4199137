// The filter of events as conditions on the table `event`. Pure. Called by the list and by changes of many events at once.
import type { ConfirmState } from '@nezuban/protocol/events/event';
import type { EventFilterQuery } from '@nezuban/protocol/events/event-filter';
import type { Condition, Where } from '../database/where.ts';
import { eventTextConditions } from './search-text.ts';

export type EventConditions = Omit<EventFilterQuery, 'scope'> & {
  /** Nodes of the scope that was asked for. */
  readonly nodes?: readonly string[] | undefined;
  /** What the caller may see, on the columns of the table event; undefined: everything. */
  readonly visible?: Condition | undefined;
};

const CONFIRM: Readonly<Record<ConfirmState, string>> = {
  unconfirmed: 'confirmed_at IS NULL AND confirming_at IS NULL',
  confirming: 'confirmed_at IS NULL AND confirming_at IS NOT NULL',
  confirmed: 'confirmed_at IS NOT NULL',
};
const CLEARED = {
  yes: 'cleared_at IS NOT NULL',
  no: 'raised IS NOT NULL',
  other: 'cleared_at IS NULL AND raised IS NULL',
} as const;

export const addEventConditions = (where: Where, filter: EventConditions): void => {
  where.addIf(filter.priority, (priorities, place) => `priority = ANY(${place(priorities)}::text[])`);
  where.addIf(filter.code, (codes, place) => `code = ANY(${place(codes)}::text[])`);
  where.addIf(filter.node, (node, place) => `node = ${place(node)}`);
  where.addIf(filter.nodes, (nodes, place) => `node = ANY(${place(nodes)}::text[])`);
  where.addIf(filter.monitor, (monitor, place) => `monitor = ${place(monitor)}`);
  where.addIf(filter.key, (key, place) => `key = ${place(key)}`);
  where.addIf(filter.session, (session, place) => `session_id = ${place(session)}`);
  where.addIf(filter.trap, (trap, place) => `trap_id = ${place(trap)}`);
  where.addIf(filter.min_count, (count, place) => `count >= ${place(count)}`);
  where.addIf(filter.from, (from, place) => `at >= ${place(from)}`);
  where.addIf(filter.to, (to, place) => `at < ${place(to)}`);
  where.addIf(filter.confirm, (state) => CONFIRM[state]);
  where.addIf(filter.cleared, (cleared) => CLEARED[cleared]);
  for (const field of filter.field ?? []) {
    const at = field.indexOf('=');
    where.add((place) => `fields ->> ${place(field.slice(0, at))} = ${place(field.slice(at + 1))}`);
  }
  for (const condition of eventTextConditions(filter.q ?? '')) where.add(condition);
  where.add(filter.visible);
};

/** No index serves these: all events may have to be looked at. */
export const readsAll = ({ q, field, key, trap, min_count }: EventConditions): boolean =>
  (q !== undefined && q.trim() !== '') ||
  (field?.length ?? 0) > 0 ||
  key !== undefined ||
  trap !== undefined ||
  min_count !== undefined;
