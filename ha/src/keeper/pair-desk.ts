// Where requests about the pair are answered: of operators on this host, of the other keepers, of hosts that want to join.
// Responsible for who may ask what, and for the sentence of each refusal. Not responsible for what follows from an answer (`pair-chores.ts`,
// the core). Called by the pair's office.
import os from 'node:os';
import net from 'node:net';
import type { PairCreated } from '@nezuban/protocol/keeper/control';
import {
  PAIR_PORT,
  pairCommonName,
  type CommandResult,
  type JoinRequest,
  type JoinResponse,
  type MemberAddress,
  type OperatorCommand,
  type PeerAnswer,
  type PeerQuestion,
} from '@nezuban/protocol/pair/pair-link';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import type { KeeperView } from '@nezuban/protocol/pair/status';
import { createSigningRequest } from '@nezuban/platform/signing-request';
import type { State } from '../decision/state.ts';
import { createJoinTokens } from '../drivers/link/join-tokens.ts';
import { writePairIdentity, type PairIdentity } from '../drivers/link/pair-identity.ts';
import { judgeRelease } from '../drivers/link/release-rule.ts';
import { formatHostPort, parseHostPort } from './options.ts';
import type { PairOfficeOptions, PairOfficePorts } from './pair-office.ts';
import type { PairWires } from './pair-wires.ts';
import { hasAllSharedFiles, readSharedFiles } from './shared-files.ts';
import { newVoterId } from './voter-record.ts';

export type PairDeskPorts = PairOfficePorts & {
  readonly identity: () => PairIdentity | null;
  readonly setIdentity: (identity: PairIdentity) => Promise<void>;
  readonly wires: () => PairWires | null;
  readonly view: () => KeeperView;
  readonly names: (id: VoterId) => string;
  readonly agents: () => { readonly otherMasterHeardAgoMs: number | null };
};

export type PairCreateRequest = {
  readonly listen: string | null;
  readonly address: string | null;
  readonly kind: 'member' | 'witness';
  readonly tieBreaker: 'witness' | 'fence' | 'manual' | null;
  readonly profile: 'lan' | 'wan' | null;
};

export type PairDesk = {
  readonly store: (identity: PairIdentity) => Promise<void>;
  readonly create: (request: PairCreateRequest) => Promise<PairCreated>;
  readonly command: (host: VoterId | null, command: OperatorCommand) => Promise<CommandResult>;
  readonly answer: (from: VoterId, question: PeerQuestion) => Promise<PeerAnswer>;
  readonly join: (request: JoinRequest, remoteAddress: string) => Promise<JoinResponse>;
  /** A token for an agent that is to become a witness. */
  readonly witnessToken: () => Promise<string>;
};

/** A command that is passed on may wait as long as it may here. */
const PASSED_ON_MS = 50_000;
const ACTING = new Set<State['name']>(['master-alone', 'master-paired', 'resigning']);

