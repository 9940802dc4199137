// The pair's own business on this host: its wires to the other voters, what they ask, what operators ask, who joins, what is shown.
// Responsible for opening and closing the wires (`pair-wires.ts`), for commands and where they are carried out, for questions of peers, and
// for the chores of a master and of a standby. Not responsible for decisions (`../decision`, `pair-plan.ts`), nor for effects
// (`member.ts`). Called by the keeper. Without an identity (a host that has never been part of a pair) it does nothing but show itself.
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import type { Readable } from 'node:stream';
import type { FromChild } from '@nezuban/protocol/keeper/child-messages';
import type { SharedFilesState } from '@nezuban/protocol/keeper/control';
import type { AddressBook, CommandResult, OperatorCommand } from '@nezuban/protocol/pair/pair-link';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import type { KeeperView, PairStatus, TakeOver } from '@nezuban/protocol/pair/status';
import { formatInstant, type Clock } from '@nezuban/platform/clock';
import { heldAuthority } from '@nezuban/platform/authority-exchange';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Command } from '../decision/inputs.ts';
import type { State } from '../decision/state.ts';
import type { Timing } from '../decision/timing.ts';
import type { DutyLoop } from '../drivers/duty-loop.ts';
import { hostClock } from '../drivers/host-clock.ts';
import type { PairIdentity } from '../drivers/link/pair-identity.ts';
import type { DatabaseFacts, DutyLink, Fence, Guard, ServiceAddress } from '../drivers/ports.ts';
import type { HomeLayout } from './child-config.ts';
import type { ManagerService } from './manager-service.ts';
import type { NoticeQueue } from './notice-queue.ts';
import type { StartOptions } from './options.ts';
import { createPairChores, type PairChores } from './pair-chores.ts';
import { createPairDesk, type PairDesk } from './pair-desk.ts';
import { timingOf } from './pair-profile.ts';
import { describePair, nameOf, type PairFacts } from './pair-status.ts';
import type { PairWires, PairWiresOptions } from './pair-wires.ts';
import { createOwnView } from './own-view.ts';
import { readSharedFiles } from './shared-files.ts';
import type { TakeOvers } from './take-overs.ts';

export type PairOfficePorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly manager: Pick<ManagerService, 'ask' | 'send'>;
  readonly notices: NoticeQueue;
  readonly takeOvers: TakeOvers;
  readonly database: () => DatabaseFacts;
  readonly setReady: (ready: boolean) => void;
  /** Null until the voter record has been read. */
  readonly loop: () => DutyLoop | null;
  readonly obey: (command: WithoutId<Command>) => Promise<CommandResult>;
  readonly onGuardFired: () => void;
  readonly onGuardStarted: (pid: number) => void;
  readonly onLinkStarted: (pid: number, output: readonly Readable[]) => void;
  /** Addresses of hosts have changed. */
  readonly onAddressBook: () => void;
  /** The master has taken this host out of the pair. */
  readonly onRemoved: (by: string) => void;
  /** The local agent can enrol now. */
  readonly onAgentToken: () => void;
  readonly serviceOpen: () => boolean;
  readonly managerAddresses: () => {
    readonly consoleUrl: string | null;
    readonly agentAddress: string | null;
  };
};

export type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

export type PairOfficeOptions = {
  readonly layout: HomeLayout;
  readonly start: StartOptions;
  /** `HOME/keeper`. */
  readonly directory: string;
  readonly identity: PairIdentity | null;
} & Pick<PairWiresOptions, 'environment' | 'execArgv' | 'databaseUser'>;

