// What people are told about the processes of this host: in the log, and as notices that the manager makes events of.
// Responsible for the sentences, and for counting PostgreSQL's restarts (its owner is the decision core, not a supervisor). Called by the
// keeper.
import type { KeeperNotice } from '@nezuban/platform/keeper-channel';
import { formatInstant, type Clock } from '@nezuban/platform/clock';
import type { Death, ProcessExit, SupervisorStatus } from '@nezuban/platform/supervisor';
import type { DatabaseFacts } from '../drivers/ports.ts';
import type { LogCollector } from './log-collector.ts';
import { tellingLine } from './log-line.ts';
import type { NoticeQueue } from './notice-queue.ts';

export type ProcessNews = {
  readonly restarted: (death: Death, attempt: number) => void;
  /** The sentence of a process that is not started again. */
  readonly gaveUp: (death: Death, restarts: number) => string;
  readonly agentGone: (
    death: Death,
    why: { readonly restarts: number } | { readonly message: string },
  ) => void;
  readonly intakeGone: (death: Death, restarts: number) => void;
  readonly postgresStarted: (pid: number) => void;
  readonly postgresEnded: (end: ProcessExit & { readonly pid: number; readonly wanted: boolean }) => void;
  readonly postgresGaveUp: () => string;
  readonly postgresStatus: (facts: DatabaseFacts) => SupervisorStatus;
};

export type ProcessNewsPorts = {
  readonly clock: Clock;
  readonly logs: LogCollector;
  readonly notices: NoticeQueue;
  readonly home: string;
};

/** As of the other processes' budget. */
const WINDOW_MS = 60_000;
/** Deaths that are remembered; the core gives up long before. */
const DEATHS_MAX = 100;

export function createProcessNews(ports: ProcessNewsPorts): ProcessNews {
  const { clock, logs, notices, home } = ports;
  const { logger } = logs;
  let deaths: { readonly death: Death; readonly atMs: number }[] = [];
  let unanswered: Death | null = null;
  let restarts = 0;

  /** How it died, with the most telling of its last lines. */
  function explain(death: Death): string {
    const how = death.how.startsWith(death.name) ? death.how : `${death.name} ${death.how}`;
    const reason = tellingLine(logs.lastLines(death.name));
    return reason === null || how.includes(reason) ? how : `${how} (${reason})`;
  }

  function notify(code: KeeperNotice['code'], death: Death, message: string): void {
    const details: Record<string, string | number> =
      death.pid === null ? { how: death.how } : { how: death.how, pid: death.pid };
    const at = formatInstant(clock.now());
    notices.add({ type: 'notice', code, at, process: death.name, message, details });
  }

  function restarted(death: Death, attempt: number): void {
    const message = `${explain(death)}; it is started again (restart ${attempt} within a minute).`;
    logger.warn({ child: death.name }, message);
    notify('process_restarted', death, message);
  }

  function gaveUp(death: Death, count: number): string {
    return `${explain(death)}; that was its end number ${count + 1} within a minute, so it is not started again; see ${home}/log/${death.name}.log.`;
  }

  function recent(): number {
    const since = clock.monotonicMs() - WINDOW_MS;
    deaths = deaths.filter(({ atMs }) => atMs >= since).slice(-DEATHS_MAX);
    return deaths.length;
  }

  return {
    restarted,
    gaveUp,
    agentGone(death, why) {
      const message =
        'message' in why
          ? `The local agent cannot run: ${why.message} Everything else goes on.`
          : `${gaveUp(death, why.restarts)} Everything else goes on; start the manager again to get the local agent back.`;
      logger.error({ child: death.name }, message);
      notify('process_gave_up', death, message);
    },
    intakeGone(death, count) {
      const message = `${explain(death)}; that was its end number ${count + 1} within a minute, so it is tried again only now and then; see ${home}/log/intake.log. Until then this host hears no traps. Everything else goes on.`;
      logger.error({ child: death.name }, message);
      notify('process_gave_up', death, message);
    },
    postgresStarted() {
      if (unanswered === null) return;
      restarts += 1;
      restarted(unanswered, recent());
      unanswered = null;
    },
    postgresEnded({ pid, wanted, how }) {
      if (wanted) {
        logger.info({ child: 'postgres', childPid: pid }, 'postgres was stopped');
        return;
      }
      unanswered = { name: 'postgres', pid, how };
      deaths.push({ death: unanswered, atMs: clock.monotonicMs() });
      logger.warn({ child: 'postgres', childPid: pid }, explain(unanswered));
    },
    postgresGaveUp() {
      const last = deaths.at(-1)?.death ?? { name: 'postgres', pid: null, how: 'cannot be started' };
      return gaveUp(last, Math.max(0, recent() - 1));
    },
    postgresStatus: ({ pid }) => ({
      name: 'postgres',
      state: pid === null ? 'stopped' : 'running',
      pid,
      restarts,
    }),
  };
}
