// Changes of calendars, by API and by YAML file.
// Responsible for what a change means: judged beside the others, nothing written that is equal, nothing deleted that is in use, schedules moved to
// the new days in the same transaction, audit entry and event. Called by the routes and, through the port Calendars, by the applying of files.
import { say } from '@nezuban/protocol/sentences/sentence';
import { isDeepStrictEqual } from 'node:util';
import { createCalendarBook } from '@nezuban/core/calendars/calendar';
import { dependentsOf, judgeCalendar, judgeInheritance } from '@nezuban/core/calendars/judge-calendar';
import { issueOf } from '@nezuban/core/definitions/path-issue';
import type { Clock } from '@nezuban/platform/clock';
import type { CalendarDefinition } from '@nezuban/protocol/calendars/calendar';
import { CodedError, type Issue } from '@nezuban/protocol/errors';
import { lockDefinitions } from '../database/definitions-lock.ts';
import { findUnstorable } from '../database/storable-text.ts';
import type { AuditLog, EventSink, RequestActor, Transaction } from '../ports.ts';
import { calendarLimits } from './calendar-limits.ts';
import { definitionsOf, type CalendarStore, type StoredCalendar } from './calendar-store.ts';
import { useSentence, visibleUses, type CalendarUses } from './calendar-uses.ts';

export type MoveSchedules = (
  transaction: Transaction,
  moved: {
    readonly calendars: ReadonlySet<string>;
    /** As they were in force until now. */
    readonly before: ReturnType<typeof createCalendarBook>;
    readonly at: Date;
    readonly revision: number;
  },
) => Promise<readonly string[]>;

export type CalendarChangePorts = {
  readonly store: CalendarStore;
  readonly uses: CalendarUses;
  readonly audit: AuditLog;
  readonly events: Pick<EventSink, 'append'>;
  readonly clock: Clock;
  /** Gives the nets whose schedules it concerns. Implemented in jobs/. */
  readonly moveSchedules: MoveSchedules;
  /** After each commit, with those nets. */
  readonly onChanged: (nets: readonly string[]) => void;
};

export type Expected = { readonly revision: number } | 'absent' | null;
export type AppliedCalendar = {
  readonly change: 'created' | 'updated' | 'unchanged';
  readonly stored: StoredCalendar;
  readonly afterCommit: () => void;
};
export type CalendarChange = {
  readonly value: CalendarDefinition;
  readonly expected: Expected;
  readonly actor: RequestActor;
  /** For the audit log: what else is to be known. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Operation for the audit log, where it is not `putCalendar`. */
  readonly action?: string;
};

export type CalendarChanges = {
  put(transaction: Transaction, change: CalendarChange): Promise<AppliedCalendar>;
  remove(
    transaction: Transaction,
    change: { readonly name: string; readonly expected: Expected; readonly actor: RequestActor },
  ): Promise<() => void>;
};

