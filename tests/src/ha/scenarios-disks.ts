/**
 * Scenarios: disks that are full, slow or failing, clocks that jump, replication that hangs, directories that are lost or wrong.
 *
 * Part of the table in `scenarios.ts`.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { waitFor } from '../support/wait-for.ts';
import {
  breakSyncs,
  dataDirectory,
  putDirectory,
  removeDirectory,
  saveDirectory,
  setWallClock,
  whyNoStrace,
} from './faults.ts';
import { type Host, NEZUBAN } from './host.ts';
import { monotonicMs } from './http-call.ts';
import { whyNoNamespaces } from './netns-network.ts';
import type { Pair } from './pair.ts';
import type { Scenario } from './scenario.ts';
import { PROMISED_MS, waitAlone } from './scenarios-kills.ts';

const REPLICATION_ROW = "heartbeats live, replication dead or standby's disk slow";
const DISK_ROW = "master's disk full, fsync slow or failing";
const CLOCK_ROW = 'wall clock jumps';
const PROMOTION_ROW = 'promotion fails or hangs';
const DIRECTORY_ROW =
  'directory lost, foreign, restored from a snapshot, same timeline number but another history';

const HOUR_MS = 3_600_000;
/** A stalled standby is dropped after 3 s; a slow disk of the master is seen by two probes of 3 s. */
const SLOW_MS = 4_000;
const SMALL_DISK_MIB = 900;
const RETURN_TIMEOUT_MS = 30_000;
const LOOK_MS = 100;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const needsStrace = (scenario: Omit<Scenario, 'whyNot'>): Scenario => ({
  ...scenario,
  whyNot: () => whyNoNamespaces() ?? whyNoStrace(),
});
const needsRoot = (scenario: Omit<Scenario, 'whyNot'>): Scenario => ({
  ...scenario,
  whyNot: whyNoNamespaces,
});

/** Until that member copies or follows again, from a state that is none of both. */
async function waitForState(pair: Pair, name: 'a' | 'b', states: RegExp): Promise<void> {
  await waitFor(async () => states.test((await pair.self(name))?.view?.state ?? ''), {
    timeoutMs: RETURN_TIMEOUT_MS,
    intervalMs: LOOK_MS,
    message: `${name} to be ${states}`,
  });
}

/** A stop of the standby in order, a change of its directory, and its return. The pair must become redundant again (`playScenario`). */
async function changeDirectory(pair: Pair, name: 'a' | 'b', change: (host: Host) => void): Promise<void> {
  await pair.hosts[name].processes.kill('everything');
  change(pair.hosts[name]);
  pair.startKeeper(name);
}

function walReceiver(host: Host): number {
  const [receiver] = host.processes.ofKind('wal-receiver');
  assert.ok(
    receiver,
    `no wal receiver on ${host.name}: ${host.processes
      .list()
      .map((one) => one.command)
      .join('; ')}`,
  );
  return receiver.pid;
}

