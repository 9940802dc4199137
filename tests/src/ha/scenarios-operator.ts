/**
 * Scenarios: what people do, and what only people can decide: switches, stops, maintenance, two hosts alone, lost majorities, releases.
 *
 * Part of the table in `scenarios.ts`.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../acceptance/product.ts';
import { waitFor } from '../support/wait-for.ts';
import { removeDirectory } from './faults.ts';
import { NEZUBAN } from './host.ts';
import { monotonicMs } from './http-call.ts';
import { whyNoNamespaces } from './netns-network.ts';
import type { MemberName } from './network.ts';
import { otherMember } from './network.ts';
import { memberFlags, type Pair } from './pair.ts';
import type { Scenario, Stage } from './scenario.ts';
import { PROMISED_MS, waitAlone } from './scenarios-kills.ts';

const SWITCH_ROW = 'planned switch';
const STOP_ROW = 'a host is stopped in order';
const MAINTENANCE_ROW = 'maintenance';
const TWO_HOSTS_ROW = 'truly two hosts';
const FORCE_ROW = 'force-master';
const RECOVER_ROW = 'recover';
const RELEASE_ROW = 'releases one minor apart';

const SWITCHES = 4;
/** A host that was heard within ten seconds is not believed to be off. */
const SILENCE_MS = 11_000;
const TAKE_OVER_TIMEOUT_MS = 40_000;

/** A planned switch to the other member; gives how long no write was acknowledged. */
export async function switchOver(stage: Pick<Stage, 'pair' | 'load'>, master: MemberName): Promise<void> {
  const before = monotonicMs();
  const result = await stage.pair.control[master].command({ do: 'switch' });
  assert.ok(result.ok, `the switch was refused: ${result.says}`);
  await stage.load.waitForAck(before, { timeoutMs: TAKE_OVER_TIMEOUT_MS, not: master });
}

/** `nezuban pair ...` on that host, as a person types it. */
async function type(pair: Pair, name: MemberName, words: readonly string[]): Promise<string> {
  const command = [NEZUBAN, 'pair', ...words, '--home', pair.hosts[name].home];
  const { code, output } = await pair.hosts[name].run(command, { timeoutMs: 180_000 });
  assert.equal(code, 0, `"nezuban pair ${words.join(' ')}" on ${name}: ${output}`);
  return output;
}

/** A checkout of another release, as one program sees it: the version in every package.json. */
export function anotherRelease(pair: Pair, change: (version: readonly [number, number, number]) => string) {
  const file = path.join(repositoryRoot, 'package.json');
  const text = fs.readFileSync(file, 'utf8');
  const version = (JSON.parse(text) as { version: string }).version;
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const other = change([major, minor, patch]);
  const source = path.join(pair.scratch, `package-${other}.json`);
  fs.writeFileSync(source, text.replace(`"version": "${version}"`, `"version": "${other}"`));
  return { version: other, overlays: [{ source, target: file }] };
}

