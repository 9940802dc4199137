// One member of a cluster (a single manager is a cluster of one): the decision core with its hands.
// Responsible for carrying out each effect by the driver that can, in the order of the core, and for telling the core what happens here.
// Not responsible for what is decided (`../decision`), for the processes themselves (drivers, `manager-service.ts`), nor for operators and
// joining (`pair-office.ts`). Called by the keeper.
import type { Term } from '@nezuban/protocol/pair/roster';
import type { CommandResult } from '@nezuban/protocol/pair/pair-link';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Command } from '../decision/inputs.ts';
import type { State } from '../decision/state.ts';
import type { DutyEffect, DutyLoop } from '../drivers/duty-loop.ts';
import type { HostClock } from '../drivers/host-clock.ts';
import type {
  DatabaseActor,
  DatabaseInput,
  DutyLink,
  Fence,
  Guard,
  ServiceAddress,
} from '../drivers/ports.ts';
import type { ManagerService } from './manager-service.ts';

export type MemberPorts = {
  readonly loop: () => DutyLoop;
  readonly database: DatabaseActor;
  readonly manager: Pick<ManagerService, 'drain' | 'end'>;
  /** Null while single: nobody to talk to, nothing to guard. They come and go with the pair. */
  readonly link: () => DutyLink | null;
  readonly guard: () => Guard | null;
  readonly fence: () => Fence | null;
  /** From the address book: whoever is to be fenced is not connected. */
  readonly peer: (id: string) => { readonly name: string; readonly address: string } | null;
  readonly address: () => ServiceAddress | null;
  readonly clock: HostClock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** The gate is open: the manager of this host is on duty from now on. Also said again when a switch is called off. */
  readonly onOpen: (term: Term) => void;
  /** The gate is closed and the manager is being ended: none is on duty before the gate opens again. */
  readonly onClosed: () => void;
  /** Nothing acts here any more; the manager was ended. */
  readonly onStoodDown: () => void;
  /** A transition, with the sentence that is its log line. */
  readonly onRow: (row: string, says: string) => void;
  readonly onState: (state: State) => void;
};

export type Member = {
  readonly carryOut: (effect: DutyEffect) => void;
  readonly onState: (state: State) => void;
  readonly onDatabaseInput: (input: DatabaseInput) => void;
  /** The guard has killed the tree. */
  readonly onGuardFired: () => void;
  /** Carries out an operator's command; resolves with the core's answer. */
  readonly obey: (command: DistributiveOmit<Command, 'id'>) => Promise<CommandResult>;
};

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A planned move may wait for the standby, then for the database to stop; nothing of the core takes longer. */
const COMMAND_MS = 45_000;
/** Commands under way; people do not type that fast. */
const COMMANDS_MAX = 20;
/** Rows that are said with every turn of the night; the rest is read by operators. */
const WARNING_ROWS = new Set([
  'stands-down',
  'could-not-stand-down',
  'standby-lost',
  'alone',
  'without-majority',
  'voter-silent',
  'voters-asymmetric',
  'service-given-up',
  'database-restarted',
  'standby-database-restarted',
  'copy-repeated',
  'copy-given-up',
  'database-given-up',
  'cannot-take-over',
  'switch-called-off',
  'record-lost',
  'clock-jumped',
  'fence-failed',
  'forced',
  'stood-down-for-good',
  'admission-given-up',
  'voters-kept',
]);

