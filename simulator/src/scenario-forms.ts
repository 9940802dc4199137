/**
 * What a script can say: actions (faults, operators, troubles inside operations) and conditions that it expects.
 *
 * Each form stands beside its meaning, so that this file is the reference of the language too. Called by the parser, the runner, the test.
 */
import type { Command } from '@nezuban/ha/decision/inputs';
import { isActing } from '@nezuban/ha/decision/state';
import { PAIR_PROTOCOL_VERSION } from '@nezuban/protocol/pair/messages';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import { NO_TROUBLES, type Troubles } from './chance.ts';
import type { Host } from './host.ts';
import type { Form, Given, Grammar, Script } from './scenario-script.ts';
import type { ScenarioWatch } from './scenario-watch.ts';
import type { World } from './world.ts';

/** What an action works on. */
export interface Play {
  readonly world: World;
  readonly watch: ScenarioWatch;
  readonly host: (name: string) => Host;
  /** Extra delay of messages by direction, `a>b`. */
  readonly delays: Map<string, number>;
  /** The operator's last command. */
  command: string;
  /** Commits that were acknowledged when the present expectation began. */
  acknowledgedBefore: number;
}

export type Action = (play: Play, given: Given) => void;
export type Condition = (play: Play, given: Given) => boolean;
export type ScenarioScript = Script<Action, Condition>;

/** Off until somebody starts it. */
const FOR_EVER_MS = 1e9;
const RESTART_MS = 100;
/** What a snapshot of yesterday lacks. */
const OLD_ENTRIES = 20;

type Wish<Do> = Do extends Command ? Omit<Do, 'id'> : never;

function ask(play: Play, host: Host, wish: Wish<Command>): void {
  play.command = `command ${host.name} ${play.world.queue.events}`;
  const command = { id: play.command, ...wish } as Command;
  host.keeper.tell({ type: 'command', command }, 0);
}

function trouble(changes: Partial<Troubles>): Action {
  return ({ world }) => {
    world.chance.troubles = { ...world.chance.troubles, ...changes };
  };
}

/** Both directions, or one. */
function ways({ host, other, oneWay }: Given): readonly (readonly [string, string])[] {
  return oneWay
    ? [[host, other]]
    : [
        [host, other],
        [other, host],
      ];
}

function setCut(play: Play, given: Given, isCut: boolean): void {
  const { network } = play.world;
  for (const [from, to] of ways(given)) {
    if (isCut) network.cut(play.host(from).index, play.host(to).index);
    else network.mend(play.host(from).index, play.host(to).index);
  }
}

const machines: readonly Form<Action>[] = [
  { form: 'kill host HOST', means: ({ host }, { host: name }) => host(name).cutPower(FOR_EVER_MS) },
  { form: 'start host HOST', means: ({ host }, { host: name }) => host(name).boot() },
  { form: 'restart host HOST', means: ({ host }, { host: name }) => host(name).cutPower(RESTART_MS) },
  { form: 'kill keeper HOST', means: ({ host }, { host: name }) => host(name).killKeeper() },
  { form: 'kill guard HOST', means: ({ host }, { host: name }) => host(name).guard.kill() },
  { form: 'kill postgres HOST', means: ({ host }, { host: name }) => host(name).killPostgres() },
  {
    form: 'manager given up HOST',
    means: ({ host }, { host: name }) =>
      host(name).keeper.tell({ type: 'service-given-up', process: 'the manager' }, 0),
  },
  { form: 'pause host HOST for TIME', means: ({ host }, { host: name, ms }) => host(name).pause(ms) },
  { form: 'pause keeper HOST for TIME', means: ({ host }, { host: name, ms }) => host(name).pauseKeeper(ms) },
  {
    form: 'pause postgres HOST for TIME',
    means: ({ host, world }, { host: name, ms }) => {
      const { process } = host(name).postgres;
      process.paused = true;
      world.queue.after(ms, world.nature, () => process.resume());
    },
  },
  {
    form: 'clocks jump HOST',
    means: ({ host }, { host: name }) => host(name).keeper.tell({ type: 'clock-jumped' }, 0),
  },
];

