// Where requests about the pair are answered: of operators on this host, of the other keepers, of hosts that want to join.
// Responsible for who may ask what, and for the sentence of each refusal. Not responsible for what follows from an answer (`pair-chores.ts`,
// the core). Called by the pair's office.
import os from 'node:os';
import type {
  CommandResult,
  JoinRequest,
  JoinResponse,
  OperatorCommand,
  PeerAnswer,
  PeerQuestion,
} from '@nezuban/protocol/pair/pair-link';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import type { KeeperView } from '@nezuban/protocol/pair/status';
import type { State } from '../decision/state.ts';
import { writePairIdentity, type PairIdentity } from '../drivers/link/pair-identity.ts';
import { parseHostPort } from './options.ts';
import type { PairOfficeOptions, PairOfficePorts } from './pair-office.ts';
import { createPairAdmission, type PairAdmission } from './pair-admission.ts';
import type { PairWires } from './pair-wires.ts';
import { readSharedFiles } from './shared-files.ts';

export type PairDeskPorts = PairOfficePorts & {
  readonly identity: () => PairIdentity | null;
  readonly setIdentity: (identity: PairIdentity) => Promise<void>;
  readonly wires: () => PairWires | null;
  readonly view: () => KeeperView;
  readonly names: (id: VoterId) => string;
  readonly agents: () => { readonly otherMasterHeardAgoMs: number | null };
};

export type PairDesk = {
  readonly store: (identity: PairIdentity) => Promise<void>;
  readonly create: PairAdmission['create'];
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
  const { layout } = options;
  /** One change of the identity at a time: joining hosts and operators must not overwrite each other's. */
  let turn: Promise<unknown> = Promise.resolve();
  let stored: Promise<void> = Promise.resolve();

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
  const admission = createPairAdmission({ ...ports, isActing }, options);
  const isMember = (id: VoterId): boolean =>
    ports.identity()?.book.members.some((member) => member.id === id) === true;

  /** Never rejects: nothing that somebody types ends this process, also where a disk is full. */
  async function command(host: VoterId | null, asked: OperatorCommand): Promise<CommandResult> {
    try {
      return await commandAt(host, asked);
    } catch (error) {
      logger.error({ err: error, command: asked.do }, 'a command on the pair broke');
      return { ok: false, says: error instanceof Error ? error.message : String(error) };
    }
  }

  async function commandAt(host: VoterId | null, asked: OperatorCommand): Promise<CommandResult> {
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
    const name = ports.names(member);
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
      says: `${name} is out of the pair. This host is a single manager now.`,
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
      join: { members: members.map(({ address }) => address), token: await admission.witnessToken() },
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
    await inTurn(async () => ports.setIdentity({ ...(ports.identity() ?? own), tieBreaker }));
    return { ok: true, says: 'Noted. The voters change as soon as everybody needed is there.' };
  }

  async function answerPeer(from: VoterId, question: PeerQuestion): Promise<PeerAnswer> {
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
    // During an exchange of the authority a witness follows it by our view.
    const view = question.ask === 'view' ? ports.view() : null;
    if (view !== null && (isMember(from) || view.authority !== undefined)) return { to: 'view', view };
    // The rest is for the hosts of the pair: a witness must never see a key, nor command.
    if (!isMember(from)) return refuse('Only the hosts of the pair may ask this.');
    switch (question.ask) {
      case 'view':
        return refuse('It is not known yet.');
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

  return {
    store(identity) {
      // One write after the other: they have the same draft, and the newest must be the last.
      const mine = stored.catch(() => undefined).then(() => writePairIdentity(options.directory, identity));
      stored = mine;
      return mine;
    },
    create: async (request) => await inTurn(async () => await admission.create(request)),
    command,
    answer: answerPeer,
    join: async (request, remoteAddress) =>
      await inTurn(async () => await admission.admit(request, remoteAddress)),
    witnessToken: admission.witnessToken,
  };
}

function hostOf(address: string): string {
  return parseHostPort(address)?.host ?? address;
}
