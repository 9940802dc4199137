// The program of `nezuban backup create|list|verify|restore|archive|export|import`. The shim cli/bin/nezuban starts it; `schedule` and `status`
// are commands of the API and belong to the command line. The only file here that knows the process.
import { leaveOnceSaid } from '@nezuban/platform/leave';
import { EXIT } from '../keeper/exit-codes.ts';
import { runBackup } from './run.ts';

const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => ended.abort(new Error('interrupted')));
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

process.exitCode = EXIT.failed;
await leaveOnceSaid(
  await runBackup({
    args: process.argv.slice(2),
    environment: process.env,
    stdin: process.stdin,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    interruption: ended,
  }),
);
