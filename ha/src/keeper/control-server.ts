// The keeper's side of the control socket.
// Responsible for answering status and the pair's commands, for passing on an order to stop, and for the file that says where the socket is.
// Who may connect is decided by the rights of its folder.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {
  CONTROL_ANSWER_MS,
  CONTROL_FILE,
  CONTROL_LINE_MAX,
  controlRequestSchema,
  type ControlRequest,
  type KeeperStatus,
  type PairCreated,
  type SharedFilesState,
} from '@nezuban/protocol/keeper/control';
import type { CommandResult } from '@nezuban/protocol/pair/pair-link';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { controlSocketIn } from './child-config.ts';

export type ControlServer = { readonly stop: () => void };

export type ControlHandlers = {
  readonly status: () => KeeperStatus;
  readonly onStop: (order: { readonly withJobs: boolean }) => void;
  readonly pairStatus: () => PairStatus;
  readonly sharedFiles: () => Promise<SharedFilesState>;
  readonly create: (request: Extract<ControlRequest, { command: 'pair-create' }>) => Promise<PairCreated>;
  readonly command: (request: Extract<ControlRequest, { command: 'pair-command' }>) => Promise<CommandResult>;
};

export type ControlPlace = { readonly home: string; readonly runDirectory: string };

/** Nobody talks to the keeper for long: a client that says nothing is cut off. */
const IDLE_MS = 5_000;
const CONNECTIONS_MAX = 20;

/** The caller holds the instance lock, so a socket file that is there belongs to a dead keeper. */
export async function startControlServer(
  place: ControlPlace,
  handlers: ControlHandlers,
): Promise<ControlServer> {
  const file = controlSocketIn(place.runDirectory);
  const sign = path.join(place.home, CONTROL_FILE);
  fs.rmSync(file, { force: true });
  const server = net.createServer({ allowHalfOpen: true }, (socket) => serve(socket, handlers));
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(file, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve();
    });
  });
  fs.chmodSync(file, 0o600);
  writeSign(sign, file);
  return {
    stop() {
      server.close();
      fs.rmSync(file, { force: true });
      fs.rmSync(sign, { force: true });
    },
  };
}

/** A full disk must not keep a manager from starting: `status` and `stop` find the socket without the file. */
function writeSign(sign: string, socket: string): void {
  try {
    fs.mkdirSync(path.dirname(sign), { recursive: true, mode: 0o700 });
    fs.writeFileSync(`${sign}.draft`, JSON.stringify({ socket }), { mode: 0o600 });
    fs.renameSync(`${sign}.draft`, sign);
  } catch {
    // Said by whoever looks for it.
  }
}

function serve(socket: net.Socket, handlers: ControlHandlers): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  // The client has gone; there is nothing to do for it.
  socket.on('error', () => undefined);
  socket.on('end', () => {
    if (!text.includes('\n')) socket.destroy();
  });
  socket.on('data', (chunk: string) => {
    text += chunk;
    const end = text.indexOf('\n');
    if (end < 0 && text.length > CONTROL_LINE_MAX) socket.destroy();
    if (end < 0) return;
    socket.pause();
    socket.setTimeout(CONTROL_ANSWER_MS);
    void answer(text.slice(0, end), handlers).then((answered) => {
      if (!socket.destroyed) socket.end(`${JSON.stringify(answered)}\n`);
    });
  });
}

async function answer(line: string, handlers: ControlHandlers): Promise<unknown> {
  const request = controlRequestSchema.safeParse(parseJson(line));
  if (!request.success)
    return { error: 'the keeper does not understand this request: the client is of another release' };
  try {
    return await carryOut(request.data, handlers);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function carryOut(request: ControlRequest, handlers: ControlHandlers): Promise<unknown> {
  switch (request.command) {
    case 'status':
      return handlers.status();
    case 'stop':
      // After the answer has left.
      setImmediate(handlers.onStop, { withJobs: request.withJobs });
      return handlers.status();
    case 'pair-status':
      return handlers.pairStatus();
    case 'shared-files':
      return await handlers.sharedFiles();
    case 'pair-create':
      return await handlers.create(request);
    case 'pair-command':
      return await handlers.command(request);
    default:
      return request satisfies never;
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
