/**
 * `nezuban admin renew-ca` on a running manager: another authority, nobody enrols anew, jobs go on; who is away keeps both trusted until it is back.
 * With the real product; each cut between two steps is in `manager/src/host-tools/admin/renew-ca.test.ts`, a pair in `tests/src/ha`.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import tls from 'node:tls';
import { test } from 'node:test';
import { operations } from '@nezuban/protocol/api/operations';
import { createScratchHome } from '../support/scratch-home.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  choosePlace,
  processesOf,
  type Product,
  repositoryRoot,
  startProduct,
  waitForLocalAgent,
} from './product.ts';

const TEST_TIMEOUT_MS = 1_200_000;
/** The command waits a minute for each of two steps. */
const COMMAND_MS = 300_000;
const STEP_MS = 300_000;

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

async function renewCa(home: string, ...words: readonly string[]): Promise<Ran> {
  const command = path.join(repositoryRoot, 'cli/bin/nezuban');
  return await new Promise((resolve) => {
    execFile(
      command,
      ['admin', 'renew-ca', '--home', home, ...words],
      { timeout: COMMAND_MS },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });
}

/** Whether what is shown to a new connection is of this authority. */
async function isShownBy(port: number, ca: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = tls.connect({ host: '127.0.0.1', port, ca, servername: 'localhost' }, () => {
    resolve(true);
    socket.end();
  });
  socket.once('error', () => resolve(false));
  return await promise;
}

async function run(product: Product): Promise<void> {
  const { id } = await product.call(operations.runNet, { params: { name: 'a' }, body: {} });
  const session = await waitFor(
    async () => {
      const now = await product.call(operations.getSession, { params: { id } });
      return now.state === 'ended' && now;
    },
    { timeoutMs: STEP_MS, message: `the end of session ${id}` },
  );
  assert.equal(session.endStatus, 'normal');
}

test(
  'renew-ca: the manager runs: agents move by themselves, the old authority is dropped, nobody enrols anew and jobs go on',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    await using scratch = createScratchHome();
    const { path: home } = scratch;
    const place = await choosePlace(home);
    let product = await startProduct(place);
    try {
      await waitForLocalAgent(product);
      await product.call(operations.applyDefinitions, {
        body: 'kind: jobnet\nname: a\ntarget: { node: local }\nunits:\n  - { name: a, command: "true" }\n',
      });
      const { agentPort } = place;
      const folder = path.join(home, 'manager', 'ca');
      const authority = async () => await readFile(path.join(folder, 'ca.crt'), 'utf8');
      const identity = async () =>
        JSON.parse(await readFile(path.join(home, 'agent', 'identity.json'), 'utf8')) as {
          agentId: string;
          ca: string;
        };
      const old = await authority();
      const { agentId } = await identity();
      const managers = product.processes('manager').map(({ pid }) => pid);
      assert.match((await renewCa(home, '--status')).stdout, /No exchange of the authority is under way/);

      const done = await renewCa(home);
      assert.equal(done.code, 0, `${done.stdout}${done.stderr}`);
      assert.match(done.stdout, /The certificate authority was exchanged/);
      const now = await authority();
      assert.notEqual(now, old);
      assert.deepEqual(
        (await readdir(folder)).filter((name) => name.startsWith('exchange')),
        [],
      );
      await waitFor(async () => (await isShownBy(agentPort, now)) && !(await isShownBy(agentPort, old)), {
        timeoutMs: STEP_MS,
        message: 'the new authority alone to be shown',
      });
      await waitFor(async () => (await identity()).ca.trim() === now.trim(), {
        timeoutMs: STEP_MS,
        message: 'the agent to trust the new authority alone',
      });
      await waitForLocalAgent(product);
      await run(product);
      assert.equal((await identity()).agentId, agentId, 'it is the same agent');
      assert.deepEqual(
        product.processes('manager').map(({ pid }) => pid),
        managers,
        'nothing was restarted',
      );
      const { items } = await product.call(operations.listAudit, { query: { action: 'renewAuthority' } });
      assert.deepEqual(
        items.map(({ details }) => details['step']),
        ['finished', 'moved', 'begun'],
      );

      // Everything starts anew with it.
      await product.stop();
      product = await startProduct(place);
      await waitForLocalAgent(product);
      await run(product);
      assert.equal(processesOf(home, 'agent').length, 1);
    } finally {
      await product.stop();
    }
  },
);
