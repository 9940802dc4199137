// A door to PostgreSQL that can lose things: for tests of what happens when the database goes away at the worst moment.
// Responsible for a Unix socket that passes bytes on, and for cutting connections before or after a COMMIT has reached the server.
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { DatabaseAddress } from '../database/database.ts';

/** `beforeCommit`: the server never sees the COMMIT. `afterCommit`: it commits, but the answer is lost. */
export type Cut = 'beforeCommit' | 'afterCommit';

/** A COMMIT that the server is still at, while its client has lost it: as on a disk that does not answer. */
export type SlowCommit = {
  /** Resolves when the client has been cut off. */ readonly reached: Promise<void>;
  readonly finish: () => void;
};

export type LossyDatabase = {
  readonly address: DatabaseAddress;
  /** Cuts the connection at the next COMMIT of any connection, once. Resolves when it has happened. */
  readonly cutAtNextCommit: (cut: Cut) => Promise<void>;
  /** The client is cut off at the next COMMIT of any connection, once; the server commits when told to finish. */
  readonly slowNextCommit: () => SlowCommit;
  /** Refuses new connections and cuts all there are, until the returned function is called. */
  readonly goAway: () => () => void;
  readonly stop: () => Promise<void>;
};

const COMMIT = Buffer.from('COMMIT');

export const createLossyDatabase = async (real: DatabaseAddress): Promise<LossyDatabase> => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'nezuban-lossy-'));
  const sockets = new Set<net.Socket>();
  let planned: { readonly cut: Cut; readonly done: () => void } | undefined;
  let slow: { readonly finished: Promise<void>; readonly reached: () => void } | undefined;
  let away = false;

  const server = net.createServer((client) => {
    if (away) {
      client.destroy();
      return;
    }
    const upstream = net.connect(path.join(real.host, `.s.PGSQL.${real.port}`));
    /** Neither stays without the other. */
    const closeBoth = (): void => close();
    const close = (): void => {
      client.destroy();
      upstream.destroy();
    };
    const watch = (socket: net.Socket): void => {
      sockets.add(socket);
      socket.on('error', close);
      socket.on('close', () => sockets.delete(socket));
      socket.on('close', closeBoth);
    };
    watch(client);
    watch(upstream);
    let deaf = false;
    client.on('data', (chunk: Buffer) => {
      if (slow !== undefined && chunk.includes(COMMIT)) {
        const { finished, reached } = slow;
        slow = undefined;
        client.removeListener('close', closeBoth);
        client.destroy();
        void finished.then(() => upstream.write(chunk));
        reached();
        return;
      }
      const plan = chunk.includes(COMMIT) ? planned : undefined;
      if (plan === undefined) {
        upstream.write(chunk);
        return;
      }
      planned = undefined;
      if (plan.cut === 'beforeCommit') {
        close();
        plan.done();
        return;
      }
      deaf = true;
      // The first answer after it is that of the COMMIT: by then the server has committed.
      upstream.once('data', () => {
        close();
        plan.done();
      });
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!deaf) client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(path.join(directory, '.s.PGSQL.5432'), resolve));

  return {
    address: { ...real, host: directory, port: 5432 },
    cutAtNextCommit: (cut) =>
      new Promise((resolve) => {
        planned = { cut, done: resolve };
      }),
    slowNextCommit() {
      const reached = Promise.withResolvers<void>();
      const finished = Promise.withResolvers<void>();
      slow = { finished: finished.promise, reached: () => reached.resolve() };
      return { reached: reached.promise, finish: () => finished.resolve() };
    },
    goAway() {
      away = true;
      for (const socket of sockets) socket.destroy();
      return () => {
        away = false;
      };
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(directory, { recursive: true, force: true });
    },
  };
};
