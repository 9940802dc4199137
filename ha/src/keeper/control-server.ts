// The keeper's side of the control socket.
// Responsible for answering status, and for passing on an order to stop. Who may connect is decided by the rights of its folder.
import fs from 'node:fs';
import net from 'node:net';
import {
  CONTROL_LINE_MAX,
  controlRequestSchema,
  controlSocketIn,
  type KeeperStatus,
} from './control-protocol.ts';

export type ControlServer = { readonly stop: () => void };

export type ControlHandlers = {
  readonly status: () => KeeperStatus;
  readonly onStop: (order: { readonly withJobs: boolean }) => void;
};

/** Nobody talks to the keeper for long: a client that hangs is cut off. */
const IDLE_MS = 5_000;
const CONNECTIONS_MAX = 20;

/** The caller holds the instance lock, so a socket file that is there belongs to a dead keeper. */
export async function startControlServer(
  runDirectory: string,
  handlers: ControlHandlers,
): Promise<ControlServer> {
  const file = controlSocketIn(runDirectory);
  fs.rmSync(file, { force: true });
  const server = net.createServer({ allowHalfOpen: false }, (socket) => serve(socket, handlers));
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
  return {
    stop() {
      server.close();
      fs.rmSync(file, { force: true });
    },
  };
}

function serve(socket: net.Socket, handlers: ControlHandlers): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  // The client has gone; there is nothing to do for it.
  socket.on('error', () => undefined);
  socket.on('data', (chunk: string) => {
    text += chunk;
    const end = text.indexOf('\n');
    if (end < 0 && text.length > CONTROL_LINE_MAX) socket.destroy();
    if (end < 0) return;
    socket.pause();
    socket.end(`${JSON.stringify(answer(text.slice(0, end), handlers))}\n`);
  });
}

function answer(line: string, handlers: ControlHandlers): unknown {
  const request = controlRequestSchema.safeParse(parseJson(line));
  if (!request.success)
    return { error: 'the keeper does not understand this request: the client is of another release' };
  switch (request.data.command) {
    case 'status':
      return handlers.status();
    case 'stop':
      // After the answer has left.
      setImmediate(handlers.onStop, { withJobs: request.data.withJobs });
      return handlers.status();
    default:
      return request.data satisfies never;
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
