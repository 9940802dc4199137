// The program of a witness: `nezuban witness`. The shim cli/bin/nezuban starts it, by hand or for an agent that was appointed.
import { leave, leaveWhenBroken } from '@nezuban/platform/leave';
import { EXIT } from '../keeper/exit-codes.ts';
import { run } from './run.ts';

process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

leaveWhenBroken();
process.exitCode = EXIT.failed;
leave(await run({ args: process.argv.slice(2), environment: process.env, stdin: () => process.stdin }));
