// What the pair needs besides decisions: a witness where there is none, new hosts taken in, keys on both hosts, certificates renewed.
// Responsible for doing each of these now and then, one at a time, and for trying again later when one fails. Not responsible for what the
// make-up should be (`pair-plan.ts`). Called by the pair's office each second.
import fs from 'node:fs';
import path from 'node:path';
import {
  EXCHANGE_FILE,
  exchangeSchema,
  heldAuthority,
  isSameAuthority,
  wantedAuthority,
  type HeldAuthority,
} from '@nezuban/platform/authority-exchange';
import { pairCommonName, type AddressBook } from '@nezuban/protocol/pair/pair-link';
import type { KeeperView } from '@nezuban/protocol/pair/status';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import { createSigningRequest } from '@nezuban/platform/signing-request';
import type { State } from '../decision/state.ts';
import { belongTogether, isRenewalDue } from '../drivers/link/certificate-life.ts';
import type { PairIdentity } from '../drivers/link/pair-identity.ts';
import { agentHomeIn, joinTokenFileIn } from './child-config.ts';
import { urlForOthers } from './pair-admission.ts';
import type { PairDesk } from './pair-desk.ts';
import type { PairOfficeOptions, PairOfficePorts } from './pair-office.ts';
import { planPair } from './pair-plan.ts';
import type { PairWires } from './pair-wires.ts';
import { hasAllSharedFiles, readSharedFiles, writeSharedFiles } from './shared-files.ts';

export type PairChoresPorts = PairOfficePorts & {
  readonly identity: () => PairIdentity | null;
  readonly setIdentity: (identity: PairIdentity) => Promise<void>;
  readonly wires: () => PairWires | null;
  /** What that host has said of itself last; null: nothing yet. */
  readonly viewOf: (id: VoterId) => KeeperView | null;
  readonly desk: Pick<PairDesk, 'witnessToken' | 'command'>;
};

export type PairChores = {
  readonly everySecond: (state: State) => Promise<void>;
  readonly connected: (id: VoterId) => void;
  /** The other host looks at our keys: it may have new ones. */
  readonly sharedFilesAsked: () => void;
  readonly managerReady: () => Promise<void>;
  readonly addressBook: (from: VoterId, book: AddressBook) => Promise<void>;
  /** The local agent of a host that joined needs a token of the master first. */
  readonly localAgentMayStart: () => boolean;
};

/** An agent that was asked needs its time to join. */
const APPOINT_AGAIN_MS = 15_000;
/** A change of voters that was refused is tried again. */
const VOTERS_AGAIN_MS = 7_000;
const KEYS_AGAIN_MS = 60_000;
const OWN_KEYS_AGAIN_MS = 10_000;
const KEYS_MISSING_AGAIN_MS = 2_000;
const TOKEN_AGAIN_MS = 3_000;
const CERTIFICATE_AGAIN_MS = 3_600_000;
const AUTHORITY_AGAIN_MS = 3_000;
const ACTING = new Set<State['name']>(['master-alone', 'master-paired']);

