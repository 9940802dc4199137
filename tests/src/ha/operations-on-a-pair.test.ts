/**
 * What an operator sets up on a pair holds on the new master: freezes, secrets, access, settings, backups, retention, health.
 *
 * One pair with a witness in namespaces is set up, its master's tree is killed, and then each thing is looked at on the host that has taken
 * over. Not responsible for the take-over itself (`quick.test.ts`), nor for the same things on a single manager (`tests/src/acceptance`).
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildRequest, type Operation, type OperationInput } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import { waitFor } from '../support/wait-for.ts';
import { NEZUBAN } from './host.ts';
import type { CallResult } from './http-call.ts';
import { createNetnsNetwork, whyNoNamespaces } from './netns-network.ts';
import { type MemberName, type Network, otherMember } from './network.ts';
import { createPair, type Pair } from './pair.ts';
import { netsOfRestored } from './restored-manager.ts';

const SETUP_TIMEOUT_MS = 1_200_000;
const TEST_TIMEOUT_MS = 1_200_000;
/** Each takes seconds; the rest is for a busy machine. */
const STEP_MS = 300_000;
const ANSWER_MS = 15_000;
const HOOK_PORT = 7390;
const SECRET = 'Bearer of-the-webhook';
const NODE_REASON = 'disk swap of w';
const MANAGER_REASON = 'core switch is replaced';

const netOf = (name: string): string =>
  `kind: jobnet\nname: ${name}\ntarget: { node: w }\nunits:\n  - { name: work, command: "true" }\n`;

