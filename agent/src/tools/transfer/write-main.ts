// The tool "file_transfer" as a program: the writing side. Started by a waiter on the node where files arrive, input on stdin.
// What it did goes to stdout as JSON, everything for people to stderr. Ends with an exit code of tool-inputs.ts.
import fs from 'node:fs';
import { text } from 'node:stream/consumers';
import { leave, leaveOnceSaid } from '@nezuban/platform/leave';
import { fileTransferInputSchema, toolExitCodes } from '@nezuban/protocol/agent/tool-inputs';
import { becomeUser } from '../become.ts';
import { ToolFailure } from '../tool-failure.ts';
import { openLine } from './line.ts';
import { receiveFiles } from './receive-files.ts';

/** How soon the death of the waiter is seen while nothing comes. */
const waiterLookMs = 500;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const parts = new Set<Buffer>();
const isOwned = (): boolean => process.ppid === Number(process.env['NEZUBAN_WAITER']);

/** After TERM the waiter kills what is left: what has arrived goes at once. */
process.on('SIGTERM', () => {
  for (const part of parts) fs.rmSync(part, { force: true });
  leave(143);
});

setInterval(() => {
  if (!isOwned()) leave(1);
}, waiterLookMs).unref();

const main = async (): Promise<void> => {
  const line = openLine(process.env['NEZUBAN_TRANSFERS'] ?? '');
  becomeUser(process.env['NEZUBAN_BECOME']);
  process.umask(0o077);
  const input = fileTransferInputSchema.parse(JSON.parse(await text(process.stdin)));
  const id = process.env['NEZUBAN_ATTEMPT_ID'] ?? '';
  const beganAt = performance.now();
  const files = await receiveFiles(input, {
    connect: async () => await line.connect(id),
    say,
    isOwned,
    parts,
  });
  const bytes = files.reduce((total, file) => total + file.bytes, 0);
  process.stdout.write(
    `${JSON.stringify({
      bytes,
      seconds: Math.round(performance.now() - beganAt) / 1000,
      paths: files.map(({ file }) => file),
      files,
    })}\n`,
  );
};

let exitCode = 0;
try {
  await main();
} catch (error) {
  if (error instanceof ToolFailure) say(error.message);
  else say(`The transfer failed: ${error instanceof Error ? error.message : String(error)}`);
  exitCode = error instanceof ToolFailure ? error.exitCode : toolExitCodes.trouble;
}
await leaveOnceSaid(exitCode);