export const diskScenarios: readonly Scenario[] = [
  {
    name: 'the wal receiver of the standby hangs while heartbeats live: the standby is dropped',
    row: REPLICATION_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const pid = walReceiver(stage.pair.hosts[stage.standby]);
      await stage.fault(() => void process.kill(pid, 'SIGSTOP'));
      await waitAlone(stage);
      await stage.expectToGoOn(6_000);
    },
  },
  needsStrace({
    name: "the standby's disk needs four seconds for each fsync: the standby is dropped",
    row: REPLICATION_ROW,
    // The first commit after the fault may wait for the end of the stall alone.
    outageMsMax: PROMISED_MS + 1_000,
    async play(stage) {
      let fault: Awaited<ReturnType<typeof breakSyncs>> | null = null;
      await stage.fault(async () => {
        fault = await breakSyncs(stage.pair.hosts[stage.standby], { slowMs: SLOW_MS }, [
          'postgres',
          'wal-receiver',
        ]);
      });
      await waitAlone(stage);
      await stage.expectToGoOn(8_000);
      await (fault as Awaited<ReturnType<typeof breakSyncs>> | null)?.stop();
    },
  }),
  needsStrace({
    name: "the master's disk needs four seconds for each fsync: the standby takes over",
    row: DISK_ROW,
    outageMsMax: null,
    async play(stage) {
      let fault: Awaited<ReturnType<typeof breakSyncs>> | null = null;
      await stage.fault(async () => {
        fault = await breakSyncs(stage.pair.hosts[stage.master], { slowMs: SLOW_MS }, ['postgres']);
      });
      await stage.expectTakeOver();
      await (fault as Awaited<ReturnType<typeof breakSyncs>> | null)?.stop();
    },
  }),
  needsStrace({
    name: "fsync fails on the master's disk: the standby takes over, the directory is copied anew",
    row: DISK_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      let fault: Awaited<ReturnType<typeof breakSyncs>> | null = null;
      await stage.fault(async () => {
        fault = await breakSyncs(stage.pair.hosts[stage.master], { error: 'EIO' }, ['postgres']);
      });
      await stage.expectTakeOver();
      await (fault as Awaited<ReturnType<typeof breakSyncs>> | null)?.stop();
    },
  }),
  needsRoot({
    name: "the master's disk is full: the standby takes over, votes go on",
    row: DISK_ROW,
    own: { witness: 'agent', agents: 2, smallDisks: { a: SMALL_DISK_MIB, b: 2 * SMALL_DISK_MIB } },
    outageMsMax: null,
    async play(stage) {
      assert.equal(stage.master, 'a', 'the first host has the small disk');
      await stage.fault(() => stage.pair.hosts.a.fillDisk());
      await stage.expectTakeOver();
      stage.pair.hosts.a.emptyDisk();
    },
  }),
  needsRoot({
    name: "the standby's disk is full: the master goes on",
    row: DISK_ROW,
    own: { witness: 'agent', agents: 2, smallDisks: { b: SMALL_DISK_MIB } },
    outageMsMax: PROMISED_MS,
    async play(stage) {
      assert.equal(stage.standby, 'b', 'the second host has the small disk');
      await stage.fault(() => stage.pair.hosts.b.fillDisk());
      await stage.expectToGoOn(15_000);
      stage.pair.hosts.b.emptyDisk();
    },
  }),
  clockScenario('forth', HOUR_MS),
  clockScenario('back', -HOUR_MS),
  {
    name: 'the wal receiver hangs, then the master dies: the standby is promoted all the same',
    row: PROMOTION_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const { pair, master, standby } = stage;
      const pid = walReceiver(pair.hosts[standby]);
      process.kill(pid, 'SIGSTOP');
      await stage.fault(() => pair.powerOff(master));
      await stage.expectTakeOver();
    },
  },
  {
    name: "the standby's PostgreSQL dies in the act of promotion: whoever can goes on, nothing is lost",
    row: PROMOTION_ROW,
    outageMsMax: null,
    async play(stage) {
      const { pair, master, standby } = stage;
      const host = pair.hosts[standby];
      const trigger = path.join(dataDirectory(host), 'promote');
      const killer = waitFor(
        () => {
          if (!fs.existsSync(trigger)) return false;
          for (const one of host.processes.ofKind('postgres')) process.kill(one.pid, 'SIGKILL');
          return true;
        },
        { timeoutMs: RETURN_TIMEOUT_MS, intervalMs: 1, message: 'a promotion' },
      );
      await stage.fault(() => pair.powerOff(master));
      // The trigger may come and go between two looks; then there was nothing to kill, and the scenario is one of a plain death.
      const hit = await Promise.race([killer.catch(() => false), stage.expectTakeOver().then(() => false)]);
      stage.note(hit ? 'promotion was hit' : 'promotion was too quick to be hit');
      pair.startKeeper(master);
      await stage.load.waitForAck(monotonicMs(), { timeoutMs: RETURN_TIMEOUT_MS });
      await killer.catch(() => undefined);
    },
  },
  {
    name: "the standby's directory is lost while it is off: it is copied anew",
    row: DIRECTORY_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => changeDirectory(stage.pair, stage.standby, removeDirectory));
      await stage.expectToGoOn(2_000);
    },
  },
  {
    name: "the master's host dies and its directory is lost: the standby takes over, the host is copied anew",
    row: DIRECTORY_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => changeDirectory(stage.pair, stage.master, removeDirectory));
      await stage.expectTakeOver();
    },
  },
  {
    name: 'the directory of the running standby is removed: the master goes on, the standby is copied anew',
    row: DIRECTORY_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const host = stage.pair.hosts[stage.standby];
      await stage.fault(() => removeDirectory(host));
      // It may not be noticed before PostgreSQL needs a file that it has not open.
      await stage.expectToGoOn(3_000);
      await host.processes.kill('everything');
      stage.pair.startKeeper(stage.standby);
    },
  },
  {
    name: "the standby's directory is replaced by that of another manager: refused, copied anew",
    row: DIRECTORY_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const foreign = await makeForeignDirectory(stage.pair);
      await stage.fault(() =>
        changeDirectory(stage.pair, stage.standby, (host) => putDirectory(host, foreign)),
      );
      await stage.expectToGoOn(2_000);
    },
  },
  {
    name: "the standby's directory comes from an older snapshot: it catches up or is copied, and is not elected before",
    row: DIRECTORY_ROW,
    outageMsMax: null,
    async play(stage) {
      const { pair, master, standby } = stage;
      await pair.hosts[standby].processes.kill('everything');
      const snapshot = saveDirectory(pair.hosts[standby], `snapshot-${Math.round(monotonicMs())}`);
      await pair.restore();
      await pause(2_000);
      await stage.load.waitForAck(monotonicMs(), { timeoutMs: RETURN_TIMEOUT_MS });
      // In sync again, then both die; the standby comes back with the old bytes while the master stays away.
      await stage.fault(async () => {
        await Promise.all([
          pair.hosts[master].processes.kill('everything'),
          pair.hosts[standby].processes.kill('everything'),
        ]);
      });
      putDirectory(pair.hosts[standby], snapshot);
      fs.rmSync(snapshot, { recursive: true, force: true });
      pair.startKeeper(standby);
      await stage.expectNobody(8_000);
      pair.startKeeper(master);
      await stage.load.waitForAck(monotonicMs(), { timeoutMs: RETURN_TIMEOUT_MS });
    },
  },
  {
    name: 'the standby is away for longer than the log is kept: it is copied anew',
    row: DIRECTORY_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const { pair, master, standby } = stage;
      await stage.fault(() => pair.powerOff(standby));
      await waitAlone(stage);
      await outrunWal(pair.hosts[master]);
      pair.startKeeper(standby);
      await waitForState(pair, standby, /^standby-copying/);
      await stage.expectToGoOn();
    },
  },
  {
    name: 'the standby is promoted behind our back and diverges: it is ended and copied anew',
    row: DIRECTORY_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const host = stage.pair.hosts[stage.standby];
      const postmaster = Number(
        fs.readFileSync(path.join(dataDirectory(host), 'postmaster.pid'), 'utf8').split('\n')[0],
      );
      await stage.fault(() => {
        fs.writeFileSync(path.join(dataDirectory(host), 'promote'), '');
        process.kill(postmaster, 'SIGUSR1');
      });
      await waitForState(stage.pair, stage.standby, /^standby-(copying|catching-up)|^waiting|^failed/);
      await stage.expectToGoOn(5_000);
    },
  },
  {
    name: 'the old master was ahead with commits that nobody acknowledged: it is brought back, they are gone',
    row: DIRECTORY_ROW,
    outageMsMax: PROMISED_MS,
    whyNot: whyNoNamespaces,
    async play(stage) {
      const { pair, master, standby } = stage;
      // Its standby hears nothing of the last commits; then it is cut off with them on its disk.
      await stage.fault(async () => {
        pair.network.cutOneWay(master, standby);
        await pause(300);
        pair.network.isolate(master);
      });
      await stage.expectTakeOver();
    },
  },
];

