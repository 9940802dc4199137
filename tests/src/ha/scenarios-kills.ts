/**
 * Scenarios: hosts and processes that are killed, frozen, or die by themselves.
 *
 * Part of the table in `scenarios.ts`.
 */
import assert from 'node:assert/strict';
import { waitFor } from '../support/wait-for.ts';
import type { Host } from './host.ts';
import { monotonicMs } from './http-call.ts';
import type { Pair } from './pair.ts';
import type { Scenario, Stage } from './scenario.ts';

/** The promise of the default profile on one LAN. */
export const PROMISED_MS = 5_000;
const HOST_ROW = "master's host or whole tree killed, or cut off";
const KEEPER_ROW = 'keeper killed; guard killed; keeper frozen';
const POSTGRES_ROW = 'postgres dies';
const MANAGER_ROW = 'manager dies';
const PAUSE_ROW = 'everything paused and resumed';
const POWER_ROW = 'both hosts lose power, any order back';

/** The guard's bound is 100 ms; the rest is for a busy machine and for looking. */
const TREE_END_TIMEOUT_MS = 5_000;
const OUT_TIMEOUT_MS = 20_000;
const RESTART_TIMEOUT_MS = 30_000;
/** Well beyond lease and promise. */
const LONG_PAUSE_MS = 8_000;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Nothing that acts is left: no database, no manager. */
async function expectTreeGone(host: Host): Promise<number> {
  const began = monotonicMs();
  await waitFor(() => host.processes.list().every(({ kind }) => kind !== 'postgres' && kind !== 'manager'), {
    timeoutMs: TREE_END_TIMEOUT_MS,
    intervalMs: 5,
    message: `the end of PostgreSQL and manager on ${host.name}`,
  });
  return monotonicMs() - began;
}

/** The master has dropped a standby that is lost. */
export async function waitAlone({ pair, master }: Pick<Stage, 'pair' | 'master'>): Promise<void> {
  await waitFor(async () => (await pair.self(master))?.view?.state === 'master-alone', {
    timeoutMs: OUT_TIMEOUT_MS,
    intervalMs: 50,
    message: `${master} to be master alone`,
  });
}

const killBoth = async (pair: Pair): Promise<void> => {
  pair.network.isolate('a');
  pair.network.isolate('b');
  await Promise.all([pair.hosts.a.processes.kill('everything'), pair.hosts.b.processes.kill('everything')]);
  pair.network.heal();
};

const postmasterOf = (host: Host) => {
  const found = host.processes
    .ofKind('postgres')
    .filter(({ command }) => /\/bin\/postgres -D/.test(command))
    .toSorted((x, y) => Number(x.startTime) - Number(y.startTime));
  const [postmaster] = found;
  assert.ok(postmaster, `no PostgreSQL runs on ${host.name}`);
  return postmaster;
};

