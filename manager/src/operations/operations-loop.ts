// Notices that time has passed: freezes whose end has come, windows that open and close, nodes that come into a frozen scope.
// Responsible for the timer to the next change, for saying each change once (in the database, so also across a restart), and for telling those
// who act on it. Not responsible for what is in force: operations-state.ts answers that for every instant by itself.
import type { OperationsState, OpenWindow } from '@nezuban/core/operations/decide-operations';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { Database } from '../database/database.ts';
import type { EventDraft, EventSink } from '../ports.ts';
import type { FreezeChanges } from './freeze-changes.ts';
import { operationsLimits } from './operations-limits.ts';
import type { OperationsMemory } from './operations-state.ts';
import { saveOpenSince } from './window-store.ts';

export type OperationsLoopPorts = {
  readonly database: Database;
  readonly events: Pick<EventSink, 'append'>;
  readonly memory: OperationsMemory;
  readonly changes: Pick<FreezeChanges, 'expire'>;
  /** Reads memory again where nobody knows what became of a change. */
  readonly settle: () => Promise<boolean>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** What is in force, or which nodes it concerns, is not what it was. */
  readonly onChanged: () => Promise<void>;
};

export type OperationsLoop = {
  readonly start: () => void;
  /** Something was changed: look at once. */
  readonly wake: () => void;
  /** Idempotent; waits for what is under way. */
  readonly stop: () => Promise<void>;
};

export const createOperationsLoop = (ports: OperationsLoopPorts): OperationsLoop => {
  const { database, events, memory, changes, clock, timers, logger, onChanged } = ports;
  let cancelTimer: CancelTimer = () => undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let started = false;
  let stopped = false;
  let seen: { readonly state: OperationsState; readonly nodes: ReadonlyMap<string, string> } | null = null;

  const say = async (
    name: string,
    moved: { readonly before: number | null; readonly after: number | null },
    draft: Omit<EventDraft, 'at' | 'node' | 'priority'>,
  ): Promise<void> => {
    const publish = await database.inTransaction(async (transaction) => {
      if (!(await saveOpenSince(transaction, { name, ...moved }))) return null;
      const at = new Date(clock.epochMs());
      return await events.append(transaction, [{ at, node: null, priority: 'info', ...draft }]);
    });
    const row = memory.windows().get(name);
    if (row !== undefined) memory.putWindow({ ...row, openSince: moved.after });
    publish?.();
  };
  const sayOpened = async ({ window, start, end }: OpenWindow): Promise<void> => {
    const { name } = window;
    const until = new Date(end).toISOString();
    const what = window.effects.map((effect) => effectWords[effect]).join(', ');
    await say(
      name,
      { before: memory.windows().get(name)?.openSince ?? null, after: start },
      {
        code: 'maintenance_started',
        message: `Maintenance window "${name}" is open until ${until} (${what}): ${reasonOf(window)}`,
        details: { window: name, until, effects: window.effects.join(', '), reason: reasonOf(window) },
      },
    );
  };
  const sayClosed = async (name: string, openSince: number | null): Promise<void> => {
    await say(
      name,
      { before: openSince, after: null },
      {
        code: 'maintenance_ended',
        message: `Maintenance window "${name}" is over.`,
        details: { window: name },
      },
    );
  };

  /** Says all that has to be said. Rejects while the database is away. */
  const sayAll = async (): Promise<void> => {
    const { expired, opened, closed } = memory.now();
    for (const freeze of expired) await changes.expire(freeze);
    for (const open of opened) await sayOpened(open);
    for (const { window, openSince } of closed) await sayClosed(window.name, openSince);
  };

  const tellChange = async (): Promise<void> => {
    const now = { state: memory.now(), nodes: memory.freezes.nodes() };
    if (seen?.state === now.state && seen.nodes === now.nodes) return;
    seen = now;
    await onChanged();
  };

  const tick = async (): Promise<boolean> => {
    // Told first: what is in force holds whether or not it can be written down that it began.
    await tellChange();
    try {
      if (await ports.settle()) await tellChange();
      await sayAll();
      return true;
    } catch (error) {
      logger.warn({ err: error }, 'A change of what is frozen could not be stored yet');
      return false;
    }
  };

  const wake = (): void => {
    if (!started || stopped) return;
    if (running !== undefined) {
      again = true;
      return;
    }
    cancelTimer();
    running = tick().then(arm, (error: unknown) => {
      logger.error({ err: error }, 'What is frozen could not be looked at');
      arm(false);
    });
  };
  const arm = (done: boolean): void => {
    running = undefined;
    if (stopped) return;
    const waitMs = !done ? operationsLimits.retryMs : again ? 0 : untilNextMs();
    again = false;
    cancelTimer = timers.after(waitMs, wake);
  };
  const untilNextMs = (): number => {
    const { nextChangeAt, freezes } = memory.now();
    const byScope = freezes.some(({ place }) => place.kind === 'scope');
    const check = byScope ? operationsLimits.scopeCheckMs : operationsLimits.clockCheckMs;
    return nextChangeAt === null ? check : Math.max(0, Math.min(check, nextChangeAt - clock.epochMs()));
  };

  return {
    start() {
      started = true;
      wake();
    },
    wake,
    async stop() {
      stopped = true;
      cancelTimer();
      await running;
    },
  };
};

const effectWords = { freeze: 'nothing starts there', mute: 'notifications are kept back' } as const;

const reasonOf = (window: OpenWindow['window']): string =>
  window.reason ?? window.title ?? 'planned maintenance';
