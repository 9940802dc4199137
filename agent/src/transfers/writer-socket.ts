// The socket by which tools that write files reach the manager: the agent joins each connection to one of its own.
// Responsible for the socket, for its being reachable by those alone who were started with its folder open (tools/transfer/line.ts), and for
// letting only the tool of an open attempt through. Not responsible for what is said. Made by agent.ts.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { Logger } from '@nezuban/platform/logger';
import { socketPath } from '../tools/transfer/line.ts';
import { joinStreams, type TransferWish } from './transfer-connection.ts';

export type WriterSocketPorts = {
  readonly open: (wish: TransferWish) => Promise<Duplex>;
  readonly isOpenAttempt: (id: string) => boolean;
  readonly logger: Logger;
};

export type WriterSocket = { readonly start: () => void; readonly stop: () => void };

/** Of the first line, which is the attempt's id. */
const idCharsMax = 200;
const idTimeoutMs = 5_000;

export function createWriterSocket(
  ports: WriterSocketPorts,
  { home }: { readonly home: string },
): WriterSocket {
  const folder = path.join(home, 'transfers');
  const sockets = new Set<Duplex>();
  let server: net.Server | null = null;
  let descriptor: number | null = null;

  const accept = (tool: net.Socket): void => {
    sockets.add(tool);
    tool.on('close', () => sockets.delete(tool));
    tool.on('error', () => undefined);
    const deadline = setTimeout(() => tool.destroy(), idTimeoutMs);
    let said = Buffer.alloc(0);
    const hear = (chunk: Buffer): void => {
      said = Buffer.concat([said, chunk]);
      const end = said.indexOf('\n');
      if (end === -1 && said.length <= idCharsMax) return;
      clearTimeout(deadline);
      tool.off('data', hear);
      tool.pause();
      const id = said.subarray(0, Math.max(end, 0)).toString();
      const rest = said.subarray(end + 1);
      if (rest.length > 0) tool.unshift(rest);
      if (end === -1 || !ports.isOpenAttempt(id)) tool.destroy();
      else void carry(tool, id);
    };
    tool.on('data', hear);
    tool.on('close', () => clearTimeout(deadline));
  };

  const carry = async (tool: net.Socket, attemptId: string): Promise<void> => {
    try {
      const connection = await ports.open({ attemptId, side: 'write' });
      if (tool.destroyed) connection.destroy();
      else joinStreams(connection, tool);
    } catch (error) {
      // The tool comes again.
      ports.logger.debug({ err: error, attemptId }, 'no connection for a file transfer');
      tool.destroy();
    }
  };

  return {
    start() {
      fs.mkdirSync(folder, { recursive: true });
      // The agent's home lets nobody in; whoever has this folder open may use what is in it.
      fs.chmodSync(folder, 0o711);
      descriptor = fs.openSync(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
      const at = socketPath(folder, descriptor);
      fs.rmSync(path.join(folder, path.basename(at)), { force: true });
      server = net.createServer(accept);
      server.on('error', (error) =>
        ports.logger.error({ err: error }, 'no file can be received on this host'),
      );
      server.listen(at, () => fs.chmodSync(path.join(folder, path.basename(at)), 0o666));
    },
    stop() {
      server?.close();
      for (const socket of sockets) socket.destroy();
      if (descriptor !== null) fs.closeSync(descriptor);
      descriptor = null;
    },
  };
}
