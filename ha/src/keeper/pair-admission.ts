// Who comes into the pair: the first host of one, tokens, and hosts that join.
// Responsible for making this host's identity in a pair, for the tokens, and for admitting whoever shows one: each refusal is a sentence for
// the person at the other host. Not responsible for making a joined host a voter (`pair-chores.ts`). Called by `pair-desk.ts`.
import os from 'node:os';
import net from 'node:net';
import type { PairCreated } from '@nezuban/protocol/keeper/control';
import {
  PAIR_PORT,
  pairCommonName,
  type JoinRequest,
  type JoinResponse,
  type MemberAddress,
} from '@nezuban/protocol/pair/pair-link';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import { createSigningRequest } from '@nezuban/platform/signing-request';
import type { State } from '../decision/state.ts';
import { createJoinTokens } from '../drivers/link/join-tokens.ts';
import type { PairIdentity } from '../drivers/link/pair-identity.ts';
import { judgeRelease } from '../drivers/link/release-rule.ts';
import { formatHostPort, parseHostPort } from './options.ts';
import type { PairOfficeOptions, PairOfficePorts } from './pair-office.ts';
import { goesBy } from './pair-profile.ts';
import { hasAllSharedFiles, readSharedFiles } from './shared-files.ts';
import { newVoterId } from './voter-record.ts';

export type PairAdmissionPorts = Pick<
  PairOfficePorts,
  'clock' | 'logger' | 'manager' | 'loop' | 'managerAddresses'
> & {
  readonly identity: () => PairIdentity | null;
  readonly setIdentity: (identity: PairIdentity) => Promise<void>;
  /** Whether this host is the master and serves. */
  readonly isActing: () => boolean;
};

export type PairCreateRequest = {
  readonly listen: string | null;
  readonly address: string | null;
  readonly kind: 'member' | 'witness';
  readonly tieBreaker: 'witness' | 'fence' | 'manual' | null;
  readonly profile: 'lan' | 'wan' | null;
};

export type PairAdmission = {
  readonly create: (request: PairCreateRequest) => Promise<PairCreated>;
  readonly admit: (request: JoinRequest, remoteAddress: string) => Promise<JoinResponse>;
  /** A token for an agent that is to become a witness. */
  readonly witnessToken: () => Promise<string>;
};

/** A token is good for an hour; whoever gets it needs some of that. */
const WITNESS_TOKEN_MS = 1_800_000;

