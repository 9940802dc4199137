// A service address in a process of its own, so that tests can run it in a network namespace and kill it. Its configuration is the first
// argument; each line of its standard input is `take TERM` or `release`.
import readline from 'node:readline';
import { createLogger } from '@nezuban/platform/logger';
import { systemTimers } from '@nezuban/platform/timers';
import { createServiceAddress } from '../drivers/address/service-address.ts';

const address = createServiceAddress(
  { timers: systemTimers, logger: createLogger({ process: 'address', level: 'info' }) },
  JSON.parse(process.argv[2] ?? '{}') as Record<string, unknown>,
);

readline
  .createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [word, term] = line.split(' ');
    void (word === 'take' ? address.take(Number(term)) : address.release()).then(() =>
      console.log(`${line} returned`),
    );
  })
  .on('close', () => process.exit(0));
