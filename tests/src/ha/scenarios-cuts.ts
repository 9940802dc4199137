/**
 * Scenarios: hosts that are cut from each other without a reset, in each direction.
 *
 * Part of the table in `scenarios.ts`.
 */
import { waitFor } from '../support/wait-for.ts';
import { monotonicMs } from './http-call.ts';
import { whyNoNamespaces } from './netns-network.ts';
import type { Pair } from './pair.ts';
import type { Scenario } from './scenario.ts';
import { PROMISED_MS, waitAlone } from './scenarios-kills.ts';

const CUT_OFF_ROW = "master's host or whole tree killed, or cut off";
const MEMBERS_ROW = 'members cut from each other, both see the witness';
const ONE_WAY_ROW = 'one-way cuts';
const WITNESS_ROW = 'witness lost; then the standby; or standby first, then witness';
const FLAP_ROUNDS = 6;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The witness is an agent on w, or the program there. */
const witnessOf = (_pair: Pair) => 'w' as const;

const cutScenario = (scenario: Omit<Scenario, 'whyNot'>): Scenario => ({
  ...scenario,
  whyNot: whyNoNamespaces,
});

export const cutScenarios: readonly Scenario[] = [
  cutScenario({
    name: 'master cut off from everybody: it stands down, the standby takes over, the cut heals',
    row: CUT_OFF_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.network.isolate(stage.master));
      await stage.expectTakeOver();
      await waitFor(
        async () => !((await stage.pair.self(stage.master))?.view?.state ?? '').startsWith('master-'),
        { message: `${stage.master} to have stood down` },
      );
    },
  }),
  cutScenario({
    name: "master's cable pulled: the standby takes over",
    row: CUT_OFF_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.network.unplug(stage.master));
      await stage.expectTakeOver();
    },
  }),
  cutScenario({
    name: 'master cut off and back within a second, again and again: at most one acts, nothing is lost',
    row: CUT_OFF_ROW,
    outageMsMax: null,
    async play(stage) {
      await stage.fault(() => undefined);
      for (let round = 0; round < FLAP_ROUNDS; round += 1) {
        stage.pair.network.isolate(stage.master);
        await pause(400 + round * 250);
        stage.pair.network.heal();
        await pause(300);
      }
      await stage.load.waitForAck(monotonicMs(), { timeoutMs: 30_000 });
    },
  }),
  cutScenario({
    name: 'standby cut off from everybody: the master goes on alone',
    row: CUT_OFF_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.network.isolate(stage.standby));
      await waitAlone(stage);
      await stage.expectToGoOn(5_000);
    },
  }),
  cutScenario({
    name: 'members cut from each other, both see the witness: the master goes on and drops the standby',
    row: MEMBERS_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.network.cut('a', 'b'));
      await waitAlone(stage);
      await stage.expectToGoOn(8_000);
    },
  }),
  cutScenario({
    name: 'master cut from the witness: nothing happens',
    row: MEMBERS_ROW,
    outageMsMax: 1_000,
    load: { jobNodes: ['c'] },
    async play(stage) {
      await stage.fault(() => stage.pair.network.cut(stage.master, witnessOf(stage.pair)));
      await stage.expectToGoOn(6_000);
    },
  }),
  cutScenario({
    name: 'standby cut from the witness, then the master dies: nobody takes over until it is back',
    row: MEMBERS_ROW,
    outageMsMax: null,
    load: { jobNodes: ['c'] },
    async play(stage) {
      const { pair, master, standby } = stage;
      pair.network.cut(standby, witnessOf(pair));
      await pause(3_000);
      await stage.fault(() => pair.hosts[master].processes.kill('everything'));
      await stage.expectNobody(8_000);
      pair.network.heal();
      await stage.load.waitForAck(monotonicMs(), { timeoutMs: 30_000 });
    },
  }),
  cutScenario({
    name: 'master hears nobody and is heard: it stands down, the standby takes over',
    row: ONE_WAY_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.network.deafen(stage.master));
      await stage.expectTakeOver();
    },
  }),
  cutScenario({
    name: 'master hears everybody and is not heard: it stands down, the standby takes over',
    row: ONE_WAY_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.network.mute(stage.master));
      await stage.expectTakeOver();
    },
  }),
  cutScenario({
    name: 'standby does not hear the master, the other way works: the master goes on',
    row: ONE_WAY_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.network.cutOneWay(stage.master, stage.standby));
      await stage.expectToGoOn(8_000);
    },
  }),
  cutScenario({
    name: 'master does not hear the standby, the other way works: the master goes on',
    row: ONE_WAY_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.network.cutOneWay(stage.standby, stage.master));
      await stage.expectToGoOn(8_000);
    },
  }),
  cutScenario({
    name: 'standby hears everybody and is not heard: the master goes on',
    row: ONE_WAY_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.network.mute(stage.standby));
      await stage.expectToGoOn(8_000);
    },
  }),
  cutScenario({
    name: 'witness lost: the pair goes on',
    row: WITNESS_ROW,
    outageMsMax: 1_000,
    load: { jobNodes: ['c'] },
    async play(stage) {
      await stage.fault(() => stage.pair.powerOff('w'));
      await stage.expectToGoOn(6_000);
    },
  }),
  cutScenario({
    name: 'standby lost, then the witness: the master goes on alone',
    row: WITNESS_ROW,
    outageMsMax: PROMISED_MS,
    load: { jobNodes: ['c'] },
    async play(stage) {
      await stage.fault(() => stage.pair.powerOff(stage.standby));
      await waitAlone(stage);
      await stage.pair.powerOff('w');
      await stage.expectToGoOn(8_000);
    },
  }),
  cutScenario({
    name: 'standby lost, then the witness, then the keeper of the lone master killed: full outage until a majority meets',
    row: WITNESS_ROW,
    outageMsMax: null,
    load: { jobNodes: ['c'] },
    async play(stage) {
      const { pair, master, standby } = stage;
      await pair.powerOff(standby);
      await waitAlone(stage);
      await pair.powerOff('w');
      await pause(2_000);
      await stage.fault(() => pair.hosts[master].processes.killKind('keeper'));
      await waitFor(() => pair.hosts[master].processes.list().every(({ kind }) => kind === 'job'), {
        timeoutMs: 30_000,
        message: 'the end of the tree',
      });
      pair.startKeeper(master);
      await stage.expectNobody(6_000);
      pair.startAgent('w');
      await stage.load.waitForAck(monotonicMs(), { timeoutMs: 30_000 });
    },
  }),
  cutScenario({
    name: 'witness lost for more than a minute, then the standby: another witness, the master goes on',
    row: WITNESS_ROW,
    long: true,
    outageMsMax: PROMISED_MS,
    load: { jobNodes: ['c'] },
    async play(stage) {
      const { pair } = stage;
      await pair.powerOff('w');
      await waitFor(
        async () => {
          const status = await pair.status(stage.master);
          // The lost one counts as reachable until its silence has been noticed.
          const heard =
            status?.roster?.changingVoters === false &&
            status.voters.some(
              ({ kind, name, reachable }) => kind === 'witness' && name !== 'host-w' && reachable,
            );
          return heard || status?.roster?.asymmetric;
        },
        {
          timeoutMs: 120_000,
          intervalMs: 500,
          message: 'another witness, or a roster with the master alone',
        },
      );
      await stage.fault(() => pair.powerOff(stage.standby));
      await stage.expectToGoOn(5_000);
    },
  }),
  cutScenario({
    name: 'one agent alone as witness lost for more than a minute, then the standby: the master goes on',
    row: WITNESS_ROW,
    long: true,
    own: { witness: 'agent', agents: 1 },
    load: { jobPauseMs: 0 },
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const { pair } = stage;
      await pair.powerOff('w');
      await waitFor(async () => (await pair.status(stage.master))?.roster?.asymmetric, {
        timeoutMs: 120_000,
        intervalMs: 500,
        message: 'a roster with the master alone',
      });
      await stage.fault(() => pair.powerOff(stage.standby));
      await stage.expectToGoOn(5_000);
    },
  }),
  cutScenario({
    name: 'a witness program instead of an agent: the master dies, the standby takes over',
    row: CUT_OFF_ROW,
    own: { witness: 'program', agents: 1 },
    load: { jobPauseMs: 0 },
    outageMsMax: PROMISED_MS,
    async play(stage) {
      await stage.fault(() => stage.pair.powerOff(stage.master));
      await stage.expectTakeOver();
    },
  }),
];
