/**
 * Rounds of the proof that nothing runs twice and nothing gets stuck: a 200-unit session, and in the middle of it one process of
 * the product is killed with SIGKILL.
 *
 * Responsible for one round and its verdict. Called by `kill-rounds.test.ts` (few rounds) and `npm run proof:kills` (many).
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { operations } from '@nezuban/protocol/api/operations';
import { type MarkedProcess, signalMarked } from '../support/processes.ts';
import { waitFor } from '../support/wait-for.ts';
import { LEDGER_NET, LEDGER_UNITS, ledgerNetYaml, readLedger } from './ledger-net.ts';
import {
  type Product,
  type ProductPlace,
  type Role,
  startProduct,
  waitForLocalAgent,
  waitUntilGone,
} from './product.ts';

export const victims = ['manager', 'agent', 'postgres', 'keeper', 'spawner', 'npm', 'waiter'] as const;
export type Victim = (typeof victims)[number];

const SESSION_TIMEOUT_MS = 300_000;

export type RoundResult = {
  readonly victim: Victim;
  readonly killedAfterUnits: number;
  readonly milliseconds: number;
};

/** Plays one round; `killAfterUnits` is the number of ledger lines at which the victim dies. Throws where the promise is broken. */
export async function playKillRound(
  place: ProductPlace,
  victim: Victim,
  killAfterUnits: number,
): Promise<RoundResult> {
  const began = performance.now();
  const ledger = path.join(place.home, `ledger-${process.hrtime.bigint()}`);
  let product = await startProduct(place, { via: 'npm' });
  try {
    await waitForLocalAgent(product);
    await product.call(operations.applyDefinitions, { body: ledgerNetYaml(ledger) });
    const { id } = await product.call(operations.runNet, {
      params: { name: LEDGER_NET },
      body: { parameters: { LEDGER: ledger } },
    });
    await waitFor(async () => (await readLedger(ledger)).length >= killAfterUnits, {
      timeoutMs: SESSION_TIMEOUT_MS,
      message: `${killAfterUnits} units`,
    });
    await kill(product, victim);
    if (victim === 'npm' || victim === 'keeper') {
      await waitUntilGone(place.home);
      product = await startProduct(place, { via: 'npm' });
    }
    const session = await endedSession(product, id);
    const lines = await readLedger(ledger);
    const doubled = lines.filter(
      (line, index) => lines.findIndex((other) => other.unit === line.unit) !== index,
    );
    assert.deepEqual(doubled, [], 'a unit ran twice');
    if (victim === 'waiter') {
      const unknown = session.units.filter((unit) => unit.endStatus === 'unknown' && unit.type === 'command');
      assert.equal(unknown.length, 1, 'exactly the unit of the killed waiter is unknown');
      assert.ok(
        lines.some((line) => line.unit === unknown[0]?.path),
        'the unknown unit had run',
      );
      const ran = session.units.filter((unit) => unit.state === 'ended').length;
      assert.equal(lines.length, ran, 'every ended unit ran once');
    } else {
      assert.equal(lines.length, LEDGER_UNITS, 'every unit ran once');
      assert.equal(session.endStatus, 'normal');
    }
    return { victim, killedAfterUnits: killAfterUnits, milliseconds: performance.now() - began };
  } finally {
    await product.stop();
  }
}

async function endedSession(product: Product, id: number) {
  return waitFor(
    async () => {
      const session = await product.call(operations.getSession, { params: { id } });
      return session.state === 'ended' && session;
    },
    { timeoutMs: SESSION_TIMEOUT_MS, intervalMs: 100, message: `the end of session ${id}` },
  );
}

async function kill(product: Product, victim: Victim): Promise<void> {
  if (victim === 'npm') {
    product.process.kill('SIGKILL');
    return;
  }
  const role: Role = victim;
  await waitFor(
    () => {
      const found = product
        .processes(role)
        .toSorted((a, b) => Number(a.startTime) - Number(b.startTime) || a.pid - b.pid);
      if (victim === 'waiter') return found.toReversed().some((one) => killAtWork(product, one));
      // Of the postgres processes the postmaster is the oldest.
      return found[0] !== undefined && signalMarked(found[0], 'SIGKILL');
    },
    { message: `a ${victim} process to kill` },
  );
}

/** Kills a waiter whose command has been started. False if it had written its exit record before: then it was too late, and another one is taken. */
function killAtWork(product: Product, waiter: MarkedProcess): boolean {
  const folder = path.join(product.place.home, 'agent/attempts', waiter.command.split(' ')[1] ?? '');
  if (!existsSync(path.join(folder, 'started')) || existsSync(path.join(folder, 'exit'))) return false;
  return signalMarked(waiter, 'SIGKILL') && !existsSync(path.join(folder, 'exit'));
}
