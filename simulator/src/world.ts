/**
 * One run's world: the hosts, the network between them, and what connects all parts of the model.
 *
 * Responsible for building the cluster of the drawn layout. Not responsible for what happens in it (`faults.ts`, `operators.ts`).
 */
import type { PairMessage } from '@nezuban/protocol/pair/messages';
import type { Roster, VoterId, VoterRecord } from '@nezuban/protocol/pair/roster';
import type { Agent } from './agents.ts';
import { Chance } from './chance.ts';
import { Checks } from './checks.ts';
import { drawClock } from './clock.ts';
import type { Subject } from './core.ts';
import { Count } from './count.ts';
import { EventQueue } from './event-queue.ts';
import { Adversary } from './faults.ts';
import { Host } from './host.ts';
import { Network } from './network.ts';
import { Operators } from './operators.ts';
import { STREAMS, type RunOptions } from './options.ts';
import { Process } from './process.ts';
import { Random } from './random.ts';
import { Trace } from './trace.ts';
import type { Entry } from './wal.ts';

const CLUSTER = 'c';
const MEMBERS = ['a', 'b'] as const;
/** Hosts start within this time of each other, as after a power cut. */
const BOOT_SPREAD_MS = 500;

export interface WorldPorts {
  readonly subject: Subject;
  /** Takes the lines of the readable trace; null: none is made. */
  readonly print: ((line: string) => void) | null;
  /** Where chance comes from; without it, from the seed. */
  readonly createRandom?: (seed: number, stream: number) => Random;
}

function randomOfSeed(seed: number, stream: number): Random {
  return new Random(seed, stream);
}

export class World {
  readonly options: RunOptions;
  readonly core: Subject;
  readonly queue = new EventQueue();
  /** Everything outside the hosts: power, cables, operators. Never pauses, never dies. */
  readonly nature = new Process(0);
  readonly chance: Chance;
  readonly network: Network;
  readonly checks: Checks;
  readonly count = new Count();
  readonly trace: Trace | null;
  readonly root: Entry;
  readonly hosts: readonly Host[];
  readonly members: readonly Host[];
  readonly agents: readonly Agent[];
  readonly adversary: Adversary;
  readonly operators: Operators;
  /** Highest number of an entry that was acknowledged. */
  newestAcknowledged = 0;
  #entries = 1;
  readonly #byVoter = new Map<VoterId, Host>();

  constructor(options: RunOptions, { subject, print, createRandom = randomOfSeed }: WorldPorts) {
    const { seed, witnesses, spares } = options;
    this.options = options;
    this.core = subject;
    this.trace = print === null ? null : new Trace(this.queue, print);
    this.root = { id: 1, before: null, lsn: 1, lineage: 1, kind: 'root', closes: 0, relied: false };
    const model = createRandom(seed, STREAMS.model);
    this.chance = new Chance(model, options.troubles);
    const hostCount = MEMBERS.length + witnesses + spares;
    const random = createRandom(seed, STREAMS.network);
    this.network = new Network({ queue: this.queue, random, nature: this.nature }, hostCount);
    this.network.weather = options.weather;
    this.checks = new Checks(this, hostCount);
    this.adversary = new Adversary(this, createRandom(seed, STREAMS.faults));
    this.operators = new Operators(this, createRandom(seed, STREAMS.operators));
    this.hosts = Array.from({ length: hostCount }, (_, index) => this.#buildHost(index));
    this.members = this.hosts.slice(0, MEMBERS.length);
    this.agents = this.hosts.map(({ agent }) => agent).filter((agent) => agent !== null);
  }

  #buildHost(index: number): Host {
    const name = MEMBERS[index] ?? `w${index - MEMBERS.length + 1}`;
    const host = new Host(this, {
      index,
      name,
      role: index < MEMBERS.length ? 'member' : 'witness',
      clock: drawClock(this.chance.draw, this.options.skew),
    });
    this.#byVoter.set(name, host);
    return host;
  }

  /** Puts the first records and directories on the disks and switches everything on. */
  start(): void {
    const roster = this.#firstRoster();
    this.checks.rosters.begin(roster);
    const voters = new Set([...roster.members, ...roster.voters.flat()]);
    for (const host of this.hosts) {
      const record = this.emptyRecord(host.voterId);
      host.disk.format(voters.has(host.voterId) ? { ...record, term: 1, roster } : record);
      const token = roster.inSync[host.voterId];
      if (token !== undefined) host.postgres.directory = { flushed: this.root, token, timeline: 1 };
      this.queue.after(this.chance.draw.between(0, BOOT_SPREAD_MS), this.nature, () => {
        if (!host.up && !host.held) host.boot();
      });
    }
  }

  #firstRoster(): Roster {
    const { layout, witnesses, startsPaired } = this.options;
    const isSingle = layout === 'single';
    const members: VoterId[] = isSingle ? ['a'] : ['a', 'b'];
    const isPaired = startsPaired && !isSingle;
    const named = Array.from({ length: witnesses }, (_, index) => `w${index + 1}`);
    return {
      term: 1,
      revision: 1,
      master: 'a',
      phase: 'active',
      inSync: isPaired ? { a: 'a.first', b: 'b.first' } : { a: 'a.first' },
      voters: [[...members, ...named]],
      base: null,
      tieBreaker: layout === 'fence' || layout === 'manual' ? layout : 'witness',
      members,
      lineage: [{ term: 1, member: 'a', timeline: 1, startLsn: 0, lossy: false }],
      epoch: isPaired ? 1 : 0,
      forced: null,
    };
  }

  emptyRecord(id: VoterId): VoterRecord {
    return { cluster: CLUSTER, id, term: 0, votedFor: null, roster: null, fence: null, maintenance: false };
  }

  hostOf(id: VoterId): Host | undefined {
    return this.#byVoter.get(id);
  }

  /** The host is somebody else from now on; nobody has the old name any more. */
  renamed(host: Host, old: VoterId): void {
    this.#byVoter.delete(old);
    this.#byVoter.set(host.voterId, host);
  }

  newEntry(entry: Omit<Entry, 'id' | 'lsn' | 'relied'> & { readonly before: Entry }): Entry {
    this.#entries += 1;
    return { id: this.#entries, lsn: entry.before.lsn + 1, relied: false, ...entry };
  }

  get entries(): number {
    return this.#entries;
  }

  acknowledged(entry: Entry): void {
    if (entry.id > this.newestAcknowledged) this.newestAcknowledged = entry.id;
  }

  send(from: Host, message: PairMessage): void {
    const target = this.hostOf(message.to);
    if (target === undefined) return;
    const extraMs = this.adversary.sends(from, message);
    if (extraMs < 0) return;
    this.network.carry({ from: from.index, to: target.index, extraMs }, () => target.keeper.receive(message));
  }
}
