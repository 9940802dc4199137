/**
 * Another certificate authority on a pair: typed on the master, hosts, witness and agents move by themselves; afterwards a take-over works, and the
 * old authority is nowhere trusted any more. The steps alone: `manager/src/host-tools/admin/renew-ca.test.ts`.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { operations } from '@nezuban/protocol/api/operations';
import { waitFor } from '../support/wait-for.ts';
import { NEZUBAN } from './host.ts';
import { createNetnsNetwork, whyNoNamespaces } from './netns-network.ts';
import { type MemberName, type Network, otherMember } from './network.ts';
import { createPair, type Pair } from './pair.ts';

const SETUP_TIMEOUT_MS = 1_200_000;
const TEST_TIMEOUT_MS = 1_200_000;
const STEP_MS = 300_000;
/** The command waits a minute for each of its steps. */
const COMMAND_MS = 300_000;

describe('renew-ca on a pair', { skip: whyNoNamespaces() ?? false }, () => {
  let network: Network;
  let pair: Pair;
  let failed = true;
  before(
    async () => {
      network = createNetnsNetwork();
      pair = await createPair({ network, witness: 'agent', agents: 1 });
    },
    { timeout: SETUP_TIMEOUT_MS },
  );
  after(async () => {
    await pair?.stop({ keep: failed });
    network?.remove();
  });

  const renewCa = async (name: MemberName, ...words: readonly string[]) =>
    await pair.hosts[name].run([NEZUBAN, 'admin', 'renew-ca', ...words, '--home', pair.hosts[name].home], {
      timeoutMs: COMMAND_MS,
    });
  const read = (name: MemberName, ...where: readonly string[]): string =>
    fs.readFileSync(path.join(pair.hosts[name].home, ...where), 'utf8');
  const authority = (name: MemberName): string => read(name, 'manager', 'ca', 'ca.crt').trim();
  /** What the hosts and the witness check the others against. */
  const trusted = (): readonly string[] =>
    Object.values(pair.hosts).flatMap(({ home }) =>
      [
        'keeper/pair.json',
        'agent/witness/keeper/pair.json',
        'witness/keeper/pair.json',
        'agent/identity.json',
        'identity.json',
      ].flatMap((name) => {
        const file = path.join(home, name);
        if (!fs.existsSync(file)) return [];
        return [(JSON.parse(fs.readFileSync(file, 'utf8')) as { ca: string }).ca.trim()];
      }),
    );
  const runs = async (): Promise<void> => {
    const { id } = await pair.api.call(operations.runNet, { params: { name: 'work' }, body: {} });
    const session = await waitFor(
      async () => {
        const one = await pair.api.call(operations.getSession, { params: { id } });
        return one.state === 'ended' && one;
      },
      { timeoutMs: STEP_MS, intervalMs: 100, message: 'the end of the session' },
    );
    assert.equal(session.endStatus, 'normal');
  };

  test(
    'renew-ca: on a pair: hosts, witness and agents move, the old authority is dropped, a take-over works',
    { timeout: TEST_TIMEOUT_MS },
    async () => {
      const master = await pair.waitRedundant();
      const standby = otherMember(master);
      await pair.api.call(operations.applyDefinitions, {
        body: 'kind: jobnet\nname: work\ntarget: { node: w }\nunits:\n  - { name: work, command: "true" }\n',
      });
      await runs();
      const old = authority(master);
      const refused = await renewCa(standby);
      assert.match(refused.output, new RegExp(`This host stands by; host-${master} is on duty`));

      const done = await renewCa(master);
      assert.equal(done.code, 0, done.output);
      const now = authority(master);
      assert.notEqual(now, old);
      assert.equal(authority(standby), now);
      await waitFor(() => trusted().length >= 5 && trusted().every((ca) => ca === now), {
        timeoutMs: STEP_MS,
        intervalMs: 500,
        message: () =>
          `the new authority alone to be trusted; ${trusted().filter((ca) => ca !== now).length} of ${trusted().length} are not there`,
      });
      assert.equal(await pair.waitRedundant(), master, 'nothing took over meanwhile');
      await runs();

      await pair.powerOff(master);
      assert.equal(await pair.waitForMaster(standby, STEP_MS), standby);
      await waitFor(async () => runs().then(() => true), {
        timeoutMs: STEP_MS,
        message: 'a session at the new master',
      });
      assert.equal(await pair.restore(), standby);
      await pair.waitRedundant();
      failed = false;
    },
  );
});
