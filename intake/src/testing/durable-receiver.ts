/**
 * A receiver for tests, whose senders wait for each message as an SNMP inform does: a line over TCP is answered `ok LINE` once it is durable,
 * else `no LINE`.
 */
import net from 'node:net';
import type { CreateReceiver } from '../receivers/registry.ts';
import type { ReceiverStatus } from '@nezuban/protocol/intake/hand-over';

export const createDurableReceiver =
  (port: number): CreateReceiver =>
  ({ sink }) => {
    const sockets = new Set<net.Socket>();
    let received = 0;
    const server = net.createServer((socket) => {
      sockets.add(socket);
      let rest = '';
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => {
        const lines = `${rest}${chunk}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          received += 1;
          void sink
            .hearDurably({
              protocol: 'snmp',
              address: socket.remoteAddress ?? '127.0.0.1',
              port: socket.remotePort ?? 0,
              flags: 0,
              extra: null,
              payload: Buffer.from(line),
            })
            .then(
              (answer) => socket.write(`${answer === 'taken' ? 'ok' : 'no'} ${line}\n`),
              () => socket.write(`no ${line}\n`),
            );
        }
      });
    });
    return {
      name: 'durable',
      obey: () => {
        if (server.listening) return Promise.resolve();
        return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
      },
      status: (): ReceiverStatus => ({
        name: 'durable',
        listen: `127.0.0.1:${port}`,
        state: server.listening ? 'listening' : 'failed',
        says: null,
        received,
        refused: 0,
        malformed: 0,
        kernelDrops: 0,
      }),
      async stop() {
        for (const socket of sockets) socket.destroy();
        if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
      },
    };
  };
