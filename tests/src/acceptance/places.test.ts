/**
 * Queues and locks over the real product: manager, agent, PostgreSQL, commands that say when they begin and end, and kills of the manager, of
 * the agent and of the database in between. What counts is what the commands wrote: never two with one lock, never more than the queue has
 * places, everything once.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { operations } from '@nezuban/protocol/api/operations';
import type { SessionId } from '@nezuban/protocol/ids';
import { createScratchHome } from '../support/scratch-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { choosePlace, startProduct, waitForLocalAgent, type Product, type Role } from './product.ts';

const QUEUE_PLACES = 3;
const SESSIONS = 3;
const UNITS = 6;
/** Long enough that a kill falls into it, and that two at once would overlap. */
const COMMAND_S = 0.4;

describe('places', { timeout: 1_200_000 }, () => {
  let home: ReturnType<typeof createScratchHome>;
  let folder: string;
  let product: Product;
  before(async () => {
    home = createScratchHome();
    folder = await mkdtemp(path.join(os.tmpdir(), 'nz-places-'));
    product = await startProduct(await choosePlace(home.path));
    await waitForLocalAgent(product);
  });
  after(async () => {
    await product?.stop();
    await home?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const kill = (role: Role): void => {
    for (const { pid } of product.processes(role).slice(0, 1)) process.kill(pid, 'SIGKILL');
  };
  const stateOf = async (id: SessionId): Promise<string | null> =>
    await product.call(operations.getSession, { params: { id } }).then(
      ({ state }) => state,
      () => null,
    );

  test('places: manager, agent and database are killed while units queue: never two with a lock, never more than places, each once', async () => {
    const ledger = path.join(folder, 'ledger');
    const units = Array.from({ length: UNITS }, (_, index) => {
      const lock = index % 2 === 0 ? ', locks: [ledger]' : '';
      const word = index % 2 === 0 ? 'locked' : 'free';
      const line = `echo begin ${word} $NEZUBAN_SESSION_ID/$NEZUBAN_UNIT >> ${ledger}; sleep ${COMMAND_S}; echo end ${word} $NEZUBAN_SESSION_ID/$NEZUBAN_UNIT >> ${ledger}`;
      return `  - { name: u${index}, command: "${line}"${lock} }`;
    });
    await product.call(operations.applyDefinitions, {
      body: `kind: queue\nname: few\nplaces: ${QUEUE_PLACES}\n---\nkind: jobnet\nname: night/few\ntarget: { node: local }\nqueue: few\nunits:\n${units.join('\n')}\n`,
    });
    const ids: SessionId[] = [];
    for (let session = 0; session < SESSIONS; session += 1) {
      const { id } = await product.call(operations.runNet, {
        params: { name: 'night/few' },
        body: { parameters: {} },
      });
      ids.push(id);
    }
    const lines = async (): Promise<string[]> =>
      (await readFile(ledger, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
    for (const [role, begun] of [
      ['manager', 2],
      ['agent', 6],
      ['postgres', 10],
    ] as const) {
      await waitFor(async () => (await lines()).length >= begun);
      kill(role);
    }
    await waitFor(
      async () => {
        for (const id of ids) if ((await stateOf(id)) !== 'ended') return false;
        return true;
      },
      { timeoutMs: 180_000, intervalMs: 500, message: 'all sessions to end' },
    );
    const written = await lines();
    const began = written.filter((line) => line.startsWith('begin '));
    assert.equal(new Set(began).size, began.length, 'nothing twice');
    assert.equal(began.length, SESSIONS * UNITS, 'everything once');
    const open = { all: 0, locked: 0 };
    for (const line of written) {
      const [what = '', word = ''] = line.split(' ');
      const by = what === 'begin' ? 1 : -1;
      open.all += by;
      if (word === 'locked') open.locked += by;
      assert.ok(open.all <= QUEUE_PLACES, `${open.all} at once in a queue of ${QUEUE_PLACES}: ${line}`);
      assert.ok(open.locked <= 1, `${open.locked} at once with one lock: ${line}`);
    }
    for (const id of ids) {
      const { endStatus } = await product.call(operations.getSession, { params: { id } });
      assert.equal(endStatus, 'normal');
    }
  });
});
