/** An intake as a process of its own, for tests that kill it: `stand-in-intake-main.ts HOME PORT`, with the receiver that answers. */
import path from 'node:path';
import { systemClock } from '@nezuban/platform/clock';
import { createLogger } from '@nezuban/platform/logger';
import { systemTimers } from '@nezuban/platform/timers';
import { startIntake } from '../intake.ts';
import { createDurableReceiver } from './durable-receiver.ts';

const [home = '', port = ''] = process.argv.slice(2);
const intake = await startIntake(
  { clock: systemClock, timers: systemTimers, logger: createLogger({ process: 'intake', level: 'info' }) },
  {
    config: { home, hostName: 'test', socketPath: path.join(home, 'intake.sock'), tls: null },
    receivers: [createDurableReceiver(Number(port))],
  },
);
process.on('SIGTERM', () => void intake.stop().then(() => process.exit(0)));
process.stdout.write('listens\n');
