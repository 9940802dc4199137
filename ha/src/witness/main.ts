// The program of a witness: `nezuban witness`. The shim cli/bin/nezuban starts it, by hand or for an agent that was appointed.
import { EXIT } from '../keeper/exit-codes.ts';
import { run } from './run.ts';

process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

process.exitCode = EXIT.failed;
process.exit(
  await run({ args: process.argv.slice(2), environment: process.env, stdin: () => process.stdin }),
);