export type PairOffice = {
  readonly startId: string;
  readonly identity: () => PairIdentity | null;
  readonly timing: () => Timing;
  readonly voterDirectory: () => string;
  /** Opens the wires of a host that is part of a pair. Rejects with one sentence if that cannot be. */
  readonly start: () => Promise<void>;
  readonly link: () => DutyLink | null;
  readonly guard: () => Guard | null;
  readonly fence: () => Fence | null;
  readonly address: () => ServiceAddress;
  /** What the guard would kill. */
  readonly setTree: (managerPid: number | null, database: DatabaseFacts) => void;
  readonly onState: (state: State) => void;
  readonly onRow: (row: string, says: string) => void;
  readonly tookOver: (taken: TakeOver) => void;
  readonly managerReady: () => void;
  readonly agentsSaid: (
    said: Pick<Extract<FromChild, { type: 'agents' }>, 'highestTerm' | 'otherMasterHeardAgoMs'> | AgentsSaid,
  ) => void;
  readonly status: () => PairStatus;
  readonly create: PairDesk['create'];
  /** What the hosts of the pair have of the files that they must have alike. */
  readonly sharedFiles: () => Promise<SharedFilesState>;
  /** `host`: who shall carry it out; null: who has to. */
  readonly command: (host: VoterId | null, command: OperatorCommand) => Promise<CommandResult>;
  /** Where agents reach the managers, this one first; empty while single. */
  readonly agentAddresses: () => string[];
  readonly otherAgentAddresses: () => string[];
  readonly localNodeName: () => string;
  readonly localAgentMayStart: () => boolean;
  readonly stop: () => Promise<void>;
};

type AgentsSaid = { readonly highestTerm: number; readonly otherMasterHeardAgoMs: number | null };

/** The other host's view is asked that often; its lag and progress are shown with it. */
const EVERY_SECOND_MS = 1_000;

