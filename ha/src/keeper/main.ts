// The keeper's program: `nezuban manager [status|stop]`. The shim cli/bin/nezuban starts it.
import path from 'node:path';
import { leave, leaveWhenBroken } from '@nezuban/platform/leave';
import { EXIT } from './exit-codes.ts';
import { nodeFlags } from './node-flags.ts';
import { run } from './run.ts';

const repository = path.resolve(import.meta.dirname, '../../..');

// The terminal or npm may be gone before we are; stopping in order matters more than saying so.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const execArgv = nodeFlags(repository);
const programs = {
  manager: {
    file: path.join(repository, 'manager/src/main.ts'),
    args: [],
    // A batch of traps lives until its commit: with room for some batches, half of the garbage collector's work on them falls away.
    execArgv: [...execArgv, '--max-semi-space-size=64'],
  },
  agent: {
    file: path.join(repository, 'agent/src/main.ts'),
    args: ['run', '--keeper'],
    // As for the keeper itself (cli/bin/nezuban): it makes little garbage, and should stay small.
    execArgv: [...execArgv, '--max-semi-space-size=1'],
  },
  intake: {
    file: path.join(repository, 'intake/src/main.ts'),
    args: ['--keeper'],
    // Each datagram is some small objects that die at once: with more room fewer of them are carried along.
    execArgv: [...execArgv, '--max-semi-space-size=4'],
  },
};

leaveWhenBroken();
process.exitCode = EXIT.failed;
leave(await run({ args: process.argv.slice(2), environment: process.env, programs }));
