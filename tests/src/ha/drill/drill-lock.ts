/**
 * One drill of a kind at a time on a machine: a name that the kernel holds for as long as this process lives.
 *
 * Responsible for holding it and for saying who holds it. The name is an abstract Unix socket, so that a killed drill leaves nothing
 * behind; where there are none (only Linux has them) drills do not exclude each other. Called by `drill-main.ts`.
 */
import net from 'node:net';

export type DrillLock =
  | { readonly held: true; release(): void }
  | { readonly held: false; readonly by: string };

const ASK_TIMEOUT_MS = 1_000;

/** `name` tells what is excluded; `says` is told to whoever comes second. */
export async function acquireDrillLock(name: string, says: string): Promise<DrillLock> {
  if (process.platform !== 'linux') return { held: true, release: () => undefined };
  const path = `\0nezuban-drill-${name}`;
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(says);
  });
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  server.once('listening', () => resolve(true));
  server.once('error', (error: NodeJS.ErrnoException) =>
    error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
  );
  server.listen(path);
  if (!(await promise)) return { held: false, by: await askHolder(path) };
  // Nobody is waited for: the name is free when the process ends.
  server.unref();
  return { held: true, release: () => void server.close() };
}

function askHolder(path: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = '';
  const socket = net.connect({ path });
  socket.setTimeout(ASK_TIMEOUT_MS, () => socket.destroy());
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  socket.on('close', () => resolve(text === '' ? 'unknown' : text.slice(0, 200)));
  return promise;
}
