/**
 * A network for tests: a TCP proxy that can be cut without a word, as a pulled cable is, and healed.
 *
 * Responsible for carrying, holding back and resetting bytes on loopback. While it is cut, connections are accepted (a kernel would take
 * them, too) and nothing passes. Called by the tests of the link.
 */
import net from 'node:net';

export type NetworkStandIn = AsyncDisposable & {
  readonly port: number;
  /** Connections that have been made through it since its start. */
  readonly made: () => number;
  /** Nothing passes any more, on old and new connections; nothing is closed. */
  readonly cut: () => void;
  /** New connections pass. Those of before stay dead, as after a firewall has lost its state; `all`: they wake, too. */
  readonly heal: (all?: 'all') => void;
  /** Resets whatever is open. */
  readonly reset: () => void;
};

type Pair = { readonly near: net.Socket; readonly far: net.Socket };

export async function createNetworkStandIn(target: () => number): Promise<NetworkStandIn> {
  const pairs = new Set<Pair>();
  const held = new Set<net.Socket>();
  let isCut = false;
  let made = 0;

  const server = net.createServer({ pauseOnConnect: true }, (near) => {
    made += 1;
    if (isCut) {
      held.add(near);
      near.on('error', () => undefined);
      near.once('close', () => held.delete(near));
    } else join(near);
  });

  function join(near: net.Socket): void {
    const pair = { near, far: net.connect({ port: target(), host: '127.0.0.1' }) };
    pairs.add(pair);
    const forget = (): void => {
      // A cut network carries no end of a connection either.
      if (isCut) return;
      pairs.delete(pair);
      pair.near.destroy();
      pair.far.destroy();
    };
    for (const socket of [pair.near, pair.far]) {
      socket.on('error', () => undefined);
      socket.once('close', forget);
    }
    pair.near.pipe(pair.far);
    pair.far.pipe(pair.near);
  }

  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');

  const reset = (): void => {
    for (const { near, far } of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
    for (const near of held) near.resetAndDestroy();
  };
  return {
    port: address.port,
    made: () => made,
    cut() {
      isCut = true;
      for (const { near, far } of pairs) {
        near.unpipe(far);
        far.unpipe(near);
        near.pause();
        far.pause();
      }
    },
    heal(all) {
      isCut = false;
      if (all === undefined) return;
      for (const { near, far } of pairs) {
        near.pipe(far);
        far.pipe(near);
      }
    },
    reset,
    async [Symbol.asyncDispose]() {
      isCut = false;
      reset();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