export function createMember(ports: MemberPorts): Member {
  const { database, logger, timers } = ports;
  const waiting = new Map<string, (result: CommandResult) => void>();
  let commands = 0;
  let roster: State['record']['roster'] = null;
  let before: State['name'] | null = null;
  /** Number of the newest drain; whatever ends a drain raises it, so that nothing of an older one is done or told any more. */
  let drains = 0;

  function standDown(term: Term): void {
    drains += 1;
    ports.onClosed();
    void ports.address()?.release();
    // Together: the lease does not wait for one to end the other.
    void Promise.all([ports.manager.end(), database.kill()]).then(
      () => {
        ports.onStoodDown();
        ports.loop().give({ type: 'stood-down', term });
      },
      (error: unknown) =>
        // The core goes to `fenced` at its deadline and the guard kills; saying "stood down" would be a lie.
        logger.error({ err: error }, 'what acts on this host could not be ended'),
    );
  }

  async function drain(): Promise<void> {
    drains += 1;
    const mine = drains;
    // Work goes on during the long checkpoint, so that the second one is short.
    await quietly(database.checkpoint());
    if (mine !== drains) return;
    await ports.manager.drain();
    if (mine !== drains) return;
    await quietly(database.checkpoint());
    if (mine === drains) ports.loop().give({ type: 'drained' });
  }

  /**
   * Nobody is let in before the gate opens. A manager that lives through the restart would be the first to come back: it would read, and
   * act on, what nobody was told of and what may be gone with the next switch. Alone there is no such thing.
   */
  function closeForRestart(): void {
    drains += 1;
    if (ports.loop().state().duty?.sole === true) return;
    ports.onClosed();
    ports.manager
      .end('at-once')
      .catch((error: unknown) =>
        logger.error({ err: error }, 'the manager could not be ended before the database is started again'),
      );
  }

  async function quietly(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      // Without it the stop takes longer, and its own bound calls the move off.
      logger.warn({ err: error }, 'the checkpoint before the move did not work');
    }
  }

  /** What is thrown inside the loop ends it, and with it the service: a fault in what people are shown is not worth that. */
  function shown(work: () => void): void {
    try {
      work();
    } catch (error) {
      logger.error({ err: error }, 'what this host does could not be shown');
    }
  }

  async function fence(peer: string, attempt: number): Promise<void> {
    const command = ports.fence();
    const known = ports.peer(peer);
    const result =
      command === null
        ? { ok: false, says: 'no fence command is configured' }
        : await command.run({ id: peer, name: known?.name ?? peer, address: known?.address ?? '' });
    logger.warn({ peer, ok: result.ok }, `fence command: ${result.says}`);
    ports.loop().give({ type: 'fence-result', attempt, ok: result.ok });
  }

  return {
    carryOut(effect) {
      switch (effect.type) {
        case 'send':
          ports.link()?.send(effect.message);
          break;
        case 'log':
          logger[WARNING_ROWS.has(effect.row) ? 'warn' : 'info'](
            { row: effect.row, state: effect.state },
            effect.says,
          );
          shown(() => ports.onRow(effect.row, effect.says));
          break;
        case 'guard':
          ports.guard()?.setDeadline(effect.until);
          break;
        case 'open-service':
          drains += 1;
          void ports.address()?.take(effect.term);
          ports.onOpen(effect.term);
          break;
        case 'drain':
          void drain();
          break;
        case 'stand-down':
          standDown(effect.term);
          break;
        case 'fence':
          void fence(effect.peer, effect.attempt);
          break;
        case 'reply':
          waiting.get(effect.command)?.({ ok: effect.ok, says: effect.says });
          break;
        case 'restart-primary':
          closeForRestart();
          database.perform(effect);
          break;
        case 'run-standby':
        case 'promote':
        case 'set-names':
        case 'probe':
        case 'stop-database':
        case 'copy':
          database.perform(effect);
          break;
        default:
          effect satisfies never;
      }
    },
    onState(state) {
      if (state.record.roster !== roster) {
        ({ roster } = state.record);
        database.setRoster(roster);
      }
      if (state.name !== before) {
        before = state.name;
        shown(() => ports.onState(state));
      }
    },
    onDatabaseInput: (input) => ports.loop().give(input),
    onGuardFired() {
      ports.loop().give({ type: 'guard-fired' });
    },
    async obey(command) {
      if (waiting.size >= COMMANDS_MAX)
        return { ok: false, says: 'Too many commands are under way. Wait until one is answered.' };
      const id = `command-${(commands += 1)}`;
      const { promise, resolve } = Promise.withResolvers<CommandResult>();
      waiting.set(id, resolve);
      const cancel = timers.after(COMMAND_MS, () =>
        resolve({ ok: false, says: 'There was no answer in time. See "nezuban pair status".' }),
      );
      ports.loop().give({ type: 'command', command: { ...command, id } as Command });
      const result = await promise;
      waiting.delete(id);
      cancel();
      return result;
    },
  };
}
