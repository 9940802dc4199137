/**
 * The harness itself, with a stand-in for the product: cuts are silent and in one direction, kills leave nothing out, and the checkers see
 * what is lost, doubled or taken back.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createScratchHome, type ScratchHome } from '../support/scratch-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { judgeWrites } from './check-writes.ts';
import { createHost, type Host } from './host.ts';
import { monotonicMs } from './http-call.ts';
import { type LoadClient, startLoadClient } from './load-client.ts';
import { readRecords } from './load-records.ts';
import { createNetnsNetwork, whyNoNamespaces } from './netns-network.ts';
import { type HostName, hostNames, type Network } from './network.ts';

const why = whyNoNamespaces();
const PORT = 7380;
const START_TIMEOUT_MS = 300_000;
/** Far longer than an answer between namespaces needs, short enough to wait for in vain. */
const SILENCE_MS = 700;

describe('harness: hosts in namespaces', { skip: why ?? false }, () => {
  let scratch: ScratchHome;
  let network: Network;
  let hosts: Record<HostName, Host>;
  let client: LoadClient;

  before(async () => {
    scratch = createScratchHome();
    fs.chmodSync(scratch.path, 0o755);
    network = createNetnsNetwork();
    hosts = Object.fromEntries(
      hostNames.map((name) => [name, createHost(network.places[name], scratch.path)]),
    ) as Record<HostName, Host>;
    client = startLoadClient(hosts.c);
    await Promise.all(['a', 'b'].map(startStandIn));
    setMaster('a');
  });
  after(async () => {
    client.stop();
    for (const name of hostNames) await hosts[name].processes.kill('everything');
    network.remove();
    await scratch.remove();
  });

  async function startStandIn(name: string): Promise<void> {
    const host = hosts[name as HostName];
    const program = path.join(import.meta.dirname, 'stand-in-main.ts');
    const started = host.start([
      process.execPath,
      program,
      name,
      host.place.address,
      String(PORT),
      scratch.path,
    ]);
    await started.waitForOutput(/listens/, START_TIMEOUT_MS);
  }
  const setMaster = (name: string) => fs.writeFileSync(path.join(scratch.path, 'master'), name);
  const url = (name: HostName) => `http://${network.places[name].address}:${PORT}`;
  const ask = async (name: HostName) => {
    const began = monotonicMs();
    const answer = await client.call({
      url: `${url(name)}/health/master`,
      method: 'GET',
      timeoutMs: SILENCE_MS,
    });
    return { ...answer, tookMs: monotonicMs() - began };
  };
  const assertSilent = async (name: HostName) => {
    const answer = await ask(name);
    assert.notEqual(answer.outcome, 'answered');
    assert.equal(answer.error, 'no answer in time', 'a cut must not be noticed by a reset or an error');
  };

  test('harness: network: cuts are silent, in one direction or both, and heal', async () => {
    assert.equal((await ask('a')).status, 200);
    const cuts: readonly (() => void)[] = [
      () => network.cutOneWay('c', 'a'),
      () => network.cutOneWay('a', 'c'),
      () => network.cut('a', 'c'),
      () => network.isolate('a'),
      () => network.mute('a'),
      () => network.deafen('a'),
      () => network.unplug('a'),
    ];
    for (const cut of cuts) {
      cut();
      await assertSilent('a');
      assert.equal((await ask('b')).status, 503, 'the other host still answers');
      network.heal();
      await waitFor(async () => (await ask('a')).status === 200, { message: 'a to be reached again' });
    }
  });

  test('harness: network: a cut between two hosts leaves the third one both', async () => {
    network.cut('a', 'b');
    assert.equal((await ask('a')).status, 200);
    assert.equal((await ask('b')).status, 503);
    network.heal();
  });

  test('harness: processes: a host dies with everything that has left its session, or without its jobs', async () => {
    const script = 'setsid sleep 1000 & exec -a "nezuban-waiter x" sh -c "setsid sleep 1000 & wait"';
    hosts.w.start(['bash', '-c', `${script}; true`]);
    await waitFor(() => hosts.w.processes.list().length >= 3, { message: 'three processes' });
    assert.ok(hosts.w.processes.ofKind('job').length >= 2, 'what a waiter started is a job');
    await hosts.w.processes.kill('tree');
    assert.ok(hosts.w.processes.list().every(({ kind }) => kind === 'job'));
    assert.ok(hosts.w.processes.list().length >= 2, 'jobs live on');
    await hosts.w.processes.pause();
    assert.ok(hosts.w.processes.list().every(({ state }) => state === 'T'));
    hosts.w.processes.resume();
    await hosts.w.processes.kill('everything');
    assert.deepEqual(hosts.w.processes.list(), []);
    assert.equal((await ask('a')).status, 200, 'other hosts live');
  });

  test('harness: processes: each host has its own name, and may see another file in place of one', async () => {
    const source = path.join(scratch.path, 'other');
    fs.writeFileSync(source, 'another');
    const target = path.join(scratch.path, 'one');
    fs.writeFileSync(target, 'one');
    const { output } = await hosts.b.run(['sh', '-c', `hostname; cat ${target}`], {
      overlays: [{ source, target }],
    });
    assert.equal(output.trim(), 'host-b\nanother');
    assert.equal(fs.readFileSync(target, 'utf8'), 'one');
  });

  async function playWrites(sin: string): Promise<ReturnType<typeof judgeWrites>> {
    const store = path.join(scratch.path, 'audit.jsonl');
    fs.rmSync(store, { force: true });
    fs.writeFileSync(path.join(scratch.path, 'sin'), sin);
    setMaster('a');
    const file = path.join(scratch.path, `load-${sin}.jsonl`);
    const load = await client.startWrites(file, {
      targets: [
        { name: 'a', url: url('a') },
        { name: 'b', url: url('b') },
      ],
      token: 'none',
      prefix: 'p',
      writers: 2,
      pauseMs: 5,
      readBackEveryMs: 10,
    });
    const ackedBy = (host: string) => () =>
      readRecords(file).filter((one) => one.type === 'write' && one.outcome === 'acked' && one.host === host)
        .length > 40;
    await waitFor(ackedBy('a'), { timeoutMs: START_TIMEOUT_MS, message: 'writes on a' });
    network.isolate('a');
    setMaster('b');
    await waitFor(ackedBy('b'), { timeoutMs: START_TIMEOUT_MS, message: 'writes on b' });
    network.heal();
    await load.stop();
    const audit = fs
      .readFileSync(store, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { id: number; action: string; target: string })
      .map(({ id, action, target }) => ({ id, what: `${action} ${target}` }));
    return judgeWrites(readRecords(file), audit);
  }

  test('harness: writers: a silent cut and another master: everything acknowledged is found once', async () => {
    const report = await playWrites('none');
    assert.ok(report.acked > 80);
    assert.ok(report.reads > 0);
    const { lost, doubled, ghosts, vanished, disordered } = report;
    assert.deepEqual(
      { lost, doubled, ghosts, vanished, disordered },
      { lost: [], doubled: [], ghosts: [], vanished: [], disordered: [] },
    );
  });

  test('harness: checkers: a server that loses, doubles or takes back is found out', async () => {
    assert.ok((await playWrites('lose')).lost.length > 0);
    assert.ok((await playWrites('double')).doubled.length > 0);
    assert.ok((await playWrites('forget')).vanished.length > 0);
  });
});