const cables: readonly Form<Action>[] = [
  { form: 'cut LINK', means: (play, given) => setCut(play, given, true) },
  { form: 'mend LINK', means: (play, given) => setCut(play, given, false) },
  {
    form: 'isolate HOST',
    means: ({ world, host }, { host: name }) => {
      for (const { index } of world.hosts) {
        world.network.cut(index, host(name).index);
        world.network.cut(host(name).index, index);
      }
    },
  },
  { form: 'mend all', means: ({ world }) => world.network.heal() },
  {
    form: 'delay LINK by TIME',
    means: ({ delays }, given) => {
      for (const [from, to] of ways(given)) delays.set(`${from}>${to}`, given.ms);
    },
  },
  {
    form: 'stranger speaks to HOST',
    means: ({ world, host }, { host: name }) =>
      host(name).keeper.receive({
        version: PAIR_PROTOCOL_VERSION,
        cluster: 'another',
        from: 'x',
        to: host(name).voterId,
        startId: 'x.1',
        toStartId: null,
        term: world.queue.events,
        body: { type: 'ask-roster' },
      }),
  },
  {
    form: 'agent tells HOST term NUMBER',
    means: ({ host }, { host: name, count }) =>
      host(name).keeper.tell({ type: 'agent-term', term: count }, 0),
  },
];

/** An older state of the directory: a snapshot, a restored backup. PostgreSQL of that host must be off. */
function restoreOld(host: Host, token: string): void {
  const { directory } = host.postgres;
  if (directory === null || host.postgres.role !== 'none')
    throw new Error(`nothing can be restored at ${host.name} while its database runs`);
  let { flushed } = directory;
  for (let count = 0; count < OLD_ENTRIES && flushed.before !== null; count += 1) flushed = flushed.before;
  host.postgres.directory = { ...directory, flushed, token };
}

function setSick(host: Host, isSick: boolean): void {
  host.sick = isSick;
  host.actor?.reportSoon(0);
}

const disks: readonly Form<Action>[] = [
  { form: 'wipe data HOST', means: ({ host }, { host: name }) => host(name).wipeData() },
  {
    form: 'restore old data HOST',
    means: ({ host }, { host: name }) => restoreOld(host(name), host(name).postgres.directory?.token ?? ''),
  },
  {
    form: 'restore foreign data HOST',
    means: ({ host }, { host: name }) => restoreOld(host(name), 'foreign'),
  },
  {
    form: 'wipe witness HOST',
    means: ({ host }, { host: name }) => {
      host(name).cutPower(RESTART_MS);
      host(name).enrolAnew();
    },
  },
  { form: 'sick disk HOST', means: ({ host }, { host: name }) => setSick(host(name), true) },
  { form: 'well disk HOST', means: ({ host }, { host: name }) => setSick(host(name), false) },
  { form: 'slow record disk HOST', means: ({ host }, { host: name }) => void (host(name).disk.slow = true) },
  {
    form: 'quick record disk HOST',
    means: ({ host }, { host: name }) => void (host(name).disk.slow = false),
  },
  {
    form: 'failing record disk HOST',
    means: ({ host }, { host: name }) => void (host(name).disk.failing = true),
  },
  {
    form: 'mended record disk HOST',
    means: ({ host }, { host: name }) => void (host(name).disk.failing = false),
  },
];

const troubles: readonly Form<Action>[] = [
  { form: 'promotions fail', means: trouble({ promotionFails: 1 }) },
  { form: 'promotions hang', means: trouble({ promotionHangs: 1 }) },
  { form: 'copies hang', means: trouble({ copyHangs: 1 }) },
  { form: 'kills get stuck', means: trouble({ killStuck: 1 }) },
  { form: 'fence commands fail', means: trouble({ fenceFails: 1 }) },
  { form: 'fence commands come late', means: trouble({ fenceLate: 1 }) },
  { form: 'all commands work', means: trouble(NO_TROUBLES) },
];

function setVoters(
  given: Given,
  more: { members: readonly VoterId[]; tieBreaker: 'witness' | 'fence' | 'manual' },
): Action {
  return (play) => ask(play, play.host(given.host), { do: 'set-voters', voters: given.ids, ...more });
}

