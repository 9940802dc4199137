/**
 * A voter's duty link for tests, with everything it hears written down.
 *
 * Responsible for sensible defaults. Called by the tests of the link and its benchmark.
 */
import type net from 'node:net';
import { systemClock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { systemTimers } from '@nezuban/platform/timers';
import { PAIR_PROTOCOL_VERSION, type PairMessage } from '@nezuban/protocol/pair/messages';
import type { AddressBook, DutyHello, PeerAnswer, PeerQuestion } from '@nezuban/protocol/pair/pair-link';
import type { DutyLink, DutyLinkEvents } from '../drivers/ports.ts';
import { createDutyLink, type DutyLinkOptions } from '../drivers/link/duty-link.ts';
import type { PairCredentials } from '../drivers/link/pair-tls.ts';

export const TEST_CLUSTER = 'cluster-1';

export type VoterWish = {
  readonly credentials: PairCredentials;
  readonly self?: Partial<DutyLinkOptions['self']>;
  /** False: it only dials, as a witness. */
  readonly listens?: boolean;
  readonly logger?: Logger;
  readonly onJoin?: DutyLinkEvents['onJoin'];
  readonly onQuestion?: DutyLinkEvents['onQuestion'];
  readonly onMessage?: DutyLinkEvents['onMessage'];
  readonly bulk?: {
    readonly handOver: (socket: net.Socket, firstBytes: Buffer) => void;
    readonly dropPeer: (id: string) => void;
  };
};

export type Voter = AsyncDisposable & {
  readonly id: string;
  readonly link: DutyLink;
  readonly port: number;
  readonly address: string;
  readonly messages: PairMessage[];
  readonly connected: DutyHello[];
  readonly lost: string[];
  readonly books: AddressBook[];
  /** `n` tells messages apart. */
  readonly say: (to: string, n: number) => void;
};

const silentLogger: Logger = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

export async function startVoter(id: string, wish: VoterWish): Promise<Voter> {
  const messages: PairMessage[] = [];
  const connected: DutyHello[] = [];
  const lost: string[] = [];
  const books: AddressBook[] = [];
  const self: DutyLinkOptions['self'] = {
    id,
    cluster: TEST_CLUSTER,
    startId: `start-of-${id}`,
    kind: wish.listens === false ? 'witness' : 'member',
    name: `host-${id}`,
    release: '0.1.0',
    ...wish.self,
  };
  const link = createDutyLink(
    {
      clock: systemClock,
      timers: systemTimers,
      logger: wish.logger ?? silentLogger,
      bulk: wish.bulk ?? null,
      events: {
        onMessage: (message) => {
          messages.push(message);
          wish.onMessage?.(message);
        },
        onConnected: (hello) => connected.push(hello),
        onLost: (peer) => lost.push(peer),
        onAddressBook: (_from, book) => books.push(book),
        onQuestion: wish.onQuestion ?? echo,
        onJoin: wish.onJoin ?? (async () => ({ ok: false, code: 'no', says: 'Nobody is admitted here.' })),
      },
    },
    {
      self,
      credentials: wish.credentials,
      listen: wish.listens === false ? null : { host: '127.0.0.1', port: 0 },
    },
  );
  const port = (await link.start()) ?? 0;
  return {
    id,
    link,
    port,
    address: `127.0.0.1:${port}`,
    messages,
    connected,
    lost,
    books,
    say: (to, n) => link.send(messageOf({ from: id, to, n, cluster: self.cluster })),
    [Symbol.asyncDispose]: () => link.stop(),
  };
}

export function messageOf(parts: {
  readonly from: string;
  readonly to: string;
  readonly n: number;
  readonly cluster?: string;
}): PairMessage {
  return {
    version: PAIR_PROTOCOL_VERSION,
    cluster: parts.cluster ?? TEST_CLUSTER,
    from: parts.from,
    to: parts.to,
    startId: `start-of-${parts.from}`,
    toStartId: null,
    term: parts.n,
    body: { type: 'ask-roster' },
  };
}

async function echo(_from: string, question: PeerQuestion): Promise<PeerAnswer> {
  return question.ask === 'echo'
    ? { to: 'echo', text: question.text }
    : { to: 'refused', says: 'Only echoes here.' };
}
