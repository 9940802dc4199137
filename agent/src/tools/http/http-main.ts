// The tool "http" as a program: one call, or one that starts something and then asks until it is done. Started by a waiter, input on stdin.
// The body of the (last) response goes to stdout, everything else to stderr. Ends with an exit code of tool-inputs.ts.
import { text } from 'node:stream/consumers';
import { leaveOnceSaid } from '@nezuban/platform/leave';
import { httpInputSchema, toolExitCodes } from '@nezuban/protocol/agent/tool-inputs';
import { becomeUser } from '../become.ts';
import { callHttp } from './call-http.ts';
import { ToolFailure } from '../tool-failure.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const main = async (): Promise<number> => {
  becomeUser(process.env['NEZUBAN_BECOME']);
  const input = httpInputSchema.parse(JSON.parse(await text(process.stdin)));
  return await callHttp(input, {
    say,
    write: (bytes) => void process.stdout.write(bytes),
    idempotencyKey: process.env['NEZUBAN_ATTEMPT_ID'] ?? '',
  });
};

let exitCode: number;
try {
  exitCode = await main();
} catch (error) {
  if (error instanceof ToolFailure) say(error.message);
  else say(`the call failed: ${error instanceof Error ? error.message : String(error)}`);
  exitCode = error instanceof ToolFailure ? error.exitCode : toolExitCodes.trouble;
}
await leaveOnceSaid(exitCode);
