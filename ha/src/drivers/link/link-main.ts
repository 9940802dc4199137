/**
 * The link process: carries the pair's bulk data beside the keeper, at a lower priority, so that no heartbeat ever waits for it.
 *
 * Responsible for being a process: IPC with the keeper, priority, log, and ending as soon as the keeper is gone. What it does is in
 * `bulk-link.ts`. Started by `link-process.ts` with its niceness and log level as arguments.
 */
import net from 'node:net';
import os from 'node:os';
import { systemClock } from '@nezuban/platform/clock';
import { leave, leaveWhenBroken } from '@nezuban/platform/leave';
import { createLogger, type LogLevel } from '@nezuban/platform/logger';
import { systemTimers } from '@nezuban/platform/timers';
import { createBulkLink } from './bulk-link.ts';
import { toLinkSchema, type FromLink } from './link-messages.ts';

const [niceness = '0', level = 'info'] = process.argv.slice(2);
const logger = createLogger({ process: 'link', level: level as LogLevel });

if (!process.connected) throw new Error('this program is started by the keeper, not by hand');

leaveWhenBroken();
try {
  os.setPriority(Number(niceness));
} catch (error) {
  logger.warn(
    { err: error },
    'the link process runs at normal priority: heartbeats may be late during a copy',
  );
}

const send = (message: FromLink): void => {
  if (process.connected) process.send?.(message, undefined, {}, () => undefined);
};

const link = createBulkLink({
  clock: systemClock,
  timers: systemTimers,
  logger,
  onTrouble: (service, says) => send({ type: 'trouble', service, says }),
});

function stop(): void {
  link.stop();
  leave(0);
}

process.on('message', (raw, handle) => {
  const socket = handle instanceof net.Socket ? handle : null;
  const parsed = toLinkSchema.safeParse(raw);
  if (!parsed.success) {
    logger.error(
      { issues: parsed.error.issues },
      'the keeper sent a message that this program does not understand',
    );
    socket?.destroy();
  } else if (parsed.data.type === 'stop') stop();
  else if (parsed.data.type === 'pulse') send({ type: 'pulse' });
  else link.obey(parsed.data, socket);
});
process.on('disconnect', stop);
process.on('SIGTERM', stop);
