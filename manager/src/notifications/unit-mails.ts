// Mails that units of job nets send: rows of the outbox that no rule has ordered.
// Responsible for putting them there in the transaction of the unit's start, once for each run, and for saying what became of one. The outbox
// sends them like any other. Called by the engine's commit and by the hand of such units.
import type { EventView } from '@nezuban/protocol/events/event';
import { newEvent } from '@nezuban/protocol/events/event';
import type { Database } from '../database/database.ts';
import { toStorableJson } from '../database/storable-text.ts';
import type { UnitMailKey, UnitMails } from '../ports.ts';

export type UnitMailDesk = UnitMails & {
  /** The outbox is through with one. */
  readonly finished: (key: UnitMailKey) => void;
};

export const createUnitMails = ({
  database,
  wakeOutbox,
}: {
  readonly database: Database;
  readonly wakeOutbox: () => void;
}): UnitMailDesk => {
  let listener: (key: UnitMailKey) => void = () => undefined;
  return {
    async queue(transaction, mails) {
      for (const { key, net, path, at, mail } of mails) {
        const payload: EventView = {
          ...newEvent,
          id: 0,
          at: at.toISOString(),
          priority: 'info',
          code: 'job_event',
          node: null,
          message: mail.subject,
          details: { net, session: key.session, unit: path },
        };
        const to =
          mail.to === null ? '' : ` to ${mail.to.slice(0, 3).join(', ')}${mail.to.length > 3 ? ' ...' : ''}`;
        await transaction.query({
          name: 'queue_unit_mail',
          text: `INSERT INTO delivery (event_id, rule, target, channel, payload, event_count, unit_session, unit_index, unit_run, mail)
                 VALUES (0, '', $1, $2, $3, 0, $4, $5, $6, $7)
                 ON CONFLICT (unit_session, unit_index, unit_run) WHERE unit_session IS NOT NULL AND mail IS NOT NULL DO NOTHING`,
          values: [
            mail.channel,
            `mail${to} by ${mail.channel}`,
            toStorableJson(payload),
            key.session,
            key.unit,
            key.run,
            toStorableJson({ to: mail.to, cc: mail.cc, subject: mail.subject, body: mail.body }),
          ],
        });
      }
      return mails.length === 0 ? () => undefined : wakeOutbox;
    },
    async outcome({ session, unit, run }) {
      const [row] = await database.query<{
        id: number;
        state: 'pending' | 'sent' | 'failed' | 'suppressed';
        last_error: string | null;
      }>({
        name: 'outcome_of_unit_mail',
        text: `SELECT id, state, last_error FROM delivery WHERE unit_session = $1 AND unit_index = $2 AND unit_run = $3 AND mail IS NOT NULL`,
        values: [session, unit, run],
      });
      return row === undefined ? null : { id: row.id, state: row.state, note: row.last_error };
    },
    setListener(next) {
      listener = next;
    },
    finished: (key) => listener(key),
  };
};
