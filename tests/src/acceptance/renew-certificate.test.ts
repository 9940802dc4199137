/**
 * `nezuban admin renew-certificate` on a running manager: another certificate of the same authority, under the same connections and for new
 * ones. With the real product.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
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
/** The command itself waits this long at most. */
const COMMAND_MS = 300_000;
const STEP_MS = 300_000;

/** The serial number that is shown to a new connection, which trusts the authority alone. */
async function serialShown(port: number, ca: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = tls.connect({ host: '127.0.0.1', port, ca, servername: 'localhost' }, () => {
    resolve(socket.getPeerCertificate().serialNumber);
    socket.end();
  });
  socket.once('error', reject);
  return await promise;
}

async function renew(home: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const args = ['admin', 'renew-certificate', '--home', home];
  execFile(
    path.join(repositoryRoot, 'cli/bin/nezuban'),
    args,
    { timeout: COMMAND_MS },
    (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr, { cause: error }));
    },
  );
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
  'renew-certificate: the manager runs: new connections get another certificate of the same authority, agents go on',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    await using scratch = createScratchHome();
    const { path: home } = scratch;
    const product = await startProduct(await choosePlace(home));
    try {
      await waitForLocalAgent(product);
      await product.call(operations.applyDefinitions, {
        body: 'kind: jobnet\nname: a\ntarget: { node: local }\nunits:\n  - { name: a, command: "true" }\n',
      });
      const { agentPort } = product.place;
      const authority = path.join(home, 'manager', 'ca', 'ca.crt');
      const ca = await readFile(authority, 'utf8');
      const former = await serialShown(agentPort, ca);
      const managers = product.processes('manager').map(({ pid }) => pid);

      assert.match(await renew(home), /has a new certificate, good until \d{4}-\d\d-\d\d\.\n/);
      await waitFor(async () => (await serialShown(agentPort, ca)) !== former, {
        timeoutMs: STEP_MS,
        message: 'another certificate to be shown',
      });
      assert.equal(await readFile(authority, 'utf8'), ca);
      await run(product);

      // An agent that connects anew checks the new one.
      for (const { pid } of processesOf(home, 'agent')) process.kill(pid, 'SIGKILL');
      await waitFor(
        async () => (await product.call(operations.listNodes)).items[0]?.connection !== 'connected',
        { timeoutMs: STEP_MS, message: 'the agent to be missed' },
      );
      await waitForLocalAgent(product);
      await run(product);
      assert.deepEqual(
        product.processes('manager').map(({ pid }) => pid),
        managers,
        'nothing was restarted',
      );
    } finally {
      await product.stop();
    }
  },
);
