// The program of the manager: started by the keeper, gets settings and duty over the keeper's channel, says when it serves.
import { systemClock } from '@nezuban/platform/clock';
import { connectToKeeper, type KeeperChannel } from '@nezuban/platform/keeper-channel';
import { leave, leaveWhenBroken } from '@nezuban/platform/leave';
import { createLogger } from '@nezuban/platform/logger';
import { systemTimers } from '@nezuban/platform/timers';
import { managerConfigSchema, type ManagerConfig } from '@nezuban/protocol/keeper/child-messages';
import { MigrationRefusedError } from './database/migrations.ts';
import { ListenError } from './http/listen-error.ts';
import { createManager, type Manager } from './manager.ts';
import { countLines } from './metrics/counting-logger.ts';
import { createMetricsRegistry } from './metrics/registry.ts';

const EXIT_BROKEN = 1;
leaveWhenBroken();
let manager: Manager | undefined;

const channel: KeeperChannel = connectToKeeper<ManagerConfig>({
  configSchema: managerConfigSchema,
  logger: createLogger({ process: 'manager', level: 'info' }),
  onStart: start,
  onStop: async ({ withinMs }) => manager?.stop(withinMs),
  onNotice: (notice) => manager?.notice(notice),
  onMessage: (message) => void manager?.receive(message).catch(giveUp),
});

async function start(config: ManagerConfig): Promise<void> {
  const metrics = createMetricsRegistry();
  const logger = countLines(createLogger({ process: 'manager', level: config.logLevel }), metrics);
  manager = createManager(config, {
    clock: systemClock,
    timers: systemTimers,
    logger,
    chance: Math.random,
    metrics,
    onBroken(error) {
      // What is in memory can be trusted no more; what is committed can. The keeper starts a new one from that.
      logger.error({ err: error }, 'The manager is broken and ends');
      leave(EXIT_BROKEN);
    },
    keeper: {
      ready: ({ consoleUrl, agentAddress, adminPassword }) =>
        channel.ready({ consoleUrl, agentAddress, ...(adminPassword === null ? {} : { adminPassword }) }),
      report: channel.report,
    },
  });
  await manager.prepare();
}

/** What a restart would not mend is told to the person at the terminal; after anything else the keeper starts a new one. */
function giveUp(error: unknown): void {
  if (error instanceof ListenError) channel.fatal(error.code, error.message);
  else if (error instanceof MigrationRefusedError)
    channel.fatal('database_of_another_release', error.message);
  else channel.fail(error);
}
