// The agent as a child of the keeper: its settings come over the channel, and the channel is its life line.
// Responsible for the order of its start: lock of the home, "ready", enrolment if needed, then the agent. Called by main.ts.
import { connectToKeeper, type KeeperChannel } from '@nezuban/platform/keeper-channel';
import { createLogger } from '@nezuban/platform/logger';
import { agentConfigSchema, type AgentConfig } from '@nezuban/protocol/keeper/child-messages';
import type { Agent } from './agent.ts';
import { claimHome, CommandError, requireIdentity, startAgent } from './commands.ts';
import { enrolUntilDone } from './enrol-until-done.ts';
import { readIdentity, type Identity } from './identity/identity.ts';

export type KeeperModeOptions = {
  readonly version: string;
  readonly locale: Readonly<Record<string, string>>;
};

/** Of the time that the keeper gives: the rest is for what follows the jobs. */
const shareForJobs = 0.8;

export function runUnderKeeper(options: KeeperModeOptions): void {
  const stopping = new AbortController();
  let agent: Agent | null = null;

  const start = async (config: AgentConfig): Promise<void> => {
    const logger = createLogger({ process: 'agent', level: config.logLevel });
    const journal = claimHome(config.home);
    // Enrolment waits for a manager; the keeper does not wait for either.
    channel.ready();
    try {
      const identity = await findIdentity(config, {
        logger,
        version: options.version,
        signal: stopping.signal,
      });
      stopping.signal.throwIfAborted();
      // The keeper knows where its manager listens today; the identity knows where it did when it was made, unless managers have told it since.
      const managers = identity.managersTold ? identity.managers : [...config.managers];
      agent = startAgent(
        { identity: { ...identity, managers }, pinnedManagers: config.managers, journal, logger },
        { home: config.home, ...options },
      );
    } catch (error) {
      journal.close();
      if (!stopping.signal.aborted) throw error;
    }
  };

  const channel: KeeperChannel = connectToKeeper({
    configSchema: agentConfigSchema,
    logger: createLogger({ process: 'agent', level: 'info' }),
    onStart: (config) =>
      start(config).catch((error: unknown) => {
        if (!(error instanceof CommandError)) throw error;
        channel.fatal(error.code, error.message);
      }),
    onStop: async ({ withJobs, withinMs }) => {
      stopping.abort();
      await agent?.stop({ withJobs, withinMs: withinMs * shareForJobs });
    },
  });
}

type Enrolling = {
  readonly logger: ReturnType<typeof createLogger>;
  readonly version: string;
  readonly signal: AbortSignal;
};

async function findIdentity(config: AgentConfig, { logger, version, signal }: Enrolling): Promise<Identity> {
  const { home, managers, nodeName, joinTokenFile } = config;
  const known = readIdentity(home);
  if (known || joinTokenFile === null) return known ?? requireIdentity(home);
  return enrolUntilDone({ home, managers, nodeName, joinTokenFile, version }, { logger, signal });
}
