// Operations on silences: who keeps what back, until when and why.
import { say, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import { issueOf } from '@nezuban/core/definitions/path-issue';
import { judgeMatch } from '@nezuban/core/notifications/judge-notification';
import type { Clock } from '@nezuban/platform/clock';
import { CodedError } from '@nezuban/protocol/errors';
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { findUnstorable } from '../database/storable-text.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { AuditLog, Handlers } from '../ports.ts';
import { notificationLimits } from './notification-limits.ts';
import type { SilenceStore } from './silence-store.ts';

export type SilenceRoutesPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly silences: SilenceStore;
  readonly clock: Clock;
  /** What is kept back may be told now. */
  readonly wake: () => void;
};

export const createSilenceRoutes = ({
  database,
  audit,
  silences,
  clock,
  wake,
}: SilenceRoutesPorts): Pick<Handlers, 'listSilences' | 'addSilence' | 'endSilence'> => {
  /** After a commit: nobody else writes silences. */
  const changed = async (): Promise<void> => {
    await silences.load();
    wake();
  };
  return {
    async listSilences({ query }) {
      const beforeId = decodeCursor(query.cursor, z.int());
      const found = await silences.list({ open: query.open === 'true', beforeId, limit: query.limit + 1 });
      return {
        body: toPage(found, { limit: query.limit, toItem: (item) => item, positionOf: ({ id }) => id }),
      };
    },
    async addSilence({ body, actor }) {
      const nowMs = clock.epochMs();
      const untilMs = Date.parse(body.until);
      assertUntil(untilMs, nowMs);
      assertMatch(body.match);
      if (silences.open().filter((each) => each.untilMs > nowMs).length >= notificationLimits.silencesMax)
        throw new CodedError(
          'operation_refused',
          say('problem_there_are_open_silences_already_end_some', { max: notificationLimits.silencesMax }),
        );
      const silence = await database.inTransaction(async (transaction) => {
        const added = await silences.add(transaction, {
          match: body.match,
          reason: body.reason,
          until: new Date(untilMs),
          by: actor.name,
        });
        await audit.record(transaction, {
          actor,
          action: 'addSilence',
          target: String(added.id),
          details: { match: added.match, until: added.until, reason: added.reason },
        });
        return added;
      });
      await changed();
      return { body: silence };
    },
    async endSilence({ params, actor }) {
      const ended = await database.inTransaction(async (transaction) => {
        const result = await silences.end(transaction, { id: params.id, by: actor.name });
        if (result === null)
          throw new CodedError('not_found', say('problem_there_is_no_silence', { id: params.id }));
        if (result.changed)
          await audit.record(transaction, {
            actor,
            action: 'endSilence',
            target: String(params.id),
            details: { reason: result.silence.reason },
          });
        return result.silence;
      });
      await changed();
      return { body: ended };
    },
  };
};

const assertUntil = (untilMs: number, nowMs: number): void => {
  const message =
    untilMs <= nowMs
      ? 'must lie in the future'
      : untilMs - nowMs > notificationLimits.silenceMaxMs
        ? 'must lie within a year: change the rule instead'
        : null;
  if (message !== null)
    throw new CodedError('invalid_definition', say('problem_the_silence_cannot_be_made_until', { message }), {
      issues: [{ path: 'until', message }],
    });
};

/** One without any condition would silence everything for a slip of the hand. */
const assertMatch = (match: EventMatch): void => {
  const isEmpty = Object.values(match).every((value) => Array.isArray(value) && value.length === 0);
  const issues = [
    ...(isEmpty ? [{ path: 'match', message: 'must name something: it would keep everything back' }] : []),
    ...judgeMatch(match, ['match']).map(issueOf),
    ...findUnstorable(match),
  ];
  const [first] = issues;
  if (first !== undefined)
    throw new CodedError(
      'invalid_definition',
      say('problem_the_silence_cannot_be_made', { path: first.path, message: sentenceFrom(first) }),
      {
        issues,
      },
    );
};
