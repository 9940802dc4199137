// The agent's role as a witness of the pair: the program `nezuban witness`, run as a child for as long as the master wants it.
// States: none -> (appointed) starting -> running -> (dismissed) none. `failed` from starting or running: the program died too often, or its
// home is damaged; it is tried again at long intervals if that may help, and a new appointment begins anew with an empty home.
// Responsible for these, for keeping the role over restarts of the agent, and for what the master is told. Not responsible for voting: the
// program does that, and speaks with the members itself. Called by agent.ts.
import type { AgentMessage, ManagerMessage } from '@nezuban/protocol/agent/link';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { createSupervisor, type Supervisor } from '@nezuban/platform/supervisor';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import { agentLimits } from '../limits.ts';
import type { WitnessFolder } from './witness-folder.ts';
import type { LaunchWitness, WitnessProcess } from './witness-process.ts';

export type WitnessReport = Omit<Extract<AgentMessage, { type: 'witness' }>, 'type'>;
type Appoint = Omit<Extract<ManagerMessage, { type: 'appointWitness' }>, 'type' | 'term'>;

export type WitnessRolePorts = {
  readonly folder: WitnessFolder;
  readonly launch: LaunchWitness;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly onReport: (report: WitnessReport) => void;
};

export type WitnessRole = {
  /** Goes on with the role that an earlier agent had. */
  readonly start: () => void;
  /** Repeats change nothing while the role is there and has not failed. */
  readonly appoint: (appointment: Appoint) => void;
  readonly dismiss: () => void;
  readonly report: () => WitnessReport;
  /** Ends the program; the role stays. */
  readonly stop: () => Promise<void>;
};

type Wish = { readonly type: 'appoint'; readonly appointment: Appoint } | { readonly type: 'dismiss' };

const saysLengthMax = 500;
const noRole: WitnessReport = { state: 'none', says: 'This agent is no witness.' };

export function createWitnessRole(ports: WitnessRolePorts): WitnessRole {
  const { folder, clock, timers } = ports;
  const logger = ports.logger.child({ part: 'witness' });
  let report: WitnessReport = noRole;
  /** Of the appointment that the role began with, if this agent has seen it: the same one again begins nothing anew. */
  let knownToken: string | null = null;
  let supervisor: Supervisor<WitnessProcess> | null = null;
  let launchedMs = 0;
  let cancelLook: CancelTimer | null = null;
  let cancelRetry: CancelTimer | null = null;
  /** The newest wish of the master; it waits while the one before is carried out. */
  let wish: Wish | null = null;
  let working: Promise<void> | null = null;
  let stopped = false;

  const say = (state: WitnessReport['state'], says: string): void => {
    const next = { state, says: says.slice(0, saysLengthMax) };
    if (next.state === report.state && next.says === report.says) return;
    report = next;
    logger[state === 'failed' ? 'warn' : 'info']({ state }, next.says);
    ports.onReport(report);
  };

  const launch = (): WitnessProcess => {
    const appointment = folder.appointment();
    if (folder.isJoined()) return ports.launch({ home: folder.home, join: null }, logger);
    const token = appointment?.token ?? null;
    if (appointment === null || token === null) throw new Error('its home holds no identity');
    return ports.launch({ home: folder.home, join: { members: appointment.members, token } }, logger);
  };

  const look = (): void => {
    const isSettled = clock.monotonicMs() - launchedMs >= agentLimits.witnessSettledMs;
    if (!supervisor?.current() || !isSettled || !folder.isJoined()) return;
    endLook();
    try {
      folder.noteJoined();
    } catch (error) {
      // The token is of no use any more; it only stays in the file.
      logger.warn({ err: error }, 'the appointment could not be written');
    }
    say('running', 'The witness runs.');
  };
  const endLook = (): void => {
    cancelLook?.();
    cancelLook = null;
  };

  /** Starts the program, and again when it dies. */
  const run = (): void => {
    cancelRetry?.();
    cancelRetry = null;
    if (!folder.isJoined() && (folder.appointment()?.token ?? null) === null) {
      // Nothing that the program could do would bring its identity back; a voter never makes up another one.
      say(
        'failed',
        `The home of the witness (${folder.home}) holds no identity: dismiss it and appoint it anew.`,
      );
      return;
    }
    if (report.state !== 'failed')
      say('starting', folder.isJoined() ? 'The witness is started.' : 'The witness joins the pair.');
    let last: WitnessProcess | null = null;
    const lastWords = (): string => (last?.lastLine() ? `; it said: ${last.lastLine()}` : '');
    const mine = createSupervisor<WitnessProcess>(
      { clock, timers },
      {
        name: 'witness',
        budget: agentLimits.witnessRestarts,
        launch,
        onLaunched: (launched) => {
          last = launched;
          launchedMs = clock.monotonicMs();
          endLook();
          cancelLook = timers.every(agentLimits.witnessLookMs, look);
        },
        onRestart: (death) => {
          endLook();
          logger.warn({ how: death.how }, 'the witness is started again');
          if (report.state !== 'failed')
            say('starting', `The witness is started again: ${death.how}${lastWords()}.`);
        },
        onGaveUp: (death, restarts) => {
          endLook();
          say('failed', `The witness was started ${restarts + 1} times in vain: ${death.how}${lastWords()}.`);
          if (!stopped) cancelRetry = timers.after(agentLimits.witnessRetryMs, run);
        },
        onFatal: (_, fatal) => say('failed', fatal.message),
      },
    );
    supervisor = mine;
    mine.start();
  };

  const end = async (): Promise<void> => {
    endLook();
    cancelRetry?.();
    cancelRetry = null;
    const ending = supervisor;
    supervisor = null;
    await ending?.stop((launched) => launched.end());
  };

  const work = async (): Promise<void> => {
    while (wish !== null && !stopped) {
      const next = wish;
      wish = null;
      try {
        if (next.type === 'appoint') await begin(next.appointment);
        else await remove();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        say('failed', `The files of the witness cannot be changed: ${reason}.`);
      }
    }
    working = null;
  };

  const begin = async ({ members, token }: Appoint): Promise<void> => {
    const isRepeat = report.state !== 'none' && (report.state !== 'failed' || token === knownToken);
    if (isRepeat) {
      ports.onReport(report);
      return;
    }
    // What a failed one has left is not taken over: it is another voter, whose promises nobody knows.
    await end();
    folder.remove();
    knownToken = token;
    folder.appoint({ members: [...members], token });
    report = noRole;
    run();
  };

  const remove = async (): Promise<void> => {
    await end();
    folder.remove();
    knownToken = null;
    report = noRole;
    logger.info('this agent is no witness any more');
    ports.onReport(report);
  };

  const want = (next: Wish): void => {
    if (stopped) return;
    wish = next;
    working ??= work();
  };

  return {
    start() {
      if (folder.exists()) run();
      else folder.remove();
    },
    appoint: (appointment) => want({ type: 'appoint', appointment }),
    dismiss: () => want({ type: 'dismiss' }),
    report: () => report,
    async stop() {
      stopped = true;
      await working;
      await end();
    },
  };
}
