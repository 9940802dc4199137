// Asks the keeper of this host over its control socket: one JSON line each way.
// Responsible for one question and its answer, within a bound. Called by the programs of this folder, which are no children of the keeper.
import net from 'node:net';
import path from 'node:path';
import {
  CONTROL_LINE_MAX,
  controlAnswerSchemas,
  controlErrorSchema,
  type ControlRequest,
  type KeeperStatus,
  type SharedFilesState,
} from '@nezuban/protocol/keeper/control';
import type { PairStatus } from '@nezuban/protocol/pair/status';

const ANSWER_MS = 5_000;

export type KeeperClient = {
  /** Null: no keeper answers. */
  readonly status: () => Promise<KeeperStatus | null>;
  readonly pairStatus: () => Promise<PairStatus | null>;
  readonly sharedFiles: () => Promise<SharedFilesState | null>;
};

export const createKeeperClient = (runDirectory: string): KeeperClient => {
  const socketPath = path.join(runDirectory, 'keeper.sock');
  const ask = async (request: ControlRequest): Promise<unknown> => {
    const line = await exchange(socketPath, `${JSON.stringify(request)}\n`);
    try {
      const answer: unknown = line === null ? null : JSON.parse(line);
      return controlErrorSchema.safeParse(answer).success ? null : answer;
    } catch {
      return null;
    }
  };
  return {
    status: async () => controlAnswerSchemas.status.safeParse(await ask({ command: 'status' })).data ?? null,
    pairStatus: async () =>
      controlAnswerSchemas['pair-status'].safeParse(await ask({ command: 'pair-status' })).data ?? null,
    sharedFiles: async () =>
      controlAnswerSchemas['shared-files'].safeParse(await ask({ command: 'shared-files' })).data ?? null,
  };
};

const exchange = async (socketPath: string, line: string): Promise<string | null> => {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  let text = '';
  const socket = net.connect(socketPath, () => socket.write(line));
  socket.setEncoding('utf8');
  const tooSlow = setTimeout(() => socket.destroy(), ANSWER_MS);
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (text.length > CONTROL_LINE_MAX) socket.destroy();
  });
  // Nobody listens, or it went away: "close" follows.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearTimeout(tooSlow);
    resolve(text.includes('\n') ? text : null);
  });
  return await promise;
};
