/**
 * Targets that choose one node of several, with three real agents that are killed or frozen before an order, with an order on its way to them, and
 * after they have taken it. What ran, and by whose spawner, the commands write themselves: nothing twice, and the session says what happened.
 */
import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { operations } from '@nezuban/protocol/api/operations';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { createScratchHome } from '../support/scratch-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { choosePlace, repositoryRoot, startProduct, type Product } from './product.ts';

const CLI = path.join(repositoryRoot, 'cli/bin/nezuban');
const PATIENCE_MS = 300_000;
const names = ['n1', 'n2', 'n3'] as const;
type Name = (typeof names)[number];
const ANSWER_WITHIN_S = 2;

describe('fall-over', { timeout: 1_200_000 }, () => {
  let home: ReturnType<typeof createScratchHome>;
  let folder: string;
  let product: Product;
  const agents = new Map<Name, ChildProcess>();
  const removed = new Set<Name>();
  let ledger: string;
  let made = 0;

  const agentHome = (name: Name): string => path.join(folder, name);
  const until = async <Value>(
    message: string,
    look: () => Promise<Value>,
  ): Promise<Exclude<Value, false | null | undefined>> =>
    (await waitFor(look, { timeoutMs: PATIENCE_MS, intervalMs: 100, message })) as never;
  const connection = async (name: Name): Promise<string> =>
    (await product.call(operations.getNode, { params: { name } })).connection;
  const start = async (name: Name): Promise<void> => {
    const main = path.join(repositoryRoot, 'agent/src/main.ts');
    const words = ['--disable-warning=ExperimentalWarning', main, '--home', agentHome(name)];
    agents.set(name, spawn(process.execPath, words, { stdio: 'ignore' }));
    await until(`${name} to connect`, async () => (await connection(name)) === 'connected');
  };
  /** Gives back when the manager knows of it. */
  const kill = async (name: Name): Promise<void> => {
    const child = agents.get(name);
    agents.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const over = hasEnded(child);
    child.kill('SIGKILL');
    await over;
    await until(`${name} to be gone`, async () => (await connection(name)) !== 'connected');
  };
  const freeze = (name: Name): void => void agents.get(name)?.kill('SIGSTOP');
  const thaw = (name: Name): void => void agents.get(name)?.kill('SIGCONT');

  before(async () => {
    home = createScratchHome();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-fall-'));
    product = await startProduct(await choosePlace(home.path));
    for (const name of names) {
      const { token } = await product.call(operations.createJoinToken, { body: {} });
      const manager = `127.0.0.1:${product.place.agentPort}`;
      const options = ['--manager', manager, '--token', token, '--name', name, '--home', agentHome(name)];
      await promisify(execFile)(CLI, ['agent', 'join', ...options], { timeout: PATIENCE_MS });
      await start(name);
    }
    await product.call(operations.applyDefinitions, {
      body: `kind: scope\nname: three\nnodes: [${names.join(', ')}]\n`,
    });
  });
  after(async () => {
    for (const name of names) thaw(name);
    for (const child of agents.values()) child.kill('SIGTERM');
    await Promise.all([...agents.values()].map(hasEnded));
    await product?.stop();
    await home?.remove();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    made += 1;
    ledger = path.join(folder, `ledger-${made}`);
  });
  afterEach(async () => {
    for (const name of names.filter((one) => !removed.has(one))) {
      thaw(name);
      if (!agents.has(name)) await start(name);
      await until(`${name} to be back`, async () => (await connection(name)) === 'connected');
    }
  });

  /** The spawner's own name on the host holds the home of its agent. */
  const line = 'cat /proc/$(sed -n "s/^PPid:.//p" /proc/$PPID/status)/cmdline | tr "\\\\0\\\\n" "  "';
  const apply = async (mode: string, units: readonly string[]): Promise<string> => {
    const net = `fall/over-${made}`;
    const each = (unit: string) =>
      `  - name: u${unit}\n    command: ${JSON.stringify(`echo "$(${line})" >> ${ledger}; until [ -e ${ledger}.go ] || [ ! -d ${folder} ]; do sleep 0.05; done`)}\n`;
    await product.call(operations.applyDefinitions, {
      body: `kind: jobnet\nname: ${net}\ntarget: { scope: three, ${mode}, answer_within_s: ${ANSWER_WITHIN_S} }\nunits:\n${units.map(each).join('')}`,
    });
    return net;
  };
  const run = async (net: string): Promise<number> =>
    (await product.call(operations.runNet, { params: { name: net }, body: {} })).id;
  const session = async (id: number): Promise<SessionDetail> =>
    product.call(operations.getSession, { params: { id } });
  /** In the order in which they were made, each with what became of it. */
  const attempts = (seen: SessionDetail): string[] =>
    seen.units
      .flatMap((unit) => unit.attempts)
      .toSorted((one, other) => one.createdAt.localeCompare(other.createdAt))
      .map(({ node, state, reason }) => `${node} ${state}${reason === null ? '' : `: ${reason}`}`);
  /** Until the agent of that node has been given up; it says so while it waits. */
  const whenWithdrawn = async (id: number, name: Name): Promise<void> => {
    const said = `The agent of ${name} did not take the order within ${ANSWER_WITHIN_S} s; it is being withdrawn.`;
    await until('the order to be withdrawn', async () => (await session(id)).units[0]?.reason === said);
    assert.deepEqual(ran(), [], `nowhere while ${name} may have it`);
    const { items } = await product.call(operations.listEvents, {
      query: { code: ['attempt_moved'], limit: 50 },
    });
    assert.equal(items.filter(({ details }) => details['session'] === id).length, 1);
  };
  const go = (): void => fs.writeFileSync(`${ledger}.go`, '');
  const ran = (): string[] =>
    (fs.existsSync(ledger) ? fs.readFileSync(ledger, 'utf8') : '')
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => path.basename(path.dirname(text.trim().split(' ').at(-1) ?? '')));
  const whenRunning = (id: number) =>
    until(`session ${id} to run`, async () =>
      (await session(id)).units.every(({ state }) => state === 'running'),
    );
  const whenEnded = (id: number) =>
    until(`session ${id} to end`, async () => {
      const seen = await session(id);
      return seen.state === 'ended' && seen;
    });
  const byPriority = 'mode: by_priority, order: [n2, n1, n3]';

  test('agent killed before the order: the next in turn gets it at once', async () => {
    await kill('n2');
    const id = await run(await apply(byPriority, ['1']));
    await whenRunning(id);
    go();
    assert.equal((await whenEnded(id)).endStatus, 'normal');
    assert.deepEqual(ran(), ['n1']);
  });

  test('least_loaded: units go to whom has fewest; one that is gone gets none', async () => {
    const first = await run(await apply(byPriority, ['1', '2']));
    await whenRunning(first);
    const busy = ledger;
    made += 1;
    ledger = path.join(folder, `ledger-${made}`);
    const id = await run(await apply('mode: least_loaded', ['1', '2', '3']));
    await whenRunning(id);
    await until('the ledger', async () => ran().length === 3);
    // n2 has two already: each of the others gets one before one of them gets the third.
    assert.equal(ran().filter((name) => name === 'n2').length, 0, ran().join());
    assert.equal(new Set(ran()).size, 2, ran().join());
    go();
    await whenEnded(id);
    fs.writeFileSync(`${busy}.go`, '');
    await whenEnded(first);
  });

  test('agent frozen with the order on its way, then back: either the next gets it or n2 had begun it and keeps it, ran once', async () => {
    freeze('n2');
    const id = await run(await apply(byPriority, ['1']));
    await whenWithdrawn(id, 'n2');
    thaw('n2');
    go();
    const seen = await whenEnded(id);
    // Order and withdrawal lie one behind the other before the agent that wakes up: which comes first to its spawner is open.
    const [keeper] = ran();
    assert.deepEqual([seen.endStatus, ran()], ['normal', [keeper]]);
    assert.match(
      attempts(seen).join('; '),
      keeper === 'n2' ? /^n2 ended$/ : /^n2 refused: cancelled before it (arrived|was started); n1 ended$/,
    );
  });

  test('agent killed with the order on its way: the next gets it once the agent is back and has never had it', async () => {
    freeze('n2');
    const id = await run(await apply(byPriority, ['1']));
    await whenWithdrawn(id, 'n2');
    await kill('n2');
    assert.deepEqual(ran(), [], 'nowhere while n2 may have it');
    await start('n2');
    go();
    const seen = await whenEnded(id);
    assert.deepEqual([seen.endStatus, ran()], ['normal', ['n1']]);
    assert.match(attempts(seen).join('; '), /^n2 refused: cancelled before it arrived; n1 ended$/);
  });

  test('agent killed after it has taken the order: it keeps it, and its result counts', async () => {
    const id = await run(await apply(byPriority, ['1']));
    await whenRunning(id);
    await until('the ledger', async () => ran().length === 1);
    await kill('n2');
    go();
    await start('n2');
    const seen = await whenEnded(id);
    assert.deepEqual([seen.endStatus, ran(), attempts(seen)], ['normal', ['n2'], ['n2 ended']]);
  });

  test('agent gone for good with the order, its node removed: unknown, and run elsewhere where the definition says so', async () => {
    for (const [rule, ends] of [
      ['', { endStatus: 'unknown', ran: [] as string[], said: /^n2 unknown: [^;]*$/ }],
      [
        ', if_unknown: run_elsewhere',
        { endStatus: 'normal', ran: ['n1'], said: /^n3 unknown: .*; n1 ended$/ },
      ],
    ] as const) {
      const gone = rule === '' ? 'n2' : 'n3';
      made += 1;
      ledger = path.join(folder, `ledger-${made}`);
      freeze(gone);
      const id = await run(await apply(`mode: by_priority, order: [${gone}, n1]${rule}`, ['1']));
      await whenWithdrawn(id, gone);
      await kill(gone);
      await product.call(operations.removeNode, { params: { name: gone } });
      removed.add(gone);
      go();
      const seen = await whenEnded(id);
      assert.deepEqual([seen.endStatus, ran()], [ends.endStatus, ends.ran]);
      assert.match(attempts(seen).join('; '), ends.said);
    }
  });
});

async function hasEnded(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null)
    await new Promise((resolve) => child.once('exit', resolve));
}