export function createPairDesk(ports: PairDeskPorts, options: PairOfficeOptions): PairDesk {
  const { logger, manager } = ports;
  const { layout, start } = options;
  const tokens = createJoinTokens({ clock: ports.clock }, { directory: options.directory });
  /** One change of the identity at a time: joining hosts and operators must not overwrite each other's. */
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return await mine;
  };

  const state = (): State | null => ports.loop()?.state() ?? null;
  const isActing = (): boolean => {
    const core = state();
    return core !== null && ACTING.has(core.name);
  };
  const isMember = (id: VoterId): boolean =>
    ports.identity()?.book.members.some((member) => member.id === id) === true;

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
    const made = ports.identity() ?? (await firstIdentity(core, { ...request, listen: request.listen }));
    if ('says' in made) return { ok: false, says: made.says };
    const own = made.book.members.find(({ id }) => id === made.id);
    const address = request.address ?? own?.address ?? '';
    const next: PairIdentity = {
      ...made,
      tieBreaker: request.tieBreaker ?? made.tieBreaker,
      profile: request.profile ?? made.profile,
      book: withMember(made, { ...ownEntry(made.id, address), name: own?.name ?? os.hostname() }),
    };
    await ports.setIdentity(next);
    const token = tokens.make(request.kind, made.ca);
    const program = request.kind === 'witness' ? 'nezuban witness --join' : 'nezuban pair join';
    const flag = request.kind === 'witness' ? ' --home DIRECTORY' : '';
    const warning = isReachableElsewhere(ports.managerAddresses().agentAddress)
      ? ''
      : ' Note: agents of other hosts cannot reach this manager, since --agent-listen is a loopback address: start it with --agent-listen 0.0.0.0:7381.';
    return {
      ok: true,
      token: token.token,
      expiresAt: token.expiresAt,
      joinCommand: `${program} ${address} --token ${token.token}${flag}`,
      says: `The token is good for one ${request.kind === 'witness' ? 'witness' : 'host'}.${warning}`,
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
    return { id, name: os.hostname(), address, agentAddress: advertised, consoleUrl };
  }

  async function join(request: JoinRequest, remoteAddress: string): Promise<JoinResponse> {
    return await inTurn(async () => await admit(request, remoteAddress));
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
    tokens.use(request.token, { id, csr: request.csr });
    if (request.kind === 'member') {
      const entry = { ...memberEntry(request, remoteAddress), id, name };
      // Whoever joined before and never became a member gives way.
      const members = own.book.members.filter(
        (member) => member.id === own.id || roster?.members.includes(member.id) === true,
      );
      await ports.setIdentity({
        ...own,
        book: { revision: own.book.revision + 1, members: [...members, entry] },
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

  async function command(host: VoterId | null, asked: OperatorCommand): Promise<CommandResult> {
    const core = state();
    const own = ports.identity();
    if (own === null || core === null)
      return {
        ok: false,
        says: 'This is a single manager, not a pair. Make one with "nezuban pair create".',
      };
    const target = host ?? placeOf(asked, core);
    if (target === null)
      return {
        ok: false,
        says: 'There is no master that could carry this out. "nezuban pair status" says what is missing.',
      };
    if (target === own.id) return await carryOut(asked);
    if (host !== null && !isMember(host)) return { ok: false, says: `"${host}" is no host of this pair.` };
    return await passOn(target, asked);
  }

  async function passOn(target: VoterId, asked: OperatorCommand): Promise<CommandResult> {
    try {
      const answer = await ports.wires()?.link.ask(target, { ask: 'command', command: asked }, PASSED_ON_MS);
      if (answer?.to === 'command') return answer.result;
      return {
        ok: false,
        says: answer?.to === 'refused' ? answer.says : `${ports.names(target)} gave no answer.`,
      };
    } catch (error) {
      return {
        ok: false,
        says: `${ports.names(target)} could not be asked: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  }

  /** Who has to carry it out when nobody was named. */
  function placeOf(asked: OperatorCommand, core: State): VoterId | null {
    switch (asked.do) {
      case 'promote':
      case 'force-master':
      case 'maintenance':
        return core.record.id;
      case 'recover':
        return core.name === 'failed' ? core.record.id : (failedPeer() ?? core.record.id);
      case 'switch':
      case 'remove-member':
      case 'witness':
      case 'tie-breaker':
        return isActing() ? core.record.id : (core.leader?.id ?? null);
      default:
        return asked satisfies never;
    }
  }

  function failedPeer(): VoterId | null {
    const own = ports.identity();
    return own?.book.members.find(({ id }) => id !== own.id)?.id ?? null;
  }

  async function carryOut(asked: OperatorCommand): Promise<CommandResult> {
    switch (asked.do) {
      case 'switch':
      case 'maintenance':
      case 'promote':
        return await ports.obey(asked);
      case 'recover':
        return await recover();
      case 'force-master':
        return await ports.obey({ ...asked, agentsHeardOtherAgoMs: ports.agents().otherMasterHeardAgoMs });
      case 'remove-member':
        return await removeMember(asked.member);
      case 'witness':
        return await appoint(asked.node);
      case 'tie-breaker':
        return await setTieBreaker(asked.tieBreaker);
      default:
        return asked satisfies never;
    }
  }

  async function recover(): Promise<CommandResult> {
    const core = state();
    const { trouble } = ports.database();
    if (core?.name !== 'failed' && core?.name !== 'maintenance')
      return {
        ok: true,
        says:
          core === null
            ? 'This host has only just started.'
            : `Nothing to repair on this host. ${core.reason}`,
      };
    if (core.name === 'maintenance') return await ports.obey({ do: 'maintenance', on: false });
    if (trouble !== null) logger.warn({ code: trouble.code }, `recover: ${trouble.message}`);
    return await ports.obey({ do: 'recover' });
  }

  async function removeMember(member: VoterId): Promise<CommandResult> {
    const core = state();
    const own = ports.identity();
    const roster = core?.record.roster;
    if (own === null || core === null || roster == null || !isActing())
      return { ok: false, says: 'Only the master can take a host out of the pair.' };
    if (member === own.id)
      return { ok: false, says: 'This host is the master. Switch first, then take it out.' };
    if (roster.members.includes(member)) {
      const result = await ports.obey({
        do: 'set-voters',
        voters: [own.id],
        members: [own.id],
        tieBreaker: 'witness',
      });
      if (!result.ok) return result;
    } else if (!isMember(member)) {
      return { ok: false, says: `"${member}" is no host of this pair.` };
    }
    await inTurn(async () => {
      const now = ports.identity();
      if (now === null) return;
      await ports.setIdentity({
        ...now,
        book: {
          revision: now.book.revision + 1,
          members: now.book.members.filter(({ id }) => id !== member),
        },
      });
    });
    return {
      ok: true,
      says: `${ports.names(member)} is out of the pair. This host is a single manager now.`,
    };
  }

  async function appoint(node: string | null): Promise<CommandResult> {
    const own = ports.identity();
    if (own === null || !isActing()) return { ok: false, says: 'Only the master can appoint a witness.' };
    const { members } = own.book;
    const answer = await manager.ask({
      ask: 'appoint-witness',
      node,
      excludedHosts: [os.hostname(), ...members.flatMap(({ name, address }) => [name, hostOf(address)])],
      excludedNodes: ['local', ...(own.localNode === null ? [] : [own.localNode])],
      join: { members: members.map(({ address }) => address), token: await witnessToken() },
    });
    if (answer.to === 'appoint-witness')
      return { ok: true, says: `The agent of ${answer.node} becomes a witness.` };
    return { ok: false, says: answer.to === 'refused' ? answer.says : 'The manager gave no answer.' };
  }

  async function setTieBreaker(tieBreaker: 'witness' | 'fence' | 'manual'): Promise<CommandResult> {
    const own = ports.identity();
    if (own === null) return { ok: false, says: 'This is a single manager.' };
    if (tieBreaker === 'fence' && own.fenceCommand === null)
      return {
        ok: false,
        says: `There is no fence command: write it as "fenceCommand" into ${options.directory}/pair.json of both hosts, then start both again.`,
      };
    await inTurn(async () => ports.setIdentity({ ...own, tieBreaker }));
    return { ok: true, says: 'Noted. The voters change as soon as everybody needed is there.' };
  }

  async function answer(from: VoterId, question: PeerQuestion): Promise<PeerAnswer> {
    const refuse = (says: string): PeerAnswer => ({ to: 'refused', says });
    if (question.ask === 'echo') return { to: 'echo', text: question.text };
    if (question.ask === 'certificate') {
      const signed = await manager.ask({ ask: 'pair-certificate', csr: question.csr, id: from });
      return signed.to === 'pair-certificate' || signed.to === 'refused'
        ? signed.to === 'refused'
          ? signed
          : { to: 'certificate', certificate: signed.certificate, ca: signed.ca }
        : refuse('The manager gave no certificate.');
    }
    // The rest is for the hosts of the pair: a witness must never see a key, nor command.
    if (!isMember(from)) return refuse('Only the hosts of the pair may ask this.');
    switch (question.ask) {
      case 'view':
        return { to: 'view', view: ports.view() };
      case 'shared-files':
        return { to: 'shared-files', shared: readSharedFiles(layout.home) };
      case 'command':
        return { to: 'command', result: await carryOut(question.command) };
      case 'agent-token': {
        const made = await manager.ask({ ask: 'agent-token' });
        return made.to === 'agent-token' || made.to === 'refused'
          ? made
          : refuse('The manager gave no token.');
      }
      default:
        return question satisfies never;
    }
  }

  async function witnessToken(): Promise<string> {
    const own = ports.identity();
    if (own === null) throw new Error('a single manager has no witness');
    return tokens.make('witness', own.ca).token;
  }

  return {
    store: async (identity) => writePairIdentity(options.directory, identity),
    create: async (request) => await inTurn(async () => await create(request)),
    command,
    answer,
    join,
    witnessToken,
  };
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
    consoleUrl: request.consoleUrl,
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
