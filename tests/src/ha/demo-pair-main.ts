/**
 * `npm run demo:pair`: a pair, a witness, two agents and work on one machine; the master dies in the middle of it.
 *
 * Responsible for a calm story with times, in less than a minute and a half, and a table at the end. As root the hosts are network
 * namespaces, else loopback addresses. It uses what the proof uses and asserts the same promises.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { createNetwork } from './create-network.ts';
import { monotonicMs } from './http-call.ts';
import { type MemberName, otherMember } from './network.ts';
import { createPair, type Pair } from './pair.ts';
import { type PairLoad, startPairLoad, type Verdict } from './pair-load.ts';

const TAKE_OVER_TIMEOUT_MS = 30_000;
/** Work before the death, so that there is something to lose. */
const WORK_MS = 4_000;
const RECOVER_TIMEOUT_MS = 60_000;

const began = monotonicMs();
const isTerminal = process.stdout.isTTY;
const paint = (code: string, text: string): string => (isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text);
const bold = (text: string) => paint('1', text);
const dim = (text: string) => paint('2', text);

function tell(text: string): void {
  const seconds = ((monotonicMs() - began) / 1000).toFixed(1).padStart(5);
  console.log(`${dim(`${seconds} s`)}  ${text}`);
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

console.log(`\n${bold('Two managers, one of them dies')}\n`);
const { network, why } = createNetwork();
if (why !== null) tell(dim(`Hosts are addresses of this machine: ${why}.`));
const state: { pair: Pair | null } = { pair: null };
const breakOff = (): void => {
  console.log('\nStopped. Everything that was started is ended.');
  void end().finally(() => process.exit(1));
};
process.once('SIGINT', breakOff);
process.once('SIGTERM', breakOff);
try {
  tell('Starting a manager on host-a, then its standby on host-b ...');
  const pair = await createPair({
    network,
    // Agents on this very machine would be no witness to it.
    witness: network.kind === 'namespaces' ? 'agent' : 'program',
    agents: 2,
    say: (line) => tell(`  ${line}`),
    onPrepared: (prepared) => (state.pair = prepared),
  });
  process.exitCode = await play(pair);
} catch (error) {
  process.exitCode = 1;
  for (let one: unknown = error; one instanceof Error; one = one.cause) console.error(one.message);
} finally {
  await end();
}

async function end(): Promise<void> {
  await state.pair?.stop();
  network.remove();
}

async function play(on: Pair): Promise<number> {
  const master = await on.waitRedundant();
  tell(`Master: ${bold(`host-${master}`)}. Standby: host-${otherMember(master)}. On host-w the witness.`);
  const load = await startPairLoad(on, { jobPauseMs: 150 });
  tell('Two clients write through the API, and job nets run on host-w and host-c.');
  await load.waitForAck(monotonicMs(), { timeoutMs: TAKE_OVER_TIMEOUT_MS });
  await delay(WORK_MS);
  tell(`So far: ${countOf(load)}.`);

  const faultAt = monotonicMs();
  await on.hosts[master].processes.kill('everything');
  tell(`${bold(paint('31', `Every process of host-${master} is killed.`))}`);
  await load.waitForAck(faultAt, { timeoutMs: TAKE_OVER_TIMEOUT_MS, not: master });
  const heir = otherMember(master);
  await waitForJob(load, { faultAt, master });
  const outage = load.outage(faultAt, master);
  for (const line of explain(await on.status(heir))) tell(`  ${line}`);
  tell(
    `${bold(paint('32', `host-${heir} is master.`))} First acknowledged write ${seconds(outage.firstWriteMs ?? 0)} after the death, first new job after ${seconds(outage.firstJobMs ?? 0)}.`,
  );
  tell('Jobs that were running went on; their results were taken over.');

  tell(`host-${master} is started again ...`);
  const recoverAt = monotonicMs();
  on.startKeeper(master);
  await on.waitRedundant(RECOVER_TIMEOUT_MS);
  tell(`  and is in sync after ${seconds(monotonicMs() - recoverAt)}. Nobody had to do anything.`);
  tell('Work ends; everything is counted.');
  const verdict = await load.finish();
  printTable(verdict, outage.firstWriteMs ?? Number.NaN);
  return verdict.violations.length === 0 ? 0 : 1;
}

async function waitForJob(load: PairLoad, fault: { faultAt: number; master: MemberName }): Promise<void> {
  for (const until = monotonicMs() + TAKE_OVER_TIMEOUT_MS; monotonicMs() < until; await delay(100))
    if (load.outage(fault.faultAt, fault.master).firstJobMs !== null) return;
}

function countOf(load: PairLoad): string {
  const acked = load.records().filter((one) => one.type === 'write' && one.outcome === 'acked').length;
  return `${acked} acknowledged writes, ${load.ledger().length} commands run`;
}

/** The phases, as the new master recorded them. */
function explain(status: PairStatus | null): string[] {
  const newest = status?.history.toSorted((a, b) => b.term - a.term)[0];
  if (newest === undefined) return [];
  const phases: readonly (readonly [number | null, string])[] = [
    [newest.steps.detectMs, 'without a word of the old master, until its lease was surely over'],
    [newest.steps.electMs, 'to be elected by itself and the witness'],
    [newest.steps.promoteMs, 'until its PostgreSQL was primary'],
    [newest.steps.openMs, 'until its manager served'],
  ];
  return phases.flatMap(([ms, what]) => (ms === null ? [] : [dim(`${seconds(ms)} ${what}`)]));
}

function printTable({ writes, jobs, violations }: Verdict, outageMs: number): void {
  const unknown = writes.unknownDone + writes.unknownNotDone;
  const rows: readonly (readonly [string, string])[] = [
    ['acknowledged writes', String(writes.acked)],
    ['  of these lost', String(writes.lost.length)],
    ['  of these doubled', String(writes.doubled.length)],
    ['writes without an answer', `${unknown} (${writes.unknownDone} were done)`],
    ['sessions started', String(jobs.sessions)],
    ['  of these lost', String(jobs.lost.length)],
    ['commands run', String(jobs.commands)],
    ['  of these doubled', String(jobs.doubled.length)],
    ['from death to the next acknowledged write', seconds(outageMs)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  console.log('');
  for (const [name, value] of rows) console.log(`  ${name.padEnd(width)}  ${bold(value)}`);
  for (const sentence of violations.slice(0, 10)) console.log(`  ${paint('31', `! ${sentence}`)}`);
  console.log('');
}
