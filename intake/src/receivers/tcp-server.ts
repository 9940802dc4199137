/**
 * Listening sockets of TCP, opened and closed as promises. Used by the receivers of syslog and HTTP.
 */
import { once } from 'node:events';
import type net from 'node:net';
import type { Place } from './listening.ts';
import { receiverLimits } from './receiver-limits.ts';

/** Above what the streams themselves refuse: a bound for those that have not even shaken hands. */
const UNKNOWN_CONNECTIONS_MAX = receiverLimits.connectionsMax + 200;

export async function listenOn(server: net.Server, { host, port }: Place): Promise<void> {
  server.maxConnections = UNKNOWN_CONNECTIONS_MAX;
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  // Accepting may fail for want of file descriptors: the next connection is tried again.
  server.on('error', () => undefined);
}

export async function closeServer(server: net.Server): Promise<void> {
  if (!server.listening) return;
  await new Promise((resolve) => server.close(resolve));
}