export function createPairChores(ports: PairChoresPorts, options: PairOfficeOptions): PairChores {
  const { clock, logger } = ports;
  const { layout, start } = options;
  const next = new Map<string, number>();
  let running = false;
  let candidates = '';
  let said = '';
  let managerServes = false;

  /** Whether the chore's time has come; then it is noted for the time after. */
  function due(chore: string, everyMs: number): boolean {
    const now = clock.monotonicMs();
    if (now < (next.get(chore) ?? 0)) return false;
    next.set(chore, now + everyMs);
    return true;
  }

  async function everySecond(state: State): Promise<void> {
    if (running) return;
    running = true;
    try {
      if (ACTING.has(state.name)) await asMaster(state);
      else await asOther(state);
      await renewCertificate(state);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (why !== said)
        logger.warn({ err: error }, `a chore of the pair did not work; it is tried again: ${why}`);
      said = why;
    } finally {
      running = false;
    }
  }

  async function asMaster(state: State): Promise<void> {
    const identity = ports.identity();
    const wires = ports.wires();
    const { roster } = state.record;
    if (identity === null || wires === null || roster === null) return;
    if (due('own keys', OWN_KEYS_AGAIN_MS)) {
      // A master that has lost them could not read what is stored; the other host still has them, and takes over.
      ports.setReady(roster.members.length < 2 || hasAllSharedFiles(readSharedFiles(layout.home)));
    }
    const plan = planPair({
      self: identity.id,
      roster,
      book: identity.book,
      connections: wires.link.connections(),
      tieBreaker: identity.tieBreaker,
      busy:
        state.duty === null ||
        state.duty.change !== null ||
        state.duty.switching !== null ||
        roster.voters.length > 1,
    });
    if (candidates !== plan.candidates.join()) {
      candidates = plan.candidates.join();
      ports.loop()?.give({ type: 'witness-candidates', ids: plan.candidates });
    }
    if (plan.voters !== null && due('voters', VOTERS_AGAIN_MS)) {
      const { ok, says } = await ports.obey(plan.voters);
      logger[ok ? 'info' : 'warn'](says);
      if (ok) next.delete('voters');
    }
    if (plan.wantsWitness && due('appoint', APPOINT_AGAIN_MS)) {
      const { ok, says } = await ports.desk.command(identity.id, { do: 'witness', node: null });
      if (says !== said) logger[ok ? 'info' : 'warn'](`a witness is wanted: ${says}`);
      said = says;
    }
  }

  async function asOther(state: State): Promise<void> {
    candidates = '';
    next.delete('own keys');
    const { leader } = state;
    const own = readSharedFiles(layout.home);
    const whole = hasAllSharedFiles(own);
    ports.setReady(whole);
    if (leader === null) return;
    if (due('keys', whole ? KEYS_AGAIN_MS : KEYS_MISSING_AGAIN_MS)) {
      const answer = await ports.wires()?.link.ask(leader.id, { ask: 'shared-files' });
      if (
        answer?.to === 'shared-files' &&
        hasAllSharedFiles(answer.shared) &&
        answer.shared.digest !== own.digest
      ) {
        writeSharedFiles(layout.home, answer.shared);
        logger.info('the CA and the keys of the master have been taken over');
        ports.setReady(true);
      }
    }
    if (needsAgentToken() && due('agent-token', TOKEN_AGAIN_MS)) {
      const answer = await ports.wires()?.link.ask(leader.id, { ask: 'agent-token' });
      if (answer?.to !== 'agent-token') return;
      const file = joinTokenFileIn(layout);
      fs.writeFileSync(`${file}.draft`, `${answer.token}\n`, { mode: 0o600, flush: true });
      fs.renameSync(`${file}.draft`, file);
      ports.onAgentToken();
    }
  }

  function needsAgentToken(): boolean {
    return (
      start.localAgent &&
      (ports.identity()?.localNode ?? 'local') !== 'local' &&
      !hasAgentIdentity() &&
      !hasAgentToken()
    );
  }

  function hasAgentIdentity(): boolean {
    return fs.existsSync(path.join(agentHomeIn(layout), 'identity.json'));
  }

  function hasAgentToken(): boolean {
    return fs.existsSync(joinTokenFileIn(layout));
  }

  /** An exchange of the authority goes on: the master goes by its files, who follows by what the master holds. */
  function holdsOther(identity: PairIdentity, state: State): boolean {
    const own = heldAuthority(identity);
    if (ACTING.has(state.name)) return !isSameAuthority(own, wantedByFiles(layout.home));
    const view = state.leader === null ? null : ports.viewOf(state.leader.id);
    return view !== null && !isSameAuthority(own, view.authority ?? null);
  }

  async function renewCertificate(state: State): Promise<void> {
    const identity = ports.identity();
    if (identity === null) return;
    const isOther = holdsOther(identity, state);
    if (!isOther && !isRenewalDue(identity.certificate, clock.epochMs())) return;
    if (!due(isOther ? 'authority' : 'certificate', isOther ? AUTHORITY_AGAIN_MS : CERTIFICATE_AGAIN_MS))
      return;
    const { csr, privateKey } = createSigningRequest(pairCommonName(identity.id));
    const { leader } = state;
    const answer = ACTING.has(state.name)
      ? await ports.manager.ask({ ask: 'pair-certificate', csr, id: identity.id })
      : leader === null
        ? null
        : ((await ports.wires()?.link.ask(leader.id, { ask: 'certificate', csr })) ?? null);
    if (answer === null || !('certificate' in answer) || !belongTogether(answer.certificate, privateKey))
      return;
    // As it is now: an address may have changed while the answer was under way.
    const now = ports.identity() ?? identity;
    await ports.setIdentity({ ...now, certificate: answer.certificate, privateKey, ca: answer.ca });
    logger.info('the certificate of this host in the pair was renewed');
  }

  /** Both hosts may have changed the same book at the same time: then the master's word counts, and the other one says its own again. */
  function isNewer(
    from: VoterId,
    { book, own }: { readonly book: AddressBook; readonly own: AddressBook },
  ): boolean {
    if (book.revision !== own.revision) return book.revision > own.revision;
    return ports.loop()?.state().leader?.id === from && JSON.stringify(book) !== JSON.stringify(own);
  }

  /** Where this host's manager answers, in the book that all hosts have. */
  async function sayOwnAddresses(): Promise<void> {
    const identity = ports.identity();
    if (identity === null || !managerServes) return;
    const { consoleUrl: ownUrl, agentAddress } = ports.managerAddresses();
    const advertised = start.advertise ?? agentAddress;
    const own = identity.book.members.find(({ id }) => id === identity.id);
    const consoleUrl = urlForOthers(ownUrl, { listen: start.listen, address: own?.address ?? '' });
    if (own === undefined || (own.consoleUrl === consoleUrl && own.agentAddress === advertised)) return;
    // Of this host alone: the rest is the master's matter.
    const members = identity.book.members.map((member) =>
      member.id === identity.id ? { ...member, consoleUrl, agentAddress: advertised } : member,
    );
    await ports.setIdentity({ ...identity, book: { revision: identity.book.revision + 1, members } });
  }

  return {
    everySecond,
    connected() {
      next.delete('voters');
      next.delete('keys');
    },
    sharedFilesAsked() {
      next.delete('keys');
    },
    async managerReady() {
      managerServes = true;
      await sayOwnAddresses();
    },
    async addressBook(from, book) {
      const identity = ports.identity();
      if (identity === null || !isNewer(from, { book, own: identity.book })) return;
      if (!identity.book.members.some(({ id }) => id === from)) return;
      if (!book.members.some(({ id }) => id === identity.id)) {
        ports.onRemoved(identity.book.members.find(({ id }) => id === from)?.name ?? from);
        return;
      }
      await ports.setIdentity({ ...identity, book });
      await sayOwnAddresses();
    },
    localAgentMayStart() {
      const identity = ports.identity();
      return (
        identity === null ||
        (identity.localNode ?? 'local') === 'local' ||
        hasAgentIdentity() ||
        hasAgentToken()
      );
    },
  };
}

/** What a host of the pair should hold by the files of the authority; null: nothing special. */
function wantedByFiles(home: string): HeldAuthority | null {
  const folder = path.join(home, 'manager', 'ca');
  const exchange = path.join(folder, EXCHANGE_FILE);
  if (!fs.existsSync(exchange)) return null;
  const [certificate, key] = ['ca.crt', 'ca.key'].map((name) =>
    fs.readFileSync(path.join(folder, name), 'utf8'),
  );
  return wantedAuthority(
    { certificate: certificate ?? '', key: key ?? '' },
    exchangeSchema.parse(JSON.parse(fs.readFileSync(exchange, 'utf8'))),
  );
}