export function createPairOffice(ports: PairOfficePorts, options: PairOfficeOptions): PairOffice {
  const { timers, logger } = ports;
  const { layout } = options;
  const startId = randomUUID();
  let identity = options.identity;
  const ownView = createOwnView(
    {
      ...ports,
      name: () => ownName(identity),
      authority: () => (identity === null ? null : heldAuthority(identity)),
    },
    { layout },
  );
  const views = new Map<VoterId, { readonly view: KeeperView; readonly at: number }>();
  let wires: PairWires | null = null;
  let agents: AgentsSaid = { highestTerm: 0, otherMasterHeardAgoMs: null };
  let cancelSecond: () => void = () => undefined;
  let pushed = '';
  let stopped = false;
  let opening: Promise<void> | null = null;
  /** The term in which this host serves: wires that open only now are told. */
  let servesIn: number | null = null;
  let tree: readonly [number | null, DatabaseFacts] | null = null;

  const address: ServiceAddress = {
    async take(term) {
      servesIn = term;
      await wires?.address?.take(term);
    },
    async release() {
      servesIn = null;
      await wires?.address?.release();
    },
  };
  const state = (): State | null => ports.loop()?.state() ?? null;
  const book = (): AddressBook => identity?.book ?? { revision: 0, members: [] };

  const desk = createPairDesk(
    {
      ...ports,
      identity: () => identity,
      setIdentity,
      wires: () => wires,
      view: () => ownView.view(state()),
      names: (id) => nameOf(facts(), id),
      agents: () => agents,
    },
    options,
  );
  const chores: PairChores = createPairChores(
    {
      ...ports,
      identity: () => identity,
      setIdentity,
      wires: () => wires,
      desk,
      viewOf: (id) => views.get(id)?.view ?? null,
    },
    options,
  );

  function facts(): PairFacts {
    const core = state();
    const now = hostClock.monotonicMs();
    if (core === null) throw new Error('the voter record has not been read yet');
    return {
      state: core,
      self: ownView.view(core),
      book: book(),
      connections: wires?.link.connections() ?? [],
      troubles: wires?.link.troubles() ?? new Map<VoterId, string>(),
      views: new Map([...views].map(([id, { view, at }]) => [id, { view, agoMs: now - at }])),
      isPair: identity !== null,
      now,
    };
  }

  /** Stored first: what is said to others must survive a restart. */
  async function setIdentity(next: PairIdentity): Promise<void> {
    const booked = JSON.stringify(identity?.book);
    await desk.store(next);
    identity = next;
    await openOrUpdate();
    if (booked !== JSON.stringify(next.book)) ports.onAddressBook();
  }

  /** They are opened once, also if the identity changes meanwhile; one that could not be opened is tried again with the next change. */
  async function openOrUpdate(): Promise<void> {
    if (identity === null || stopped) return;
    if (wires !== null) {
      wires.update(identity);
      return;
    }
    opening ??= open(identity).finally(() => (opening = null));
    await opening;
  }

  async function open(own: PairIdentity): Promise<void> {
    // A single manager needs none of it.
    const { openPairWires } = await import('./pair-wires.ts');
    const opened = await openPairWires(
      {
        timers,
        clock: ports.clock,
        logger,
        onMessage: (message) => ports.loop()?.give({ type: 'message', message }),
        onGuardFired: ports.onGuardFired,
        onGuardStarted: ports.onGuardStarted,
        onLinkStarted: ports.onLinkStarted,
        onQuestion: async (from, question) => {
          // Whoever asks for them has new ones, or lacks some.
          if (question.ask === 'shared-files') chores.sharedFilesAsked();
          return await desk.answer(from, question);
        },
        onJoin: desk.join,
        onConnected: (hello) => chores.connected(hello.id),
        onLost: (id) => views.delete(id),
        onAddressBook: (from, received) => quietly(chores.addressBook(from, received)),
      },
      {
        layout,
        identity: own,
        startId,
        fenceMs: timingOf(own).fenceMs,
        environment: options.environment,
        execArgv: options.execArgv,
        databaseUser: options.databaseUser,
        logLevel: options.start.logLevel,
      },
    );
    if (stopped) {
      await opened.close();
      return;
    }
    wires = opened;
    if (identity !== null && identity !== own) wires.update(identity);
    ownView.setGuard(() => wires?.guard.runs() ?? false);
    if (tree !== null) wires.setTree(...tree);
    if (servesIn !== null) void wires.address?.take(servesIn);
    cancelSecond = timers.every(EVERY_SECOND_MS, everySecond);
  }

  /** A full disk, mostly: nobody waits for it, and it must not end this process. */
  function quietly(work: Promise<void>): void {
    work.catch((error: unknown) =>
      logger.error({ err: error }, 'the addresses of the pair could not be kept'),
    );
  }

  function everySecond(): void {
    const core = state();
    if (wires === null || core === null) return;
    // During an exchange of the authority witnesses, too, have to say what they trust.
    const everybody = identity !== null && heldAuthority(identity) !== null;
    for (const { id } of wires.link.connections())
      if (everybody || book().members.some((member) => member.id === id)) void lookAt(id);
    void chores.everySecond(core);
    try {
      push();
    } catch (error) {
      logger.error({ err: error }, 'the state of the pair could not be shown');
    }
  }

  async function lookAt(id: VoterId): Promise<void> {
    try {
      const answer = await wires?.link.ask(id, { ask: 'view' }, EVERY_SECOND_MS);
      if (answer?.to === 'view') views.set(id, { view: answer.view, at: hostClock.monotonicMs() });
    } catch {
      // Not reached now; its age says so.
    }
  }

  /** Null: it is not reached, or will not say. */
  async function digestOf(id: VoterId): Promise<string | null> {
    try {
      const answer = await wires?.link.ask(id, { ask: 'shared-files' });
      return answer?.to === 'shared-files' ? answer.shared.digest : null;
    } catch {
      return null;
    }
  }

  /** To the manager, when something else than the time has changed. */
  function push(): void {
    const status = describePair(facts());
    const essence = JSON.stringify({
      ...status,
      at: '',
      hosts: status.hosts.map((host) => ({
        ...host,
        lastHeardAgoMs: 0,
        roundTripMs: 0,
        view: host.view && { ...host.view, at: '' },
      })),
      voters: status.voters.map((voter) => ({ ...voter, lastHeardAgoMs: 0 })),
    });
    if (essence === pushed) return;
    pushed = essence;
    ports.manager.send({ type: 'pair-status', status });
  }

  return {
    startId,
    identity: () => identity,
    timing: () => timingOf(identity, options.start.admitAfterMs),
    voterDirectory: () => identity?.voterDirectory ?? options.directory,
    start: openOrUpdate,
    link: () => wires?.link ?? null,
    guard: () => wires?.guard ?? null,
    fence: () => wires?.fence ?? null,
    address: () => address,
    setTree(managerPid, database) {
      tree = [managerPid, database];
      wires?.setTree(managerPid, database);
    },
    onState(core) {
      ownView.moved(core);
      if (ports.loop() !== null) push();
    },
    onRow(row, says) {
      const notice = noticeOf(row);
      if (notice === null || identity === null) return;
      const at = formatInstant(ports.clock.now());
      ports.notices.add({
        type: 'notice',
        ...notice,
        at,
        process: 'keeper',
        message: says,
        details: { row },
      });
    },
    tookOver(taken) {
      const { kind, from, to, totalMs } = taken;
      if (identity === null) return;
      const names = facts();
      const who = nameOf(names, to);
      const former = from === null ? null : nameOf(names, from);
      const took = totalMs === null ? '' : ` It took ${(totalMs / 1000).toFixed(1)} s.`;
      const message =
        former === null
          ? `${who} is master (term ${taken.term}).`
          : `${who} has taken over from ${former} (term ${taken.term}).${took}`;
      ports.notices.add({
        type: 'notice',
        code: 'duty_taken',
        at: taken.at,
        process: 'keeper',
        priority: kind === 'switch' || former === null ? 'info' : kind === 'forced' ? 'critical' : 'warning',
        message,
        details: { kind, from: former ?? '', to: who, term: taken.term, totalMs: totalMs ?? -1 },
      });
    },
    managerReady() {
      pushed = '';
      if (ports.loop() !== null) push();
      quietly(chores.managerReady());
    },
    agentsSaid(said) {
      agents = said;
      const core = state();
      if (core !== null && said.highestTerm > core.record.term)
        ports.loop()?.give({ type: 'agent-term', term: said.highestTerm });
    },
    status: () => describePair(facts()),
    create: desk.create,
    sharedFiles: async () => ({
      digest: readSharedFiles(layout.home).digest,
      others: await Promise.all(
        book()
          .members.filter(({ id }) => id !== identity?.id)
          .map(async ({ id, name }) => ({ id, name, digest: await digestOf(id) })),
      ),
    }),
    command: desk.command,
    agentAddresses: () => (book().members.length < 2 ? [] : addressesOf(true)),
    otherAgentAddresses: () => addressesOf(false),
    localNodeName: () => identity?.localNode ?? 'local',
    localAgentMayStart: () => chores.localAgentMayStart(),
    async stop() {
      stopped = true;
      cancelSecond();
      await opening?.catch(() => undefined);
      await wires?.close();
      wires = null;
    },
  };

  function addressesOf(own: boolean): string[] {
    const self = identity?.id;
    const sorted = book().members.toSorted((a, b) => Number(b.id === self) - Number(a.id === self));
    return sorted.flatMap(({ id, agentAddress }) =>
      agentAddress === null || (!own && id === self) ? [] : [agentAddress],
    );
  }
}

type Notice = Pick<Parameters<NoticeQueue['add']>[0], 'code' | 'priority'>;

/** Which transitions become events. */
function noticeOf(row: string): Notice | null {
  switch (row) {
    case 'paired':
      return { code: 'redundancy_restored', priority: 'info' };
    case 'alone':
    case 'voter-silent':
    case 'voters-asymmetric':
      return { code: 'redundancy_lost', priority: 'warning' };
    case 'voters-changed':
    case 'voter-heard':
    case 'voters-kept':
    case 'majority-again':
      return { code: 'pair_changed', priority: 'info' };
    case 'without-majority':
    case 'service-given-up':
    case 'forced':
    case 'record-lost':
    case 'switch-called-off':
      return { code: 'pair_alarm', priority: 'critical' };
    default:
      return null;
  }
}

/** As the pair knows this host; two hosts with one host name are told apart there. */
function ownName(identity: PairIdentity | null): string {
  return identity?.book.members.find(({ id }) => id === identity.id)?.name ?? os.hostname();
}