export function createPairAdmission(ports: PairAdmissionPorts, options: PairOfficeOptions): PairAdmission {
  const { logger, manager, isActing } = ports;
  const { layout, start } = options;
  const tokens = createJoinTokens({ clock: ports.clock }, { directory: options.directory });
  const state = (): State | null => ports.loop()?.state() ?? null;
  let forWitness: { readonly token: string; readonly until: number } | null = null;

  async function create(request: PairCreateRequest): Promise<PairCreated> {
    const core = state();
    if (core === null || !isActing())
      return {
        ok: false,
        says: 'This host is not the master now. Make the token on the master; "nezuban pair status" says who it is.',
      };
    const listen = request.listen === null ? null : parseHostPort(request.listen);
    if (request.listen !== null && listen === null)
      return {
        ok: false,
        says: `--listen "${request.listen}" is no HOST:PORT; right would be 192.0.2.11:${PAIR_PORT}, or 0.0.0.0:${PAIR_PORT} for every address.`,
      };
    if (request.address !== null && parseHostPort(request.address) === null)
      return {
        ok: false,
        says: `--address "${request.address}" is no HOST:PORT; right would be the address by which the other host reaches this one, such as 192.0.2.11:${PAIR_PORT}.`,
      };
    if (request.kind === 'member' && (core.record.roster?.members.length ?? 0) > 1)
      return {
        ok: false,
        says: 'The pair has two hosts already. Take one out with "nezuban pair leave --host NAME" first.',
      };
    const before = ports.identity();
    if (before !== null && request.profile !== null && request.profile !== before.profile)
      return {
        ok: false,
        says: `This pair has the profile "${before.profile}", which every voter of it goes by: it is chosen when the pair is made, and two profiles at a time could make two masters.`,
      };
    const made = before ?? (await firstIdentity(core, { ...request, listen: request.listen }));
    if ('says' in made) return { ok: false, says: made.says };
    const own = made.book.members.find(({ id }) => id === made.id);
    const address = request.address ?? own?.address ?? '';
    const next: PairIdentity = {
      ...made,
      tieBreaker: request.tieBreaker ?? made.tieBreaker,
      book: withMember(made, { ...ownEntry(made.id, address), name: own?.name ?? os.hostname() }),
    };
    await ports.setIdentity(next);
    const token = await tokens.make(request.kind, made.ca);
    const program = request.kind === 'witness' ? 'nezuban witness --join' : 'nezuban pair join';
    const flag = request.kind === 'witness' ? ' --home DIRECTORY' : '';
    const restart = goesBy(core.timing, next)
      ? ''
      : ' Start this manager again before the other one joins: only then it runs with the durations of the profile.';
    const warning = isReachableElsewhere(ports.managerAddresses().agentAddress)
      ? ''
      : ' Note: agents of other hosts cannot reach this manager, since --agent-listen is a loopback address: start it with --agent-listen 0.0.0.0:7381.';
    return {
      ok: true,
      token: token.token,
      expiresAt: token.expiresAt,
      joinCommand: `${program} ${address} --token ${token.token}${flag}`,
      says: `The token is good for one ${request.kind === 'witness' ? 'witness' : 'host'}.${restart}${warning}`,
    };
  }

  /** The identity of a single manager that becomes the first host of a pair. */
  async function firstIdentity(
    core: State,
    request: PairCreateRequest,
  ): Promise<PairIdentity | { readonly says: string }> {
    const { id, cluster } = core.record;
    const shared = readSharedFiles(layout.home);
    if (!hasAllSharedFiles(shared))
      return {
        says: 'The manager of this host has not made its CA and keys yet. Try again in some seconds.',
      };
    const { csr, privateKey } = createSigningRequest(pairCommonName(id));
    const answer = await manager.ask({ ask: 'pair-certificate', csr, id });
    if (answer.to !== 'pair-certificate')
      return { says: answer.to === 'refused' ? answer.says : 'The manager gave no certificate. Try again.' };
    const listen = request.listen ?? `0.0.0.0:${PAIR_PORT}`;
    const host = parseHostPort(listen);
    const address =
      request.address ??
      formatHostPort({ host: reachableHost(host?.host ?? ''), port: host?.port ?? PAIR_PORT });
    return {
      cluster,
      id,
      kind: 'member',
      listen,
      certificate: answer.certificate,
      privateKey,
      ca: answer.ca,
      book: { revision: 1, members: [ownEntry(id, address)] },
      profile: request.profile ?? 'lan',
      tieBreaker: request.tieBreaker ?? 'witness',
      fenceCommand: null,
      address: null,
      voterDirectory: null,
      localNode: 'local',
    };
  }

  function ownEntry(id: VoterId, address: string): MemberAddress {
    const { consoleUrl, agentAddress } = ports.managerAddresses();
    const advertised = start.advertise ?? agentAddress;
    return {
      id,
      name: os.hostname(),
      address,
      agentAddress: advertised,
      consoleUrl: urlForOthers(consoleUrl, { listen: start.listen, address }),
    };
  }

  async function admit(request: JoinRequest, remoteAddress: string): Promise<JoinResponse> {
    const refuse = (code: string, says: string): JoinResponse => {
      logger.warn({ code, name: request.name, address: remoteAddress }, `a host could not join: ${says}`);
      return { ok: false, code, says };
    };
    const own = ports.identity();
    const core = state();
    if (own === null || core === null || !isActing())
      return refuse(
        'not_master',
        'The host that you have reached is not the master now. Join at the master; "nezuban pair status" there says who it is.',
      );
    if (!goesBy(core.timing, own))
      return refuse(
        'not_restarted',
        `The master still runs with other durations than those of the pair's profile "${own.profile}": start it again, then join.`,
      );
    const release = judgeRelease(layout.version, request.release);
    if (release !== null) return refuse('release', release);
    const judged = tokens.judge(request.token, { kind: request.kind, csr: request.csr });
    if (!judged.ok) return refuse(judged.code, judged.says);
    const before = judged.repeats;
    const roster = core.record.roster;
    if (request.kind === 'member' && before === null) {
      if ((roster?.members.length ?? 0) > 1)
        return refuse(
          'full',
          'The pair has two hosts already. Take one out with "nezuban pair leave --host NAME" first.',
        );
    }
    const shared = readSharedFiles(layout.home);
    if (request.kind === 'member' && !hasAllSharedFiles(shared))
      return refuse('not_ready', 'The master has not made its CA and keys yet. Try again in some seconds.');
    const name = freeName(own, { wanted: request.name, repeats: before, members: roster?.members ?? [] });
    const id = before ?? newVoterId(name);
    const signed = await manager.ask({ ask: 'pair-certificate', csr: request.csr, id });
    if (signed.to !== 'pair-certificate')
      return refuse(
        'no_certificate',
        signed.to === 'refused' ? signed.says : 'The manager gave no certificate. Try again.',
      );
    await tokens.use(request.token, { id, csr: request.csr });
    if (request.kind === 'member') {
      const entry = { ...memberEntry(request, remoteAddress), id, name };
      // As it is now: the certificate took its time.
      const now = ports.identity() ?? own;
      // Whoever joined before and never became a member gives way; whoever comes again is listed once.
      const members = now.book.members.filter(
        (member) =>
          member.id === now.id || (member.id !== id && roster?.members.includes(member.id) === true),
      );
      await ports.setIdentity({
        ...now,
        book: { revision: now.book.revision + 1, members: [...members, entry] },
      });
    }
    logger.info({ id, name, kind: request.kind, address: remoteAddress }, 'a host has joined the pair');
    return {
      ok: true,
      cluster: own.cluster,
      id,
      certificate: signed.certificate,
      ca: signed.ca,
      book: ports.identity()?.book ?? own.book,
      shared: request.kind === 'member' ? shared : null,
      profile: own.profile,
    };
  }

  /** The same one until it is used or old: it is asked for every few seconds where no agent is suited, and each one is a flush to the disk. */
  async function witnessToken(): Promise<string> {
    const own = ports.identity();
    if (own === null) throw new Error('a single manager has no witness');
    const now = ports.clock.monotonicMs();
    if (forWitness !== null && now < forWitness.until) {
      const judged = tokens.judge(forWitness.token, { kind: 'witness', csr: '' });
      if (judged.ok && judged.repeats === null) return forWitness.token;
    }
    const { token } = await tokens.make('witness', own.ca);
    forWitness = { token, until: now + WITNESS_TOKEN_MS };
    return token;
  }

  return { create, admit, witnessToken };
}

