// The FIFO by which waiters tell the agent that there is something to look at: of this agent's spawner, and of earlier ones.
// Responsible for making it and cutting it into lines. Hints are never the truth: what is lost is found by looking (attempt-runner.ts).
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import { isAgentCode, saidByAgent, type AgentReason } from '@nezuban/protocol/agent/agent-said';
import { attemptIdSchema, type AttemptId } from '@nezuban/protocol/ids';
import { parseSaidValue } from '../attempts/attempt-record.ts';

export type Hint =
  | { readonly type: 'started' | 'output' | 'ended'; readonly id: AttemptId }
  /** The launch was given up before the claim: nothing ran. Of the spawner with this generation. */
  | {
      readonly type: 'givenUp';
      readonly id: AttemptId;
      readonly generation: string;
      readonly reason: AgentReason;
    };

export type HintPipe = { readonly close: () => void };

/** A waiter's line is at most about 300 bytes; more without a line end is not from a waiter. */
const lineBytesMax = 4_096;

export function openHintPipe(file: string, onHints: (hints: readonly Hint[]) => void): HintPipe {
  if (!isFifo(file)) {
    fs.rmSync(file, { force: true });
    // Node has no mkfifo. POSIX has the program.
    execFileSync('mkfifo', ['-m', '600', file]);
  }
  // Opened for both: it never comes to an end when the last waiter closes it.
  const descriptor = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
  const socket = new net.Socket({ fd: descriptor, readable: true, writable: false });
  let rest = '';
  socket.on('data', (bytes) => {
    const lines = (rest + bytes.toString('latin1')).split('\n');
    rest = (lines.pop() ?? '').slice(-lineBytesMax);
    onHints(lines.flatMap((line) => parseHint(line) ?? []));
  });
  // The safety net remains: without hints everything is found a second later.
  socket.on('error', () => socket.destroy());
  return { close: () => void socket.destroy() };
}

export function parseHint(line: string): Hint | null {
  const [kind, rawId, generation, ...reason] = line.split(' ');
  const id = attemptIdSchema.safeParse(rawId);
  if (!id.success) return null;
  switch (kind) {
    case 's':
      return { type: 'started', id: id.data };
    case 'o':
      return { type: 'output', id: id.data };
    case 'e':
      return { type: 'ended', id: id.data };
    case 'f':
      return { type: 'givenUp', id: id.data, generation: generation ?? '', reason: reasonOf(reason) };
    default:
      return null;
  }
}

/** `CODE VALUE`, the value that of the place {trouble}. */
function reasonOf([code = '', ...rest]: readonly string[]): AgentReason {
  const trouble = parseSaidValue(rest.join(' '));
  return isAgentCode(code) && trouble !== null
    ? saidByAgent(code, { trouble })
    : { text: [code, ...rest].join(' '), said: null };
}

function isFifo(file: string): boolean {
  return fs.lstatSync(file, { throwIfNoEntry: false })?.isFIFO() ?? false;
}
