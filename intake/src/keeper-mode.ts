/**
 * The intake as a child of the keeper: its settings come over the channel, and the channel is its life line.
 *
 * Responsible for the order of its start and its end. Called by `main.ts`.
 */
import { systemClock } from '@nezuban/platform/clock';
import { connectToKeeper, type KeeperChannel } from '@nezuban/platform/keeper-channel';
import { leaveWhenBroken } from '@nezuban/platform/leave';
import { createLogger } from '@nezuban/platform/logger';
import { systemTimers } from '@nezuban/platform/timers';
import { intakeConfigSchema } from '@nezuban/protocol/keeper/child-messages';
import { startIntake, type Intake } from './intake.ts';
import { receiverRegistry } from './receivers/registry.ts';

export function runUnderKeeper(): void {
  leaveWhenBroken();
  let starting: Promise<Intake> | null = null;

  const channel: KeeperChannel = connectToKeeper({
    configSchema: intakeConfigSchema,
    logger: createLogger({ process: 'intake', level: 'info' }),
    async onStart(config) {
      const logger = createLogger({ process: 'intake', level: config.logLevel });
      starting = startIntake(
        { clock: systemClock, timers: systemTimers, logger },
        { config, receivers: receiverRegistry },
      );
      await starting;
      channel.ready();
    },
    async onStop() {
      // A start that failed has said so.
      const intake = await starting?.catch(() => null);
      await intake?.stop();
    },
  });
}
