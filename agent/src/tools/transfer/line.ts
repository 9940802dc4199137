// The tool's end of the connection over which files come: through the agent of this host, which has the certificate, to the manager.
// Responsible for reaching the agent's socket also as a user who cannot go through the agent's folders: the folder with the socket is opened
// before the process becomes that user, and stays open. So the agent may restart, and is reached again. Not responsible for what is said.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

/** Name of the socket in its folder. */
export const lineSocketName = 'line';

export type Line = { readonly connect: (attemptId: string) => Promise<net.Socket> };

/** Called before the process becomes somebody else. */
export function openLine(folder: string): Line {
  const descriptor = fs.openSync(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  return {
    async connect(attemptId) {
      const socket = net.connect(socketPath(folder, descriptor));
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('error', reject);
      });
      socket.on('error', () => undefined);
      socket.write(`${attemptId}\n`);
      return socket;
    },
  };
}

/** By the open folder: a path of a socket has at most 107 bytes, and those before the folder are closed to others. */
export function socketPath(folder: string, descriptor: number): string {
  const own = `/proc/self/fd/${descriptor}`;
  return path.join(fs.existsSync(own) ? own : folder, lineSocketName);
}
