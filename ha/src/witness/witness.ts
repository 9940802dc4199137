/**
 * A voter that holds no data: the decision core in the role of a witness, with its record and its connections to the members.
 *
 * Responsible for putting them together, for answering what members ask, for following their addresses, and for renewing its certificate.
 * Not responsible for what is decided (`decision`), nor for joining (`join-as-witness.ts`). Called by `run.ts`.
 */
import { randomInt, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import {
  pairCommonName,
  type AddressBook,
  type PeerAnswer,
  type PeerQuestion,
} from '@nezuban/protocol/pair/pair-link';
import type { VoterId, VoterRecord } from '@nezuban/protocol/pair/roster';
import type { KeeperView } from '@nezuban/protocol/pair/status';
import { heldAuthority, isSameAuthority } from '@nezuban/platform/authority-exchange';
import { formatInstant, type Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { createSigningRequest } from '@nezuban/platform/signing-request';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { State } from '../decision/state.ts';
import { deriveTiming, LAN, WAN } from '../decision/timing.ts';
import { createDutyLoop, type DutyEffect } from '../drivers/duty-loop.ts';
import type { HostClock } from '../drivers/host-clock.ts';
import { belongTogether, isRenewalDue } from '../drivers/link/certificate-life.ts';
import { createDutyLink } from '../drivers/link/duty-link.ts';
import type { PairIdentity } from '../drivers/link/pair-identity.ts';
import type { VoterStore } from '../drivers/voter-store/voter-store.ts';

export type WitnessPorts = {
  readonly clock: Clock;
  readonly hostClock: HostClock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly store: VoterStore;
  /** Another address book or certificate. */
  readonly save: (identity: PairIdentity) => Promise<void>;
  /** Nothing is to be believed any more: the program ends, and is started anew by whoever started it. */
  readonly onBroken: () => void;
};

export type WitnessOptions = {
  readonly home: string;
  readonly identity: PairIdentity;
  readonly record: VoterRecord;
  readonly name: string;
  readonly release: string;
};

export type Witness = {
  readonly start: () => Promise<void>;
  /** Idempotent. */
  readonly stop: () => Promise<void>;
};

const SEED_MAX = 2 ** 31;
/** A certificate lives for weeks and is renewed after two thirds of that. */
const CERTIFICATE_LOOK_MS = 3_600_000;
/** One question over a connection that stands. */
const AUTHORITY_LOOK_MS = 5_000;
const SPACE_LOOK_MS = 5_000;
/** Rows that somebody should read in the morning. */
const WARNING_ROWS = new Set(['record-lost', 'stranger', 'clock-jumped']);

export function createWitness(ports: WitnessPorts, options: WitnessOptions): Witness {
  const { clock, timers, logger, store } = ports;
  const { record, name, release } = options;
  const startId = randomUUID();
  const startedAt = formatInstant(clock.now());
  let { identity } = options;
  /** One write follows the other. */
  let saved: Promise<void> = Promise.resolve();
  let freeBytes: number | null = null;
  let since = startedAt;
  let before: State['name'] | null = null;
  let isRenewing = false;
  let cancels: readonly CancelTimer[] = [];

  const link = createDutyLink(
    {
      clock,
      timers,
      logger,
      bulk: null,
      events: {
        onMessage: (message) => loop.give({ type: 'message', message }),
        onConnected: () => void renewCertificate(),
        onLost: () => undefined,
        onAddressBook: followBook,
        onQuestion: async (_, question) => answer(question),
        onJoin: async () => ({
          ok: false,
          code: 'not_master',
          says: 'This host is a witness: join at the master.',
        }),
      },
    },
    {
      self: { id: identity.id, cluster: identity.cluster, startId, kind: 'witness', name, release },
      credentials: identity,
      listen: null,
    },
  );
  const loop = createDutyLoop(
    {
      store,
      clock: ports.hostClock,
      timers,
      logger,
      onEffect: carryOut,
      onState(state) {
        if (state.name !== before) since = formatInstant(clock.now());
        before = state.name;
      },
      onBroken: ports.onBroken,
    },
    {
      role: 'witness',
      startId,
      seed: randomInt(SEED_MAX),
      timing: deriveTiming(identity.profile === 'wan' ? WAN : LAN),
      record,
    },
  );

  function carryOut(effect: DutyEffect): void {
    switch (effect.type) {
      case 'send':
        link.send(effect.message);
        return;
      case 'log':
        logger[WARNING_ROWS.has(effect.row) ? 'warn' : 'info']({ row: effect.row }, effect.says);
        return;
      default:
        throw new Error(`broken invariant: a witness was told to ${effect.type}`);
    }
  }

  function answer(question: PeerQuestion): PeerAnswer {
    switch (question.ask) {
      case 'view':
        return { to: 'view', view: view(loop.state()) };
      case 'echo':
        return { to: 'echo', text: question.text };
      case 'shared-files':
      case 'command':
      case 'certificate':
      case 'agent-token':
        return {
          to: 'refused',
          says: 'This host is a witness: it votes, and does nothing else. Ask a member.',
        };
      default:
        return question satisfies never;
    }
  }

  function view(state: State): KeeperView {
    const authority = heldAuthority(identity);
    return {
      id: identity.id,
      name,
      kind: 'witness',
      release,
      at: formatInstant(clock.now()),
      state: state.name,
      reason: state.reason === '' ? 'This witness votes and holds no data.' : state.reason,
      since,
      term: state.record.term,
      database: {
        runs: 'absent',
        healthy: false,
        streaming: false,
        flushed: state.database.flushed,
        bytes: null,
      },
      copy: null,
      lagBytes: null,
      commitsWait: false,
      serviceOpen: false,
      guardRuns: false,
      freeBytes,
      takeOvers: [],
      ...(authority === null ? {} : { authority }),
    };
  }

  function followBook(from: VoterId, book: AddressBook): void {
    if (book.revision <= identity.book.revision) return;
    if (!identity.book.members.some(({ id }) => id === from)) return;
    change({ ...identity, book });
    dial();
  }

  function change(next: PairIdentity): void {
    identity = next;
    saved = saved
      .then(() => ports.save(next))
      .catch((error: unknown) => {
        // It is known until the next start, and told again then.
        logger.error({ err: error }, 'what the witness knows of its pair could not be written');
      });
  }

  function dial(): void {
    link.setPeers(identity.book.members.map(({ id, address }) => ({ id, address })));
  }

  /** An exchange of the authority goes on at the master: then it holds what this witness does not hold yet. */
  async function lookAtAuthority(): Promise<void> {
    const master = loop.state().record.roster?.master;
    if (master === undefined) return;
    try {
      const said = await link.ask(master, { ask: 'view' });
      // Refused: no exchange is under way there.
      const theirs = said.to === 'view' ? (said.view.authority ?? null) : null;
      if (isSameAuthority(heldAuthority(identity), theirs)) return;
    } catch {
      // Not reached now.
      return;
    }
    await renewCertificate(true);
  }

  async function renewCertificate(holdsOther = false): Promise<void> {
    const master = loop.state().record.roster?.master;
    if (isRenewing || master === undefined) return;
    if (!holdsOther && !isRenewalDue(identity.certificate, clock.epochMs())) return;
    isRenewing = true;
    const { csr, privateKey } = createSigningRequest(pairCommonName(identity.id));
    try {
      const given = await link.ask(master, { ask: 'certificate', csr });
      if (given.to !== 'certificate' || !belongTogether(given.certificate, privateKey)) return;
      change({ ...identity, certificate: given.certificate, privateKey, ca: given.ca });
      link.setIdentity(identity);
      logger.info('the certificate of this witness was renewed');
    } catch (error) {
      logger.warn({ err: error }, 'the certificate of this witness could not be renewed; it is tried again');
    } finally {
      isRenewing = false;
    }
  }

  function lookAtSpace(): void {
    fs.promises.statfs(options.home).then(
      ({ bavail, bsize }) => (freeBytes = bavail * bsize),
      () => (freeBytes = null),
    );
  }

  return {
    async start() {
      await link.start();
      loop.start();
      dial();
      lookAtSpace();
      cancels = [
        timers.every(SPACE_LOOK_MS, lookAtSpace),
        timers.every(CERTIFICATE_LOOK_MS, () => void renewCertificate()),
        timers.every(AUTHORITY_LOOK_MS, () => void lookAtAuthority()),
      ];
    },
    async stop() {
      for (const cancel of cancels) cancel();
      loop.stop();
      await Promise.all([link.stop(), store.close()]);
    },
  };
}
