/**
 * Dials one other member, again and again.
 *
 * Responsible for when: at once when a connection is missing or silent, several dials beside each other, since one that hangs must not hold
 * up the next, and never more often than the pauses below. Also for the sentence that says why there is no connection. Not responsible for
 * what is said on it: a connection that TLS has greeted is handed on. Called by `duty-link.ts`, whose tick drives it.
 */
import tls from 'node:tls';
import type { Clock } from '@nezuban/platform/clock';
import { pairAlpn } from '@nezuban/protocol/pair/pair-link';
import type { LinkPeer } from '../ports.ts';
import type { DutyConnection, DutyEnd } from './duty-connection.ts';
import { certifiedVoter, describeDialFailure, dialOptions } from './pair-tls.ts';
import { parsePeerAddress, type NameCache, type PeerAddress } from './peer-address.ts';

/** Dials under way at one time. With a new one each half second this is as long as one may take. */
const DIALS_MAX = 4;
/** A dial that got no answer may have met a network that was cut: the next one goes out after this time, so a healed network is used at once. */
const DIAL_EVERY_MS = 500;
/** Connect, TLS, greeting: some round trips. Longer than this is no link for a pair. */
const DIAL_MS = 2_000;
/** After a connection that nobody took: doubling from here to `DIAL_EVERY_MS`. */
const FIRST_PAUSE_MS = 50;
/** Who was refused for what it is will be refused again; asked seldom, it costs neither side anything. */
const REFUSED_PAUSE_MS = 2_000;

export type PeerDialerOptions = {
  readonly peer: LinkPeer;
  readonly context: () => tls.SecureContext;
  /** TLS has greeted and its certificate is that of the peer. The connection's fate comes back by `opened` and `ended`. */
  readonly onSecure: (socket: tls.TLSSocket) => DutyConnection;
};

export type PeerDialer = {
  readonly peer: LinkPeer;
  /** Dials if it is time. `served`: there is a dialled connection that was heard lately. */
  readonly tick: (now: number, served: boolean) => void;
  readonly opened: (connection: DutyConnection) => void;
  readonly ended: (connection: DutyConnection, end: DutyEnd) => void;
  /** Why the last attempt failed; null: it did not. */
  readonly trouble: () => string | null;
  readonly stop: () => void;
};

type Dial = { socket: tls.TLSSocket; readonly until: number; connection: DutyConnection | null };

export function createPeerDialer(
  ports: { readonly clock: Clock; readonly names: NameCache },
  options: PeerDialerOptions,
): PeerDialer {
  const { peer } = options;
  const target = tryParse(peer.address);
  const now = ports.clock.monotonicMs;
  const dials = new Set<Dial>();
  let nextAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let trouble: string | null = null;

  function dial(): void {
    nextAt = now() + DIAL_EVERY_MS;
    if ('says' in target) {
      trouble = target.says;
      return;
    }
    const { host, port } = target;
    const address = ports.names.next(host);
    if (address === null) {
      const why = ports.names.trouble(host);
      trouble =
        why === null
          ? `The name ${host} is being looked up.`
          : `The name ${host} cannot be resolved (${why}): give the host's IP address instead.`;
      return;
    }
    const socket = tls.connect({
      ...dialOptions(options.context(), pairAlpn.duty),
      host: address,
      port,
    });
    const one: Dial = { socket, until: now() + DIAL_MS, connection: null };
    dials.add(one);
    let reason: NodeJS.ErrnoException | null = null;
    socket.once('secureConnect', () => secured(one));
    socket.on('error', (error) => (reason = error));
    // A socket that is a connection by now speaks for itself.
    socket.once('close', () => {
      if (one.connection === null)
        failed(
          one,
          describeDialFailure(peer.address, reason ?? { name: '', message: '', code: 'ECONNRESET' }),
        );
    });
  }

  function secured(one: Dial): void {
    const id = certifiedVoter(one.socket);
    if (id === peer.id) {
      one.connection = options.onSecure(one.socket);
      return;
    }
    failed(
      one,
      `The host at ${peer.address} has the certificate of ${id ?? 'no host of a pair'}, but ${peer.id} was looked for: look at the addresses.`,
      REFUSED_PAUSE_MS,
    );
    one.socket.destroy();
  }

  function failed(one: Dial, says: string, pauseMs?: number): void {
    if (!dials.delete(one)) return;
    trouble = says;
    const pause = pauseMs ?? Math.min(FIRST_PAUSE_MS * 2 ** failures, DIAL_EVERY_MS);
    failures = Math.min(failures + 1, 10);
    nextAt = now() + pause;
  }

  const dialOf = (connection: DutyConnection): Dial | undefined =>
    [...dials].find((one) => one.connection === connection);

  return {
    peer,
    tick(at, served) {
      for (const one of dials) {
        if (at < one.until) continue;
        failed(one, describeDialFailure(peer.address, { name: '', message: '', code: 'ETIMEDOUT' }), 0);
        if (one.connection === null) one.socket.destroy();
        else one.connection.close();
      }
      if (!served && at >= nextAt && dials.size < DIALS_MAX) dial();
    },
    opened(connection) {
      const one = dialOf(connection);
      if (one === undefined) return;
      dials.delete(one);
      failures = 0;
      trouble = null;
    },
    ended(connection, end) {
      const one = dialOf(connection);
      if (one !== undefined) {
        const says =
          end.says ?? describeDialFailure(peer.address, { name: '', message: '', code: 'ECONNRESET' });
        failed(one, says, end.says === null ? undefined : REFUSED_PAUSE_MS);
      } else if (end.says === null) {
        // It worked until now: at once.
        nextAt = Math.min(nextAt, now());
      } else {
        trouble = end.says;
        nextAt = now() + REFUSED_PAUSE_MS;
      }
    },
    trouble: () => trouble,
    stop() {
      const open = [...dials];
      dials.clear();
      for (const one of open) one.socket.destroy();
    },
  };
}

/** An address that was told by another host may be anything: it must not end this process. */
function tryParse(address: string): PeerAddress | { readonly says: string } {
  try {
    return parsePeerAddress(address);
  } catch (error) {
    return { says: error instanceof Error ? error.message : String(error) };
  }
}
