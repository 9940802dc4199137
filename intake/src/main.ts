/**
 * The program of the intake: under the keeper it hears; by hand it shows the journal of a host (`nezuban intake inspect`, `nezuban intake status`).
 */
import os from 'node:os';
import { runUnderKeeper } from './keeper-mode.ts';
import { runTool } from './tools/run-tool.ts';

const args = process.argv.slice(2);

if (args[0] === '--keeper') runUnderKeeper();
else {
  // Whoever reads along has seen enough: `nezuban intake inspect | head`.
  process.stdout.on('error', () => process.exit());
  process.exitCode = await runTool(args, {
    variable: process.env['NEZUBAN_HOME'],
    uid: process.getuid?.() ?? -1,
    userHome: os.homedir(),
    cwd: process.cwd(),
  });
}