export const createCalendarChanges = (ports: CalendarChangePorts): CalendarChanges => {
  const { store, uses, audit, events, clock } = ports;

  const announce = async (
    transaction: Transaction,
    name: string,
    what: {
      readonly change: string;
      readonly action: string;
      readonly actor: RequestActor;
      readonly details: Readonly<Record<string, unknown>>;
    },
  ): Promise<() => void> => {
    const { change, action, actor } = what;
    await audit.record(transaction, { actor, action, target: name, details: { change, ...what.details } });
    return await events.append(transaction, [
      {
        at: new Date(clock.epochMs()),
        priority: 'info',
        code: 'definition_changed',
        node: null,
        message: `The calendar "${name}" was ${change} by ${actor.name}`,
        details: { kind: 'calendar', name, change, actor: actor.name },
      },
    ]);
  };

  return {
    async put(transaction, { value, expected, actor, details = {}, action = 'putCalendar' }) {
      // Definitions change one after the other: what one names the next one does not take away, and no circle closes between two of them.
      await lockDefinitions(transaction);
      const before = await store.lock(transaction, value.name);
      assertExpected(value.name, before, expected);
      const stored = await store.readAll(transaction);
      const definitions = definitionsOf(stored);
      assertSound(value, issuesOf(value, definitions));
      // As it comes back from the database: keys without a value are no keys.
      const plain = JSON.parse(JSON.stringify(value)) as CalendarDefinition;
      if (before !== null && isDeepStrictEqual(JSON.parse(JSON.stringify(before.value)), plain))
        return { change: 'unchanged', stored: before, afterCommit: () => undefined };
      if (before === null && stored.size >= calendarLimits.calendarsMax)
        throw new CodedError(
          'operation_refused',
          say('problem_there_are_calendars_already_delete_some_first', { max: calendarLimits.calendarsMax }),
        );
      const change = before === null ? 'created' : 'updated';
      const saved = await store.save(transaction, plain, actor.name);
      const nets =
        before === null
          ? []
          : await ports.moveSchedules(transaction, {
              calendars: dependentsOf(value.name, definitions),
              before: createCalendarBook(definitions),
              at: new Date(clock.epochMs()),
              revision: saved.revision,
            });
      const publish = await announce(transaction, value.name, {
        change,
        action,
        actor,
        details: { revision: saved.revision, ...details },
      });
      return {
        change,
        stored: saved,
        afterCommit() {
          store.publish(value.name, saved);
          publish();
          ports.onChanged(nets);
        },
      };
    },
    async remove(transaction, { name, expected, actor }) {
      await lockDefinitions(transaction);
      const before = await store.lock(transaction, name);
      if (before === null) throw new CodedError('not_found', say('problem_there_is_no_calendar', { name }));
      assertExpected(name, before, expected);
      const stored = await store.readAll(transaction);
      const found = await uses.find(transaction, { calendar: name, stored });
      if (found.length > 0) {
        const seen = visibleUses(found, actor.permissions);
        throw new CodedError(
          'operation_refused',
          say('problem_the_calendar_is_in_use_by_give', { name, value: useSentence(seen.uses, seen.hidden) }),
        );
      }
      await store.remove(transaction, name);
      const publish = await announce(transaction, name, {
        change: 'deleted',
        action: 'deleteCalendar',
        actor,
        details: { revision: before.revision },
      });
      return () => {
        store.publish(name, null);
        publish();
        ports.onChanged([]);
      };
    },
  };
};

const issuesOf = (
  value: CalendarDefinition,
  others: ReadonlyMap<string, CalendarDefinition>,
): readonly Issue[] => {
  const unstorable = findUnstorable(value);
  if (unstorable.length > 0) return unstorable;
  const own = judgeCalendar(value);
  const above = own.length > 0 ? null : judgeInheritance(value, others);
  return [...own, ...(above === null ? [] : [above])].map(issueOf);
};

const assertSound = ({ name }: CalendarDefinition, issues: readonly Issue[]): void => {
  const [first] = issues;
  if (first !== undefined)
    throw new CodedError(
      'invalid_definition',
      `The calendar "${name}": ${first.path === '' ? '' : `${first.path} `}${first.message}.`,
      { issues },
    );
};

const assertExpected = (name: string, before: StoredCalendar | null, expected: Expected): void => {
  if (expected === null) return;
  if (expected === 'absent') {
    if (before !== null)
      throw new CodedError(
        'precondition_failed',
        say('problem_there_is_a_calendar_already_at_version', { name, revision: before.revision }),
      );
  } else if (before === null)
    throw new CodedError('precondition_failed', say('problem_there_is_no_calendar_any_more', { name }));
  else if (before.revision !== expected.revision)
    throw new CodedError(
      'precondition_failed',
      say('problem_the_calendar_is_at_version_not_changed', {
        name,
        revision: before.revision,
        revision2: expected.revision,
        updatedBy: before.updatedBy,
      }),
    );
};