describe('operations on a pair', { skip: whyNoNamespaces() ?? false }, () => {
  let network: Network;
  let pair: Pair;
  let failed = true;
  /** Who set everything up, and who has taken over. */
  let former: MemberName;
  let master: MemberName;
  const state = {
    /** The rest stands on it. */
    isOver: false,
    session: 0,
    limitedToken: '',
    revokedCookie: '',
    keptCookie: '',
    firstBackup: '',
    /** A moment after the take-over. */
    told: 0,
    keys: '',
  };

  before(
    async () => {
      network = createNetnsNetwork();
      pair = await createPair({ network, witness: 'agent', agents: 1 });
      former = await pair.waitRedundant();
    },
    { timeout: SETUP_TIMEOUT_MS },
  );
  after(async () => {
    await pair?.stop({ keep: failed });
    network?.remove();
  });

  const file = (name: string): string => path.join(pair.scratch, name);
  const linesOf = (name: string): string[] =>
    fs.existsSync(file(name))
      ? fs
          .readFileSync(file(name), 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
  const keysOf = (name: MemberName): string =>
    fs.readFileSync(path.join(pair.hosts[name].home, 'manager', 'secret-key'), 'utf8');
  const get = async (
    name: MemberName,
    where: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<CallResult> =>
    // A kept connection may be closed by its idle server in the moment in which it is used again; to look twice does no harm.
    await waitFor(
      async () => {
        const result = await pair.client.call({
          url: `${pair.url(name)}${where}`,
          method: 'GET',
          headers,
          timeoutMs: ANSWER_MS,
        });
        return result.outcome === 'answered' && result;
      },
      { timeoutMs: STEP_MS, message: `an answer of ${name} on ${where}` },
    );
  /** One request to the host on duty by somebody else than the harness. */
  const by = async <Op extends Operation>(
    who: Readonly<Record<string, string>>,
    operation: Op,
    input: OperationInput<Op>,
  ): Promise<CallResult> => {
    const duty = await pair.waitForMaster('any', STEP_MS);
    const { method, path: where, headers, body } = buildRequest(operation, input);
    return await pair.client.call({
      url: `${pair.url(duty)}${where}`,
      method,
      headers: { ...headers, origin: pair.url(duty), ...who },
      body,
      timeoutMs: ANSWER_MS,
    });
  };
  const sessionOf = async (id: number) => await pair.api.call(operations.getSession, { params: { id } });
  const nezuban = async (name: MemberName, ...words: readonly string[]) =>
    await pair.hosts[name].run([NEZUBAN, ...words, '--home', pair.hosts[name].home], {
      timeoutMs: STEP_MS,
    });
  const waitForArchive = async (since: number): Promise<void> => {
    let last: unknown;
    await waitFor(
      async () => {
        const { archive } = await pair.api.call(operations.getBackupStatus);
        last = archive;
        return archive?.until != null && Date.parse(archive.until) > since;
      },
      {
        timeoutMs: STEP_MS,
        intervalMs: 200,
        message: () => `the archive of the log; last: ${JSON.stringify(last)}`,
      },
    );
  };
  const makeBackup = async () => {
    const lastRun = (await pair.api.call(operations.getBackupStatus)).last?.id ?? 0;
    await pair.api.call(operations.createBackup);
    const status = await waitFor(
      async () => {
        const now = await pair.api.call(operations.getBackupStatus);
        return now.running === null && (now.last?.id ?? 0) > lastRun && now;
      },
      { timeoutMs: STEP_MS, intervalMs: 200, message: 'the backup' },
    );
    assert.equal(status.last?.ok, true, status.last?.says ?? '');
    return status.last;
  };

  test(
    'pair: health and metrics: each host says what it is, to whom it may',
    { timeout: TEST_TIMEOUT_MS },
    async () => {
      await checkHealth(former);
    },
  );

  const checkHealth = async (duty: MemberName): Promise<void> => {
    const standby = otherMember(duty);
    const bearer = { authorization: `Bearer ${pair.api.token()}` };
    const answers = await Promise.all(
      [duty, standby].map(async (name) =>
        Promise.all(
          ['/healthz', '/health/live', '/readyz', '/health/master', '/metrics'].map(async (where) =>
            get(name, where, bearer),
          ),
        ),
      ),
    );
    assert.deepEqual(
      answers.map((host) => host.map(({ status }) => status)),
      [
        [200, 200, 200, 200, 200],
        [200, 200, 503, 503, 503],
      ],
    );
    assert.match(answers[0]?.[4]?.body ?? '', /^nezuban_on_duty 1$/m);
    assert.match(answers[0]?.[4]?.body ?? '', /^nezuban_pair_redundancy\{state="redundant"\} 1$/m);
    assert.match(answers[1]?.[2]?.body ?? '', new RegExp(`This host stands by; host-${duty} is on duty`));
    assert.match(answers[1]?.[4]?.body ?? '', /run the collector on this host/);
    assert.equal((await get(duty, '/metrics')).status, 401);
    // A collector on the host itself, which listens on one address.
    const script = `const r = require('node:https').get('${pair.url(standby)}/metrics', { rejectUnauthorized: false }, (a) => a.pipe(process.stdout)); r.end();`;
    const { output } = await pair.hosts[standby].run([process.execPath, '-e', script]);
    assert.match(output, /^nezuban_on_duty 0$/m);
    assert.match(output, /^nezuban_pair_redundancy\{state="redundant"\} 1$/m);
  };

  test(
    'pair: the key of the secrets is rotated on the master: the standby has it too; on the standby it is refused',
    { timeout: TEST_TIMEOUT_MS },
    async () => {
      const hook = pair.hosts.c;
      const program = path.join(import.meta.dirname, 'hook-main.ts');
      const { address } = hook.place;
      const started = hook.start([process.execPath, program, address, String(HOOK_PORT), file('hook')]);
      await started.waitForOutput(/listens/, STEP_MS);
      await pair.api.call(operations.applyDefinitions, {
        body: `kind: notification
name: resumed
codes: [work_resumed]
channel:
  type: webhook
  url: http://${address}:${HOOK_PORT}/
  headers: { authorization: ${SECRET} }
`,
      });
      const standby = otherMember(former);
      const refused = await nezuban(standby, 'admin', 'rotate-key');
      assert.notEqual(refused.code, 0);
      assert.match(refused.output, new RegExp(`This host stands by; host-${former} is on duty`));

      const oldKeys = keysOf(former);
      assert.equal(keysOf(standby), oldKeys);
      const rotated = await nezuban(former, 'admin', 'rotate-key');
      assert.equal(rotated.code, 0, rotated.output);
      assert.match(rotated.output, /1 stored secrets were sealed anew/);
      state.keys = keysOf(former);
      assert.notEqual(state.keys, oldKeys);
      assert.equal(keysOf(standby), state.keys);
    },
  );

  test(
    'pair: everything is set up, and the master is killed: the standby takes over',
    { timeout: TEST_TIMEOUT_MS },
    async () => {
      await setUpAccess();
      await setUpBackups();
      await setUpFreezes();
      await waitForArchive(Date.now());
      // Neither the backup nor the archive, which streams as a standby does, may cost the pair anything.
      assert.equal((await pair.status(former))?.redundancy, 'redundant');
      await pair.hosts[former].processes.kill('tree');
      master = await pair.waitForMaster(otherMember(former), STEP_MS);
      state.isOver = true;
    },
  );

  const setUpAccess = async (): Promise<void> => {
    await pair.api.call(operations.putSettings, {
      params: { section: 'password_policy' },
      body: { length_min: 12 },
      ifMatch: null,
    });
    await pair.api.call(operations.applyDefinitions, {
      body: 'kind: role\nname: night-shift\ngrants:\n  - { rights: [nets.read, nets.run], folder: night }\n',
    });
    const { oneTimePassword } = await pair.api.call(operations.createUser, {
      body: { name: 'hanako', roles: ['night-shift'] },
    });
    const signIn = async (password: string): Promise<string> => {
      const answer = await by({}, operations.signIn, { body: { user: 'hanako', password } });
      assert.equal(answer.status, 200, answer.body);
      return answer.cookies.join('; ');
    };
    const password = 'correct horse battery';
    const first = await signIn(oneTimePassword);
    const changed = await by({ cookie: first }, operations.changePassword, {
      body: { current: oneTimePassword, next: password },
    });
    assert.equal(changed.status, 204, changed.body);
    state.revokedCookie = first;
    state.keptCookie = await signIn(password);
    const token = await by({ cookie: state.keptCookie }, operations.createToken, {
      body: { name: 'narrow', rights: ['nets.read'], folder: 'night' },
    });
    assert.equal(token.status, 201, token.body);
    state.limitedToken = (JSON.parse(token.body) as { token: string }).token;
    const { items } = await pair.api.call(operations.listSignIns, { query: { user: 'hanako' } });
    const oldest = items.at(-1);
    await pair.api.call(operations.revokeSignIn, { params: { id: oldest?.id ?? 0 } });
    assert.equal((await by({ cookie: first }, operations.whoAmI, {})).status, 401);
  };

  const setUpBackups = async (): Promise<void> => {
    await pair.api.call(operations.putSettings, {
      params: { section: 'backup' },
      body: { directory: file('backups'), keep: 5 },
      ifMatch: null,
    });
    const made = await makeBackup();
    assert.equal(made?.host, `host-${former}`);
    state.firstBackup = made?.name ?? '';
  };

  const setUpFreezes = async (): Promise<void> => {
    await pair.api.call(operations.applyDefinitions, {
      body: `kind: jobnet
name: night/a
target: { node: w }
units:
  - { name: work, command: "echo ran >> ${file('ledger')}" }
---
kind: jobnet
name: often
target: { node: w }
schedules:
  - { name: s, cron: "*/2 * * * * *", timezone: UTC, missed: run_once }
units:
  - { name: work, command: "true" }
`,
    });
    await pair.api.call(operations.freeze, {
      body: { place: { kind: 'node', name: 'w' }, reason: NODE_REASON },
    });
    state.session = (await pair.api.call(operations.runNet, { params: { name: 'night/a' }, body: {} })).id;
    await waitForWaiting();
    await pair.api.call(operations.freeze, {
      body: { place: { kind: 'manager' }, reason: MANAGER_REASON },
    });
  };
  const waitForWaiting = async (): Promise<void> => {
    const unit = await waitFor(
      async () => {
        const [one] = (await sessionOf(state.session)).units;
        return one?.state === 'waiting' && one;
      },
      { timeoutMs: STEP_MS, intervalMs: 100 },
    );
    assert.match(unit.reason ?? '', /frozen by .*: disk swap of w\.$/);
  };

  test(
    'pair: freezes: the new master holds them with their reasons; the resume there runs the unit once and the held schedule once',
    { timeout: TEST_TIMEOUT_MS },
    async () => {
      assert.ok(state.isOver, 'the set-up has failed');
      const { frozen } = await pair.api.call(operations.getFrozen);
      assert.deepEqual(frozen.map(({ place, reason }) => `${place.kind}: ${reason}`).toSorted(), [
        `manager: ${MANAGER_REASON}`,
        `node: ${NODE_REASON}`,
      ]);
      await waitForWaiting();
      assert.deepEqual(linesOf('ledger'), []);
      await waitFor(
        async () => (await pair.api.call(operations.getFrozen)).heldStarts.some(({ net }) => net === 'often'),
        { timeoutMs: STEP_MS, intervalMs: 200, message: 'a held start' },
      );
      await assert.rejects(
        pair.api.call(operations.runNet, { params: { name: 'night/a' }, body: {} }),
        /core switch is replaced/,
      );
      await pair.api.call(operations.resume, { body: { place: { kind: 'node', name: 'w' } } });
      await waitFor(async () => (await sessionOf(state.session)).state === 'ended', {
        timeoutMs: STEP_MS,
        intervalMs: 100,
        message: 'the end of the session that waited',
      });
      assert.equal((await sessionOf(state.session)).endStatus, 'normal');
      assert.deepEqual(linesOf('ledger'), ['ran']);

      // Before the manager is resumed, so that what falls due after it is not taken for what was held.
      await pair.api.call(operations.freeze, {
        body: { place: { kind: 'net', name: 'often' }, reason: 'one look only' },
      });
      await pair.api.call(operations.resume, { body: { place: { kind: 'manager' } } });
      await pair.api.call(operations.resume, { body: { place: { kind: 'net', name: 'often' } } });
      await waitFor(
        async () => {
          const { items } = await pair.api.call(operations.listEvents, {
            query: { code: ['schedule_late'] },
          });
          // One or several, by how quick the take-over was.
          return items.some(({ message }) => /(was|were) held by a freeze; one start/.test(message));
        },
        { timeoutMs: STEP_MS, intervalMs: 200, message: 'one start for all that were held' },
      );
      await pair.api.call(operations.freeze, {
        body: { place: { kind: 'net', name: 'often' }, reason: 'enough' },
      });
    },
  );

  test(
    'pair: secrets: the new master opens what was sealed by the rotated key; alone it refuses another rotation and changes nothing',
    { timeout: TEST_TIMEOUT_MS },
    async () => {
      assert.ok(state.isOver, 'the set-up has failed');
      const sent = await waitFor(() => linesOf('hook').find((line) => line.includes(SECRET)), {
        timeoutMs: STEP_MS,
        message: 'the webhook of the resume, with its secret',
      });
      assert.match(sent, /disk swap of w|core switch/);
      assert.equal(keysOf(master), state.keys);
      const refused = await nezuban(master, 'admin', 'rotate-key');
      assert.notEqual(refused.code, 0);
      assert.match(
        refused.output,
        new RegExp(`host-${former} is not reached, and must have the new key before it is used`),
      );
      assert.equal(keysOf(master), state.keys);
    },
  );

  test(
    'pair: access: settings, roles, users and tokens are those of before; what was revoked stays revoked',
    { timeout: TEST_TIMEOUT_MS },
    async () => {
      assert.ok(state.isOver, 'the set-up has failed');
      const policy = await pair.api.call(operations.getSettings, {
        params: { section: 'password_policy' },
      });
      assert.equal((policy.values as { length_min: number }).length_min, 12);
      const token = { authorization: `Bearer ${state.limitedToken}` };
      const nets = await by(token, operations.listNets, {});
      assert.deepEqual(
        (JSON.parse(nets.body) as { items: { name: string }[] }).items.map(({ name }) => name),
        ['night/a'],
      );
      const run = await by(token, operations.runNet, { params: { name: 'night/a' }, body: {} });
      assert.equal(run.status, 403, run.body);
      assert.equal((await by({ cookie: state.revokedCookie }, operations.whoAmI, {})).status, 401);
      const me = await by({ cookie: state.keptCookie }, operations.whoAmI, {});
      assert.equal(me.status, 200, me.body);
      const may = await by({ cookie: state.keptCookie }, operations.runNet, {
        params: { name: 'night/a' },
        body: {},
      });
      assert.ok(may.status >= 200 && may.status < 300, may.body);
    },
  );

  test(
    'pair: retention: the new master goes on with the partitions of before, and stores in them',
    { timeout: TEST_TIMEOUT_MS },
    async () => {
      assert.ok(state.isOver, 'the set-up has failed');
      const storage = await pair.api.call(operations.getStorage);
      for (const { kind, partitions } of storage.kinds)
        if (kind !== 'deliveries') assert.ok(partitions > 1, `${kind} has partitions: ${partitions}`);
      assert.equal(storage.lastFailure, null);
      const metrics = await get(master, '/metrics', { authorization: `Bearer ${pair.api.token()}` });
      assert.match(metrics.body, /^nezuban_database_partitions\b.* [1-9]\d*$/m);
      assert.match(metrics.body, /^nezuban_database_stray_events 0$/m);
    },
  );

  test(
    'pair: backups: the archive goes on with the new master, which makes the next backup',
    { timeout: TEST_TIMEOUT_MS },
    async () => {
      assert.ok(state.isOver, 'the set-up has failed');
      await pair.api.call(operations.applyDefinitions, { body: netOf('later/before') });
      const told = Date.now();
      await waitForArchive(told);
      await pair.api.call(operations.applyDefinitions, { body: netOf('later/after') });
      const { archive, lastMade } = await pair.api.call(operations.getBackupStatus);
      assert.equal(archive?.state, 'streaming', archive?.says ?? '');
      assert.equal(lastMade?.name, state.firstBackup);
      const gaps = await pair.api.call(operations.listEvents, { query: { code: ['backup_log_broken'] } });
      assert.deepEqual(gaps.items, []);

      state.told = told;

      const made = await makeBackup();
      assert.equal(made?.host, `host-${master}`);
    },
  );

  test(
    'pair: the former master returns while the log is archived: redundant again, and a planned switch leaves no gap in the archive',
    { timeout: TEST_TIMEOUT_MS },
    async () => {
      assert.ok(state.isOver, 'the set-up has failed');
      assert.equal(await pair.restore(), master);
      await checkHealth(master);
      assert.equal(keysOf(former), state.keys);
      const switched = await pair.control[master].command({ do: 'switch' });
      assert.ok(switched.ok, switched.says);
      assert.equal(await pair.waitForMaster(former, STEP_MS), former);
      await waitForArchive(Date.now());
      const gaps = await pair.api.call(operations.listEvents, { query: { code: ['backup_log_broken'] } });
      assert.deepEqual(gaps.items, []);
    },
  );

  // Last: the restored manager archives into the same folder, and another manager's history is refused there.
  test(
    'pair: a restore from the backup before the take-over: reaches a moment after it, through two changes of master in the archive',
    { timeout: TEST_TIMEOUT_MS },
    async () => {
      assert.ok(state.isOver, 'the set-up has failed');
      const home = file('restored');
      const restored = await pair.hosts.c.run(
        [NEZUBAN, 'backup', 'restore', '--from', file('backups'), '--home', home].concat([
          '--to-time',
          new Date(state.told).toISOString(),
        ]),
        { timeoutMs: STEP_MS },
      );
      assert.equal(restored.code, 0, restored.output);
      assert.match(restored.output, new RegExp(state.firstBackup));
      const names = await netsOfRestored(pair, home);
      assert.ok(names.includes('later/before'), names.join());
      assert.ok(!names.includes('later/after'), names.join());
      failed = false;
    },
  );
});
