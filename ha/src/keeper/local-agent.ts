// The agent of the manager's own host.
// Responsible for keeping it running and for telling it its managers. It lives through changes of duty: jobs of this host go on whoever is
// master. Called by the keeper.
import type { AgentConfig } from '@nezuban/protocol/keeper/child-messages';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { createSupervisor, type Death, type SupervisorStatus } from '@nezuban/platform/supervisor';
import type { Timers } from '@nezuban/platform/timers';
import { launchChild, type KeeperChild, type Program } from './child-process.ts';

export type LocalAgentPorts = { readonly clock: Clock; readonly timers: Timers; readonly logger: Logger };

export type LocalAgentOptions = {
  readonly program: Program;
  readonly environment: NodeJS.ProcessEnv;
  readonly onLaunched: (child: KeeperChild) => void;
  readonly onRestart: (death: Death, attempt: number) => void;
  readonly onGaveUp: (death: Death, restarts: number) => void;
  readonly onFatal: (death: Death, fatal: { readonly code: string; readonly message: string }) => void;
};

export type LocalAgent = {
  /** Idempotent: the process loads its modules while the manager still starts. */
  readonly start: () => void;
  /** Told to the running process, and to each later one that has no newer configuration. */
  readonly configure: (config: AgentConfig) => void;
  readonly runs: () => boolean;
  readonly stop: (order: { readonly withinMs: number; readonly withJobs: boolean }) => Promise<void>;
  readonly kill: () => void;
  readonly status: () => SupervisorStatus;
};

export function createLocalAgent(ports: LocalAgentPorts, options: LocalAgentOptions): LocalAgent {
  const told = new WeakSet<KeeperChild>();
  let config: AgentConfig | null = null;

  const tell = (child: KeeperChild): void => {
    if (config === null || told.has(child)) return;
    told.add(child);
    child.send({ type: 'start', config });
  };

  const supervisor = createSupervisor<KeeperChild>(ports, {
    name: 'agent',
    launch: () =>
      launchChild(ports, {
        name: 'agent',
        program: options.program,
        environment: options.environment,
        onReady: () => ports.logger.info('the local agent serves'),
      }),
    onLaunched(child) {
      options.onLaunched(child);
      tell(child);
    },
    onRestart: options.onRestart,
    onGaveUp: options.onGaveUp,
    onFatal: options.onFatal,
  });

  return {
    start: () => supervisor.start(),
    configure(next) {
      config = next;
      const child = supervisor.current();
      if (child !== null) tell(child);
    },
    runs: () => supervisor.current() !== null,
    stop: (order) => supervisor.stop((child) => child.stop(order)),
    kill: () => supervisor.current()?.kill(),
    status: () => supervisor.status(),
  };
}
