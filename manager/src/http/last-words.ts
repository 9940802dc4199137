// Says a last thing on a connection and ends it, whatever the other side does. Called where there is no request to answer by.
import type { Duplex } from 'node:stream';

/** Long enough for a slow line to carry a few hundred bytes; nobody else may keep the socket of a refused connection. */
const LINGER_MS = 2_000;

/** Servers keep sockets open until both sides have ended them: a stranger who never does would hold his for ever. */
export const endWithLastWords = (socket: Duplex, text: string): void => {
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  socket.end(text);
};
