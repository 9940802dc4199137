// A child of the keeper for the tests of the channel. The first argument names a fault: `hang` in the stop, `fail` in the start.
import fs from 'node:fs';
import * as z from 'zod';
import { connectToKeeper } from '../keeper-channel.ts';
import { createLogger } from '../logger.ts';

const mode = process.argv[2];
const say = (line: string) => fs.writeSync(1, `${line}\n`);

const channel = connectToKeeper({
  configSchema: z.object({ name: z.string() }),
  logger: createLogger({ process: 'child', level: 'info' }),
  onStart({ name }) {
    say(`start ${name}`);
    if (mode === 'fail') throw new Error('told to fail');
    channel.ready({ consoleUrl: name });
  },
  onStop({ reason, withJobs }) {
    say(`stop ${reason} ${withJobs}`);
    return mode === 'hang' ? new Promise(() => undefined) : Promise.resolve();
  },
  onNotice: (notice) => void say(`notice ${notice.message}`),
  onMessage(message) {
    say(`message ${message.type}`);
    if (message.type === 'drain') channel.report({ type: 'drained' });
  },
});
