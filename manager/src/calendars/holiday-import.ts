// The import of holidays from a file into a calendar that there is: decoded, read, merged and stored, or only shown.
// Responsible for the order of these steps and for refusing what cannot be read with its lines. Called by the routes.
import { say } from '@nezuban/protocol/sentences/sentence';
import { mergeHolidays } from '@nezuban/core/calendars/merge-holidays';
import { readHolidays, type ReadHolidays } from '@nezuban/core/calendars/read-holidays';
import type { HolidayImport } from '@nezuban/protocol/api/calendar-operations';
import { calendarLimits as protocolLimits } from '@nezuban/protocol/calendars/calendar';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import type { RequestActor } from '../ports.ts';
import type { CalendarChanges } from './calendar-changes.ts';
import type { CalendarStore } from './calendar-store.ts';

/** Passed-over events of one file that are listed. */
const SKIPPED_MAX = 100;

export type ImportRequest = {
  readonly name: string;
  readonly content: string;
  readonly dryRun: boolean;
  readonly removeMissing: boolean;
  readonly actor: RequestActor;
};

/** Thrown to roll a dry run back. */
class DryRunDone extends Error {}

export const createHolidayImport =
  ({
    database,
    store,
    changes,
  }: {
    readonly database: Database;
    readonly store: CalendarStore;
    readonly changes: CalendarChanges;
  }) =>
  async (request: ImportRequest): Promise<HolidayImport> => {
    const { name, dryRun, removeMissing, actor } = request;
    const read = readContent(request.content);
    let result: HolidayImport | undefined;
    let afterCommit: () => void = () => undefined;
    try {
      await database.inTransaction(async (transaction) => {
        const before = await store.lock(transaction, name);
        if (before === null) throw new CodedError('not_found', say('problem_there_is_no_calendar', { name }));
        const merged = mergeHolidays(before.value, read.holidays, { removeMissing });
        const applied = await changes.put(transaction, {
          value: merged.calendar,
          expected: { revision: before.revision },
          actor,
          action: 'importHolidays',
          details: { holidays: read.holidays.length, changes: merged.changes.length },
        });
        result = {
          dryRun,
          format: read.format,
          encoding: read.encoding,
          holidays: read.holidays.length,
          changes: [...merged.changes],
          unchanged: merged.unchanged,
          skipped: read.skipped.slice(0, SKIPPED_MAX),
          calendar: merged.calendar,
        };
        ({ afterCommit } = applied);
        // All that would be refused has been, and nothing stays.
        if (dryRun) throw new DryRunDone();
      });
      afterCommit();
    } catch (error) {
      if (!(error instanceof DryRunDone)) throw error;
    }
    if (result === undefined) throw new Error('An import ended without a result');
    return result;
  };

const readContent = (content: string): Extract<ReadHolidays, { readonly ok: true }> => {
  const bytes = Buffer.from(content, 'base64');
  if (bytes.length > protocolLimits.importBytesMax)
    throw new CodedError(
      'invalid_definition',
      say('problem_the_file_has_bytes_at_most_are_2', {
        length: bytes.length,
        max: protocolLimits.importBytesMax,
      }),
    );
  const read = readHolidays(new Uint8Array(bytes));
  if (read.ok) return read;
  const [first] = read.issues;
  throw new CodedError(
    'invalid_definition',
    say('problem_the_file_of_holidays_cannot_be_read', {
      line: first?.line ?? 1,
      message: first?.message ?? '',
    }),
    {
      issues: read.issues.map(({ line, message }) => ({ path: `line ${line}`, message, line, column: 1 })),
    },
  );
};
