/**
 * Scenarios: what hears traps dies or is restarted. Every other scenario carries numbered traps, too.
 *
 * Part of the table in `scenarios.ts`.
 */
import path from 'node:path';
import { operations } from '@nezuban/protocol/api/operations';
import { waitFor } from '../support/wait-for.ts';
import { monotonicMs } from './http-call.ts';
import type { MemberName } from './network.ts';
import { memberNames, type Pair } from './pair.ts';
import type { Scenario } from './scenario.ts';
import { PROMISED_MS } from './scenarios-kills.ts';
import { SYSLOG_PORT } from './trap-setup.ts';

const INTAKE_ROW = 'manager or intake dies';
const STORM_ROW = 'a storm of traps from one device';
const RESTART_ROW = 'both hosts restarted one after the other';

const RESTART_TIMEOUT_MS = 30_000;
const DEATHS = 5;
/** Long enough for some dozens of traps between two deaths. */
const BETWEEN_MS = 1_500;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Kills the intake of that host and waits until another one runs. */
async function killIntake(pair: Pair, name: MemberName): Promise<void> {
  const { processes } = pair.hosts[name];
  const before = new Set(processes.ofKind('intake').map(({ pid }) => pid));
  await processes.killKind('intake');
  await waitFor(() => processes.ofKind('intake').some(({ pid }) => !before.has(pid)), {
    timeoutMs: RESTART_TIMEOUT_MS,
    message: `another intake on ${name}`,
  });
}

const STORM_PER_SECOND = 100_000;
const STORM_SECONDS = 10;
const STORM_TIMEOUT_MS = 60_000;

/** From host w, so that it is another device than the one with the numbers. Gives how many it sent to each host. */
async function storm(pair: Pair): Promise<number> {
  const addresses = memberNames.map((name) => pair.hosts[name].place.address);
  const { code, output } = await pair.hosts.w.run(
    [
      process.execPath,
      path.join(import.meta.dirname, 'storm-main.ts'),
      String(SYSLOG_PORT),
      String(STORM_PER_SECOND),
      String(STORM_SECONDS),
      ...addresses,
    ],
    { timeoutMs: STORM_TIMEOUT_MS },
  );
  if (code !== 0) throw new Error(`the storm ended with ${code}: ${output}`);
  const { sent } = JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as { readonly sent: number };
  return sent;
}

export const trapScenarios: readonly Scenario[] = [
  {
    name: "master's intake killed again and again: every trap once, nothing else is felt",
    row: INTAKE_ROW,
    outageMsMax: 1_000,
    async play(stage) {
      await stage.fault(() => killIntake(stage.pair, stage.master));
      for (let death = 1; death < DEATHS; death += 1) {
        await pause(BETWEEN_MS);
        await killIntake(stage.pair, stage.master);
      }
      await stage.expectToGoOn();
    },
  },
  {
    name: 'intakes of both hosts killed in turn: every trap that one of them heard is there once',
    row: INTAKE_ROW,
    outageMsMax: 1_000,
    async play(stage) {
      await stage.fault(() => killIntake(stage.pair, stage.standby));
      for (const name of [stage.master, stage.standby, stage.master]) {
        await pause(BETWEEN_MS);
        await killIntake(stage.pair, name);
      }
      await stage.expectToGoOn();
    },
  },
  {
    name: 'both hosts restarted in order, one after the other: every trap once',
    row: RESTART_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const { pair, standby } = stage;
      await stage.fault(() => pair.stopKeeper(standby));
      pair.startKeeper(standby);
      const master = await pair.waitRedundant();
      await pause(BETWEEN_MS);
      await pair.stopKeeper(master);
      await pair.waitForMaster(memberNames.find((name) => name !== master) ?? standby, RESTART_TIMEOUT_MS);
      pair.startKeeper(master);
      await pair.waitRedundant();
      await stage.expectTakeOver();
    },
  },
  {
    name: "a storm of one device: the others' traps, the jobs and the master go on",
    row: STORM_ROW,
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const { pair, load } = stage;
      const began = monotonicMs();
      let sent = 0;
      await stage.fault(async () => {
        sent = await storm(pair);
      });
      const seconds = (monotonicMs() - began) / 1000;
      stage.note(`${sent} datagrams to each host within ${seconds.toFixed(1)} s`);
      await load.waitForAck(began, { timeoutMs: STORM_TIMEOUT_MS, not: stage.standby });
      const status = await pair.api.call(operations.getIntake);
      stage.note(`the intakes say: ${JSON.stringify(status).slice(0, 600)}`);
    },
  },
];
