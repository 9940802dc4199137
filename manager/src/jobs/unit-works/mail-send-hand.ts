// Hears what became of mails that units of type "mail_send" have put into the outbox.
// Looks when the wait begins (also after a restart), when the outbox says that it is through with one, and now and then. Called by `unit-works.ts`.
import { say } from '@nezuban/protocol/sentences/sentence';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { UnitMails } from '../../ports.ts';
import type { Answer, OpenWork, WorkHand, WorkOf } from './unit-works.ts';

type Sending = OpenWork<WorkOf<'mail_send'>>;

/** The outbox says so at once; of one that another start of the manager has sent, and over a lost answer, nobody does. */
const LOOK_MS = 5_000;

export type MailSendHand = WorkHand<'mail_send'> & { readonly stop: () => void };

export const createMailSendHand = ({
  mails,
  answer,
  timers,
  logger,
}: {
  readonly mails: UnitMails;
  readonly answer: Answer;
  readonly timers: Timers;
  readonly logger: Logger;
}): MailSendHand => {
  const sending = new Map<string, Sending>();
  const looks = new Map<Sending, CancelTimer>();

  const look = async (open: Sending): Promise<void> => {
    const outcome = await mails.outcome({ session: open.sessionId, unit: open.unit, run: open.run });
    if (outcome === null)
      await answer(open, { kind: 'mail_failed', delivery: null, error: say('mail_not_in_outbox') });
    else if (outcome.state === 'sent')
      await answer(open, { kind: 'mail_sent', delivery: outcome.id, note: outcome.note });
    else if (outcome.state === 'failed')
      await answer(open, {
        kind: 'mail_failed',
        delivery: outcome.id,
        error: outcome.note === null ? say('no_reason_given') : say('as_told', { text: outcome.note }),
      });
  };
  const lookAndWait = (open: Sending): void => {
    looks.get(open)?.();
    look(open)
      .catch((error: unknown) =>
        logger.warn({ err: error, sessionId: open.sessionId }, 'A mail could not be looked for yet'),
      )
      .finally(() => {
        if (!open.isOver())
          looks.set(
            open,
            timers.after(LOOK_MS, () => lookAndWait(open)),
          );
      });
  };
  mails.setListener(({ session, unit, run }) => {
    const open = sending.get(keyOf({ sessionId: session, unit, run }));
    if (open !== undefined) lookAndWait(open);
  });

  return {
    begin(open) {
      sending.set(keyOf(open), open);
      lookAndWait(open);
    },
    end(open) {
      if (sending.get(keyOf(open)) === open) sending.delete(keyOf(open));
      looks.get(open)?.();
      looks.delete(open);
    },
    stop() {
      for (const cancel of looks.values()) cancel();
      looks.clear();
    },
  };
};

const keyOf = (of: { readonly sessionId: number; readonly unit: number; readonly run: number }): string =>
  `${of.sessionId} ${of.unit} ${of.run}`;