export const operatorScenarios: readonly Scenario[] = [
  {
    name: `${SWITCHES} planned switches in a row: jobs go on, nothing is lost`,
    row: SWITCH_ROW,
    outageMsMax: null,
    async play(stage) {
      let master = stage.master;
      await stage.fault(() => undefined);
      for (let round = 0; round < SWITCHES; round += 1) {
        await switchOver(stage, master);
        master = otherMember(master);
        // A switch needs a standby in sync; the one before has just left.
        assert.equal(await stage.pair.waitRedundant(), master);
      }
    },
  },
  {
    name: 'a planned switch typed on the standby',
    row: SWITCH_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(async () => void (await type(stage.pair, stage.standby, ['switch', '--yes'])));
      await stage.expectTakeOver();
    },
  },
  {
    name: 'a planned switch while the standby hangs: called off, the master goes on',
    row: SWITCH_ROW,
    outageMsMax: null,
    async play(stage) {
      const { processes } = stage.pair.hosts[stage.standby];
      await stage.fault(() => processes.pause());
      const result = await stage.pair.control[stage.master].command({ do: 'switch' });
      assert.ok(!result.ok, 'a switch to a host that hangs');
      stage.note(result.says);
      await stage.expectToGoOn(2_000);
      processes.resume();
    },
  },
  {
    name: 'the master is stopped in order: the standby takes over',
    row: STOP_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.stopKeeper(stage.master));
      await stage.expectTakeOver();
    },
  },
  {
    name: 'the standby is stopped in order: the master goes on',
    row: STOP_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.stopKeeper(stage.standby));
      await waitAlone(stage);
      await stage.expectToGoOn();
    },
  },
  {
    name: 'maintenance of the standby on and off; of the master it is refused',
    row: MAINTENANCE_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const { pair, master, standby } = stage;
      await stage.fault(async () => {
        const on = await pair.control[standby].command({ do: 'maintenance', on: true });
        assert.ok(on.ok, on.says);
      });
      await waitAlone(stage);
      const refused = await pair.control[master].command({ do: 'maintenance', on: true });
      assert.ok(!refused.ok, 'maintenance of a lone master');
      stage.note(refused.says);
      await stage.expectToGoOn(1_000);
      const off = await pair.control[standby].command({ do: 'maintenance', on: false });
      assert.ok(off.ok, off.says);
    },
  },
  {
    name: 'two hosts alone, tie-breaker manual: nobody takes over before a person says so',
    row: TWO_HOSTS_ROW,
    own: { witness: 'none', agents: 2, tieBreaker: 'manual' },
    outageMsMax: null,
    async play(stage) {
      const { pair, master, standby } = stage;
      await stage.fault(() => pair.powerOff(master));
      await stage.expectNobody(SILENCE_MS);
      await type(pair, standby, ['promote', '--peer-is-off', '--yes']);
      await stage.expectTakeOver();
    },
  },
  {
    name: 'two hosts alone, tie-breaker manual: the standby dies, a person says so on the master',
    row: TWO_HOSTS_ROW,
    own: { witness: 'none', agents: 2, tieBreaker: 'manual' },
    outageMsMax: null,
    async play(stage) {
      const { pair, master, standby } = stage;
      await stage.fault(() => pair.powerOff(standby));
      await stage.expectNobody(SILENCE_MS);
      await type(pair, master, ['promote', '--peer-is-off', '--yes']);
      await stage.load.waitForAck(monotonicMs(), { timeoutMs: TAKE_OVER_TIMEOUT_MS });
    },
  },
  {
    name: 'master and witness lost for good: the standby waits, and serves after force-master, marked as possibly lossy',
    row: FORCE_ROW,
    own: { witness: 'agent', agents: 2 },
    load: { jobNodes: ['c'] },
    outageMsMax: null,
    async play(stage) {
      const { pair, master, standby } = stage;
      const status = await pair.status(standby);
      const others = (status?.voters ?? []).filter(({ id }) => id !== status?.self);
      await stage.fault(async () => {
        await pair.powerOff(master);
        await pair.powerOff('w');
      });
      await stage.expectNobody(6_000);
      const early = await pair.control[standby].command({ do: 'force-master', confirmedOff: [] });
      assert.ok(!early.ok, 'force-master without a word about the others');
      stage.note(early.says);
      await waitFor(
        async () =>
          (
            await pair.control[standby].command({
              do: 'force-master',
              confirmedOff: others.map(({ id }) => id),
            })
          ).ok,
        { timeoutMs: TAKE_OVER_TIMEOUT_MS, intervalMs: 1_000, message: 'force-master to be accepted' },
      );
      await stage.expectTakeOver();
      const forced = await pair.status(standby);
      assert.ok(forced?.roster?.forced, 'the roster says that it was forced');
    },
  },
  {
    name: "recover: the standby's directory is lost and its host is off; one command on the master after its start",
    row: RECOVER_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const { pair, master, standby } = stage;
      await stage.fault(() => pair.powerOff(standby));
      removeDirectory(pair.hosts[standby]);
      await waitAlone(stage);
      pair.startKeeper(standby);
      const said = await type(pair, master, ['recover']);
      stage.note(said.trim().split('\n').at(-1) ?? '');
      await stage.expectToGoOn();
    },
  },
  {
    name: 'the standby runs one minor release further: the pair works, a switch and a death included',
    row: RELEASE_ROW,
    whyNot: whyNoNamespaces,
    outageMsMax: null,
    async play(stage) {
      const { pair, master, standby } = stage;
      const { overlays } = anotherRelease(pair, ([major, minor]) => `${major}.${minor + 1}.0`);
      await pair.stopKeeper(standby);
      pair.startProgram(standby, [NEZUBAN, 'manager', ...memberFlags(pair.hosts[standby])], { overlays });
      await pair.waitRedundant();
      await stage.fault(() => switchOver(stage, master));
      await pair.waitRedundant();
      await stage.fault(() => pair.powerOff(standby));
      await stage.load.waitForAck(monotonicMs(), { timeoutMs: TAKE_OVER_TIMEOUT_MS, not: standby });
    },
  },
];
