// The real keeper with stand-in children: what the keeper's tests start.
import path from 'node:path';
import { nodeFlags } from '../keeper/node-flags.ts';
import { run } from '../keeper/run.ts';

process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const program = (file: string) => ({
  file: path.join(import.meta.dirname, file),
  args: [],
  execArgv: nodeFlags(path.resolve(import.meta.dirname, '../../..')),
});
const programs = {
  manager: program('stand-in-manager-main.ts'),
  agent: program('stand-in-agent-main.ts'),
  intake: program('stand-in-intake-main.ts'),
};

process.exit(await run({ args: process.argv.slice(2), environment: process.env, programs }));
