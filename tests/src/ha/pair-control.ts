/**
 * Speaks with the keeper of a host over its control socket, as `nezuban pair` does on that host.
 *
 * Responsible for one question and its answer. Unix sockets do not know network namespaces, so that a host that is cut off still answers.
 * Called by `pair.ts`.
 */
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import {
  CONTROL_FILE,
  controlAnswerSchemas,
  controlErrorSchema,
  controlFileSchema,
  type ControlRequest,
  type PairCreated,
} from '@nezuban/protocol/keeper/control';
import type { CommandResult, OperatorCommand } from '@nezuban/protocol/pair/pair-link';
import type { PairStatus } from '@nezuban/protocol/pair/status';

/** A keeper that is well answers at once; one that is frozen never does. */
const STATUS_TIMEOUT_MS = 2_000;
/** A planned switch waits for the standby. */
const COMMAND_TIMEOUT_MS = 90_000;

export interface PairControl {
  /** Rejects if no keeper answers. */
  status(): Promise<PairStatus>;
  create(request: Partial<Extract<ControlRequest, { command: 'pair-create' }>>): Promise<PairCreated>;
  command(operator: OperatorCommand): Promise<CommandResult>;
}

export function createPairControl(home: string): PairControl {
  const ask = async (request: ControlRequest, timeoutMs: number): Promise<unknown> => {
    const file = controlFileSchema.parse(JSON.parse(await readFile(path.join(home, CONTROL_FILE), 'utf8')));
    const answer: unknown = JSON.parse(await exchange(file.socket, JSON.stringify(request), timeoutMs));
    const error = controlErrorSchema.safeParse(answer);
    if (error.success) throw new Error(`${request.command}: ${error.data.error}`);
    return answer;
  };
  return {
    async status() {
      return controlAnswerSchemas['pair-status'].parse(
        await ask({ command: 'pair-status' }, STATUS_TIMEOUT_MS),
      );
    },
    async create(request) {
      const whole = {
        command: 'pair-create',
        listen: null,
        address: null,
        kind: 'member',
        tieBreaker: null,
        profile: null,
        ...request,
      } as const;
      return controlAnswerSchemas['pair-create'].parse(await ask(whole, COMMAND_TIMEOUT_MS));
    },
    async command(operator) {
      const answer = await ask({ command: 'pair-command', host: null, operator }, COMMAND_TIMEOUT_MS);
      return controlAnswerSchemas['pair-command'].parse(answer);
    },
  };
}

function exchange(socketPath: string, line: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = net.connect(socketPath, () => socket.write(`${line}\n`));
    const timer = setTimeout(() => socket.destroy(new Error('the keeper does not answer')), timeoutMs);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      if (text.includes('\n')) resolve(text);
      else reject(new Error('the keeper closed the connection without an answer'));
    });
  });
}
