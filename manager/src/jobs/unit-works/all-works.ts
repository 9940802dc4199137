// All hands for work that units wait for inside the manager, put together. Made by jobs.ts.
import { say } from '@nezuban/protocol/sentences/sentence';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Database } from '../../database/database.ts';
import type { EventWatch, People, UnitMails } from '../../ports.ts';
import type { DefinitionCache } from '../definition-cache.ts';
import type { Engine } from '../engine.ts';
import type { RunRequests } from '../run-requests.ts';
import { createApprovalHand } from './approval-hand.ts';
import { createEventWaitHand } from './event-wait-hand.ts';
import { createMailSendHand } from './mail-send-hand.ts';
import { createNetStartHand } from './net-start-hand.ts';
import { createNetWaitHand } from './net-wait-hand.ts';
import { createOtherSessions } from './other-sessions.ts';
import { createStartAuthors } from './start-authors.ts';
import { createAnswer, createUnitWorks, type UnitWorks } from './unit-works.ts';

export type AllWorksPorts = {
  readonly database: Database;
  readonly definitions: DefinitionCache;
  readonly eventWatch: Pick<EventWatch, 'follow'>;
  readonly mails: UnitMails;
  readonly people: People;
  /** Made after the works, with them. */
  readonly engine: () => Pick<Engine, 'tell' | 'operate'>;
  readonly runs: () => RunRequests;
  /** Another list of open approvals. */
  readonly onApprovals: () => void;
  readonly timers: Timers;
  readonly logger: Logger;
};

export type AllWorks = UnitWorks & { readonly stop: () => void };

export const createAllWorks = (ports: AllWorksPorts): AllWorks => {
  const { timers, logger, eventWatch, mails } = ports;
  const others = createOtherSessions(ports);
  const answer = createAnswer({
    tell: async (sessionId, input) => await ports.engine().tell(sessionId, input),
    timers,
    logger,
  });
  const netWait = createNetWaitHand({ others, answer, timers, logger });
  const netStart = createNetStartHand({
    runs: {
      run: async (request) => await ports.runs().run(request),
      find: async (of) => await ports.runs().find(of),
    },
    engine: { operate: async (request) => await ports.engine().operate(request) },
    others,
    authors: createStartAuthors(ports),
    answer,
    timers,
    logger,
  });
  const mailSend = createMailSendHand({ mails, answer, timers, logger });
  const works = createUnitWorks(
    {
      event_wait: createEventWaitHand({ watch: eventWatch, answer }),
      net_wait: netWait,
      net_start: netStart,
      approval: createApprovalHand({ onChanged: ports.onApprovals }),
      mail_send: mailSend,
    },
    {
      onBroken(open, error) {
        logger.error({ err: error, sessionId: open?.sessionId, unit: open?.path }, 'Work for a unit broke');
        if (open === null) return;
        const reason = error instanceof Error ? error.message : String(error);
        void answer(open, { kind: 'failed', reason: say('as_told', { text: reason }) });
      },
    },
  );
  return {
    ...works,
    stop() {
      netWait.stop();
      netStart.stop();
      mailSend.stop();
    },
  };
};