function withMember(identity: PairIdentity, entry: MemberAddress): PairIdentity['book'] {
  const before = identity.book.members.find(({ id }) => id === entry.id);
  if (JSON.stringify(before) === JSON.stringify(entry)) return identity.book;
  const others = identity.book.members.filter(({ id }) => id !== entry.id);
  return { revision: identity.book.revision + 1, members: [entry, ...others] };
}

/** Two hosts may well have one name, in containers or after cloning; people must be able to tell them apart. */
function freeName(
  identity: PairIdentity,
  joiner: {
    readonly wanted: string;
    readonly repeats: VoterId | null;
    readonly members: readonly VoterId[];
  },
): string {
  const known = identity.book.members.find(({ id }) => id === joiner.repeats);
  if (known !== undefined) return known.name;
  const staying = identity.book.members.filter(({ id }) => id === identity.id || joiner.members.includes(id));
  return staying.some(({ name }) => name === joiner.wanted) ? `${joiner.wanted}-2` : joiner.wanted;
}

function memberEntry(
  request: JoinRequest,
  remoteAddress: string,
): Pick<MemberAddress, 'address' | 'agentAddress' | 'consoleUrl'> {
  const given = request.address ?? `:${PAIR_PORT}`;
  const host = net.isIPv6(remoteAddress) ? `[${remoteAddress}]` : remoteAddress;
  return {
    address: given.startsWith(':') ? `${host}${given}` : given,
    agentAddress:
      request.agentAddress?.startsWith(':') === true
        ? `${host}${request.agentAddress}`
        : request.agentAddress,
    consoleUrl: request.consoleUrl?.replace('://:', `://${host}:`) ?? null,
  };
}

function hostOf(address: string): string {
  return parseHostPort(address)?.host ?? address;
}

function isReachableElsewhere(agentAddress: string | null): boolean {
  const host = agentAddress === null ? '' : hostOf(agentAddress);
  return !(host === 'localhost' || host === '::1' || host.startsWith('127.'));
}

/** What another host can dial: of a wild card, the first address of this host that is not its own alone. */
function reachableHost(listened: string): string {
  if (listened !== '0.0.0.0' && listened !== '::' && listened !== '') return listened;
  const addresses = Object.values(os.networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  const first = addresses.find(({ family }) => family === 'IPv4') ?? addresses[0];
  return first?.address ?? '127.0.0.1';
}

/** A manager that listens everywhere names itself localhost; others reach it where they reach this host. */
export function urlForOthers(
  url: string | null,
  { listen, address }: { readonly listen: { readonly host: string }; readonly address: string },
): string | null {
  if (url === null || (listen.host !== '0.0.0.0' && listen.host !== '::')) return url;
  const host = hostOf(address);
  return url.replace(
    /\/\/(localhost|\[::1\]|127\.0\.0\.1|0\.0\.0\.0|\[::\])/,
    `//${host.includes(':') ? `[${host}]` : host}`,
  );
}