export const killScenarios: readonly Scenario[] = [
  {
    name: "master's host killed: standby takes over",
    row: HOST_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.hosts[stage.master].processes.kill('everything'));
      await stage.expectTakeOver();
    },
  },
  {
    name: "master's host loses power without a word: standby takes over",
    row: HOST_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.powerOff(stage.master));
      await stage.expectTakeOver();
    },
  },
  {
    name: "master's whole tree killed, its jobs live: standby takes over",
    row: HOST_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.hosts[stage.master].processes.kill('tree'));
      await stage.expectTakeOver();
    },
  },
  {
    name: 'five deaths in a row, each as soon as the pair is redundant: nothing is lost',
    row: HOST_ROW,
    outageMsMax: null,
    async play(stage) {
      for (let round = 0; round < 5; round += 1) {
        const master = await stage.pair.restore();
        const faultAt = monotonicMs();
        await stage.fault(() => stage.pair.hosts[master].processes.kill('everything'));
        await stage.load.waitForAck(faultAt, { timeoutMs: OUT_TIMEOUT_MS, not: master });
      }
    },
  },
  {
    name: "standby's host killed: the master goes on alone",
    row: HOST_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.powerOff(stage.standby));
      await waitAlone(stage);
      await stage.expectToGoOn();
    },
  },
  {
    name: "master's keeper killed: the guard ends the tree, the standby takes over",
    row: KEEPER_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const host = stage.pair.hosts[stage.master];
      await stage.fault(() => host.processes.killKind('keeper'));
      stage.note(`tree gone after ${(await expectTreeGone(host)).toFixed(0)} ms`);
      await stage.expectTakeOver();
    },
  },
  {
    name: "standby's keeper killed: the master goes on",
    row: KEEPER_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const host = stage.pair.hosts[stage.standby];
      await stage.fault(() => host.processes.killKind('keeper'));
      await expectTreeGone(host);
      await stage.expectToGoOn(3_000);
    },
  },
  {
    name: "master's guard killed: it is started again, nothing else changes",
    row: KEEPER_ROW,
    outageMsMax: 1_000,
    async play(stage) {
      const { processes } = stage.pair.hosts[stage.master];
      const before = new Set(processes.ofKind('guard').map(({ pid }) => pid));
      await stage.fault(() => processes.killKind('guard'));
      await waitFor(() => processes.ofKind('guard').some(({ pid }) => !before.has(pid)), {
        timeoutMs: RESTART_TIMEOUT_MS,
        message: 'another guard',
      });
      await stage.expectToGoOn(2_000);
    },
  },
  {
    name: "master's keeper frozen: the guard ends the tree before the lease, the standby takes over",
    row: KEEPER_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const host = stage.pair.hosts[stage.master];
      await stage.fault(() => host.processes.pause(['keeper']));
      stage.note(`tree gone after ${(await expectTreeGone(host)).toFixed(0)} ms`);
      await stage.expectTakeOver();
      host.processes.resume();
    },
  },
  {
    name: "master's PostgreSQL killed: the standby takes over at once",
    row: POSTGRES_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const { pid } = postmasterOf(stage.pair.hosts[stage.master]);
      await stage.fault(() => void process.kill(pid, 'SIGKILL'));
      await stage.expectTakeOver();
    },
  },
  {
    name: 'a backend of the master killed: PostgreSQL ends itself, the standby takes over',
    row: POSTGRES_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const host = stage.pair.hosts[stage.master];
      const backend = host.processes
        .ofKind('postgres')
        .find(({ command }) => /walwriter|checkpointer/.test(command));
      assert.ok(backend);
      await stage.fault(() => void process.kill(backend.pid, 'SIGKILL'));
      await stage.expectTakeOver();
    },
  },
  {
    name: 'PostgreSQL of a lone master killed: it restarts behind the start gate',
    row: POSTGRES_ROW,
    outageMsMax: null,
    async play(stage) {
      const { pair, master, standby } = stage;
      await pair.powerOff(standby);
      await waitAlone(stage);
      const { pid } = postmasterOf(pair.hosts[master]);
      await stage.fault(() => void process.kill(pid, 'SIGKILL'));
      await stage.expectToGoOn();
    },
  },
  {
    name: "standby's PostgreSQL killed: it restarts, the master goes on",
    row: POSTGRES_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const { pid } = postmasterOf(stage.pair.hosts[stage.standby]);
      await stage.fault(() => void process.kill(pid, 'SIGKILL'));
      await stage.expectToGoOn(4_000);
    },
  },
  {
    name: "master's manager killed: it restarts on the same host",
    row: MANAGER_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.hosts[stage.master].processes.killKind('manager'));
      await stage.expectToGoOn(100);
    },
  },
  {
    name: "master's manager dies again and again: the standby takes over",
    row: MANAGER_ROW,
    outageMsMax: null,
    async play(stage) {
      const { pair, master } = stage;
      await stage.fault(() => pair.hosts[master].processes.killKind('manager'));
      await waitFor(
        async () => {
          if (await isMaster(pair, stage.standby)) return true;
          for (const one of pair.hosts[master].processes.ofKind('manager')) process.kill(one.pid, 'SIGKILL');
          return false;
        },
        { timeoutMs: 60_000, intervalMs: 200, message: `${stage.standby} to be master` },
      );
      await stage.expectTakeOver();
    },
  },
  {
    name: 'everything on the master frozen for longer than the lease: the standby takes over, the resumed one does nothing',
    row: PAUSE_ROW,
    outageMsMax: PROMISED_MS,
    // A resumed manager may answer one question before it has looked at its clock; its writes are what counts.
    load: { dutyEveryMs: 0 },
    async play(stage) {
      const { processes } = stage.pair.hosts[stage.master];
      await stage.fault(() => processes.pause());
      await stage.expectTakeOver();
      await pause(LONG_PAUSE_MS);
      processes.resume();
      const resumedAt = monotonicMs();
      await stage.load.waitForAck(resumedAt, { timeoutMs: OUT_TIMEOUT_MS });
    },
  },
  {
    name: 'everything on the master frozen for half a lease: nobody takes over',
    row: PAUSE_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const { processes } = stage.pair.hosts[stage.master];
      await stage.fault(async () => {
        await processes.pause();
        await pause(600);
        processes.resume();
      });
      await stage.expectToGoOn(1_000);
    },
  },
  {
    name: 'everything on a lone master frozen and resumed: it goes on, nothing is lost',
    row: PAUSE_ROW,
    outageMsMax: null,
    async play(stage) {
      const { pair, master, standby } = stage;
      await pair.powerOff(standby);
      await waitAlone(stage);
      const { processes } = pair.hosts[master];
      await stage.fault(() => processes.pause());
      await pause(LONG_PAUSE_MS);
      processes.resume();
      await stage.expectToGoOn(LONG_PAUSE_MS);
    },
  },
  {
    name: 'everything on the standby frozen: it is dropped, later it is in sync again',
    row: PAUSE_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const { processes } = stage.pair.hosts[stage.standby];
      await stage.fault(() => processes.pause());
      await waitAlone(stage);
      await stage.expectToGoOn(LONG_PAUSE_MS);
      processes.resume();
    },
  },
  ...(['a', 'b'] as const).flatMap((first): Scenario[] => [
    {
      name: `both hosts lose power, ${first} comes back first: nothing acknowledged is lost`,
      row: POWER_ROW,
      outageMsMax: null,
      async play(stage) {
        await stage.fault(() => killBoth(stage.pair));
        stage.pair.startKeeper(first);
        // Two of three voters, and it is in sync: it serves without the other one.
        await stage.load.waitForAck(monotonicMs(), { timeoutMs: RESTART_TIMEOUT_MS });
      },
    },
  ]),
  {
    name: 'both hosts and the witness lose power: the first two back serve',
    row: POWER_ROW,
    load: { jobNodes: ['c'] },
    outageMsMax: null,
    async play(stage) {
      const { pair } = stage;
      await stage.fault(async () => {
        await killBoth(pair);
        await pair.powerOff('w');
      });
      pair.startKeeper('a');
      await stage.expectNobody(4_000);
      pair.startKeeper('b');
      await stage.load.waitForAck(monotonicMs(), { timeoutMs: RESTART_TIMEOUT_MS });
    },
  },
  {
    name: 'both lose power while the standby was out of sync, it comes back first: it waits for the other',
    row: POWER_ROW,
    outageMsMax: null,
    async play(stage) {
      const { pair, master, standby } = stage;
      await pair.powerOff(standby);
      await waitAlone(stage);
      await stage.load.waitForAck(monotonicMs(), { timeoutMs: OUT_TIMEOUT_MS });
      await stage.fault(() => pair.powerOff(master));
      pair.startKeeper(standby);
      await stage.expectNobody(8_000);
      pair.startKeeper(master);
      await stage.load.waitForAck(monotonicMs(), { timeoutMs: RESTART_TIMEOUT_MS });
    },
  },
];

async function isMaster(pair: Pair, name: 'a' | 'b'): Promise<boolean> {
  return ((await pair.self(name))?.view?.state ?? '').startsWith('master-');
}