function clockScenario(direction: string, byMs: number): Scenario {
  return {
    name: `the wall clocks of both hosts jump an hour ${direction}: nothing happens`,
    row: CLOCK_ROW,
    own: { witness: 'agent', agents: 2, shiftableClocks: true },
    outageMsMax: 1_000,
    async play(stage) {
      const { pair } = stage;
      await stage.fault(() => {
        for (const name of ['a', 'b'] as const) setWallClock(pair.scratch, name, byMs);
      });
      await stage.expectToGoOn(6_000);
      stage.note('as Node sees it; PostgreSQL keeps the clock of the machine');
      for (const name of ['a', 'b'] as const) setWallClock(pair.scratch, name, 0);
    },
  };
}

/** Data of a manager that has nothing to do with the pair, made on a host that runs none. */
async function makeForeignDirectory(pair: Pair): Promise<string> {
  const { c } = pair.hosts;
  const home = path.join(pair.scratch, 'foreign');
  const data = path.join(home, 'postgres/data');
  if (fs.existsSync(data)) return data;
  const other = c.start([NEZUBAN, 'manager', '--home', home]);
  await other.waitForOutput(/http:\/\/127/, RETURN_TIMEOUT_MS * 2);
  await c.run([NEZUBAN, 'manager', 'stop', '--home', home]);
  await other.waitForEnd(RETURN_TIMEOUT_MS);
  return data;
}

/** Of so many segments the pair keeps 64. */
const SEGMENTS = 75;

/** Fills segments of the master's log with next to nothing, until those that the standby needs are gone. */
async function outrunWal(host: Host): Promise<void> {
  const socket =
    fs.readFileSync(path.join(dataDirectory(host), 'postmaster.pid'), 'utf8').split('\n')[4] ?? '';
  const client = new Client({ host: socket, user: 'nezuban', database: 'nezuban' });
  await client.connect();
  try {
    for (let segment = 0; segment < SEGMENTS; segment += 1) {
      await client.query("SELECT pg_logical_emit_message(false, 'test', 'x')");
      await client.query('SELECT pg_switch_wal()');
    }
    await client.query('CHECKPOINT');
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}