const operators: readonly Form<Action>[] = [
  {
    form: 'operator switch at HOST',
    means: (play, { host }) => ask(play, play.host(host), { do: 'switch' }),
  },
  {
    form: 'operator recover at HOST',
    means: (play, { host }) => ask(play, play.host(host), { do: 'recover' }),
  },
  {
    form: 'operator maintenance on at HOST',
    means: (play, { host }) => ask(play, play.host(host), { do: 'maintenance', on: true }),
  },
  {
    form: 'operator maintenance off at HOST',
    means: (play, { host }) => ask(play, play.host(host), { do: 'maintenance', on: false }),
  },
  {
    form: 'operator voters IDS at HOST',
    means: (play, given) =>
      setVoters(given, {
        members: play.world.checks.rosters.newest?.roster.members ?? [],
        tieBreaker: 'witness',
      })(play, given),
  },
  {
    form: 'operator voters IDS members MORE at HOST',
    means: (play, given) => setVoters(given, { members: given.more, tieBreaker: 'witness' })(play, given),
  },
  {
    form: 'operator voters IDS tie breaker fence at HOST',
    means: (play, given) => setVoters(given, { members: given.ids, tieBreaker: 'fence' })(play, given),
  },
  {
    form: 'operator promote at HOST',
    means: (play, { host }) => ask(play, play.host(host), { do: 'promote', peerIsOff: false }),
  },
  {
    form: 'operator promote at HOST, the peer is off',
    means: (play, { host }) => ask(play, play.host(host), { do: 'promote', peerIsOff: true }),
  },
  {
    form: 'operator force-master at HOST',
    means: (play, { host }) =>
      ask(play, play.host(host), { do: 'force-master', confirmedOff: [], agentsHeardOtherAgoMs: null }),
  },
  {
    form: 'operator force-master at HOST, off: IDS',
    means: (play, { host, ids }) =>
      ask(play, play.host(host), { do: 'force-master', confirmedOff: ids, agentsHeardOtherAgoMs: null }),
  },
  {
    form: 'operator force-master at HOST, off: IDS, agents heard the other TIME ago',
    means: (play, { host, ids, ms }) =>
      ask(play, play.host(host), { do: 'force-master', confirmedOff: ids, agentsHeardOtherAgoMs: ms }),
  },
];

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}

function isMaster(host: Host): boolean {
  const name = host.keeper.state?.name;
  return name === 'master-alone' || name === 'master-paired';
}

const conditions: readonly Form<Condition>[] = [
  {
    form: 'master HOST',
    means: ({ host }, { host: name }) => isMaster(host(name)) && host(name).manager.isOpen,
  },
  {
    form: 'no master',
    means: ({ world }) =>
      !world.members.some(({ keeper }) => keeper.state !== null && isActing(keeper.state)),
  },
  {
    form: 'paired',
    means: ({ world }) => {
      const newest = world.checks.rosters.newest?.roster;
      const isListed = newest !== undefined && Object.keys(newest.inSync).length === 2;
      const names = world.members.map(({ keeper }) => keeper.state?.name);
      return isListed && names.includes('master-paired') && names.includes('standby-in-sync');
    },
  },
  { form: 'HOST is off', means: ({ host }, { host: name }) => !host(name).up },
  {
    form: 'HOST is STATE',
    means: ({ host }, { host: name, state }) => host(name).keeper.state?.name === state,
  },
  {
    form: 'log ROW at HOST',
    means: ({ watch, host }, { row, host: name }) => watch.rowsSince.has(`${row}@${host(name).voterId}`),
  },
  {
    form: 'no log ROW at HOST',
    means: ({ watch, host }, { row, host: name }) => !watch.rowsSince.has(`${row}@${host(name).voterId}`),
  },
  { form: 'commits', means: ({ watch, acknowledgedBefore }) => watch.acknowledged > acknowledgedBefore },
  { form: 'no commits', means: ({ watch, acknowledgedBefore }) => watch.acknowledged === acknowledgedBefore },
  {
    form: 'voters IDS',
    means: ({ world }, { ids }) => {
      const [only, second] = world.checks.rosters.newest?.roster.voters ?? [];
      return second === undefined && isSame(only ?? [], ids);
    },
  },
  {
    form: 'voters IDS and MORE',
    means: ({ world }, { ids, more }) => {
      const [old, next] = world.checks.rosters.newest?.roster.voters ?? [];
      return isSame(old ?? [], ids) && isSame(next ?? [], more);
    },
  },
  {
    form: 'in sync IDS',
    means: ({ world }, { ids }) => isSame(Object.keys(world.checks.rosters.newest?.roster.inSync ?? {}), ids),
  },
  {
    form: 'HOST holds in sync IDS',
    means: ({ host }, { host: name, ids }) =>
      isSame(Object.keys(host(name).keeper.state?.record.roster?.inSync ?? {}), ids),
  },
  {
    form: 'HOST holds voters IDS and MORE',
    means: ({ host }, { host: name, ids, more }) => {
      const [old, next] = host(name).keeper.state?.record.roster?.voters ?? [];
      return isSame(old ?? [], ids) && isSame(next ?? [], more);
    },
  },
  { form: 'answer yes', means: ({ watch, command }) => watch.replies.get(command) === true },
  { form: 'answer no', means: ({ watch, command }) => watch.replies.get(command) === false },
];

export const grammar: Grammar<Action, Condition> = {
  actions: [...machines, ...cables, ...disks, ...troubles, ...operators],
  conditions,
};
