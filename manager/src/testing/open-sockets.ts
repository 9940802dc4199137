// Which sockets this process still holds: for tests that a server gives up what a stranger will not end.
import net from 'node:net';

/** Whether a socket of this process has that port on its other side. The tests' clients have servers' ports there, never such. */
export const hasPeer = (port: number | undefined): boolean =>
  (process as unknown as { _getActiveHandles(): unknown[] })
    ._getActiveHandles()
    .some((handle) => handle instanceof net.Socket && !handle.destroyed && handle.remotePort === port);
