/** The service address: a hook that is a real script, and a floating address in network namespaces of its own. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test, type TestContext } from 'node:test';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createAddressPart, RETRY_MS, type Wish } from './address-part.ts';
import { createServiceAddress } from './service-address.ts';

const home = createScratchHome();
after(() => home.remove());
let scripts = 0;

/** A hook that notes how it was called, and then does what the test says. */
function createHook(then = 'exit 0') {
  const folder = fs.mkdtempSync(path.join(home.path, `hook-${(scripts += 1)}-`));
  const file = path.join(folder, 'hook');
  const notes = path.join(folder, 'notes');
  fs.writeFileSync(notes, '');
  fs.writeFileSync(file, `#!/bin/sh\necho "$1 $NEZUBAN_ACTION $NEZUBAN_TERM" >>${notes}\n${then}\n`, {
    mode: 0o700,
  });
  const calls = () => fs.readFileSync(notes, 'utf8').split('\n').filter(Boolean);
  const logger = createMemoryLogger();
  const hook = { command: [file], timeoutMs: 5_000 };
  return { folder, calls, logger, hook, ports: { timers: systemTimers, logger } };
}

describe('service address: hook', () => {
  test('address: release at the start, take, take again, release twice: the hook is called once for each change', async () => {
    const { calls, hook, ports, logger } = createHook();
    const address = createServiceAddress(ports, { hook });
    await address.release();
    await address.release();
    await address.take(7);
    await address.take(7);
    await address.take(9);
    await address.release();
    assert.deepEqual(calls(), ['release release ', 'take take 7', 'take take 9', 'release release ']);
    assert.ok(logger.lines.every(({ level }) => level === 'info'));
  });

  test('address: the hook fails: said, and tried again beside until it works', async () => {
    const bench = createHook('[ -e "$(dirname "$0")/well" ] || { echo no route >&2; exit 4; }');
    const address = createServiceAddress(bench.ports, { hook: bench.hook });
    await address.take(3);
    assert.match(
      bench.logger.lines[0]?.message ?? '',
      /ended with exit code 4; it said: no route; it is tried again/,
    );
    fs.writeFileSync(path.join(bench.folder, 'well'), '');
    await waitFor(() => bench.logger.lines.some(({ level }) => level === 'info'));
    assert.deepEqual(bench.calls(), ['take take 3', 'take take 3']);
  });

  test('address: the hook hangs: the keeper goes on, the hook is killed, the next wish has its turn', async () => {
    const bench = createHook('[ "$1" = take ] || sleep 60');
    const address = createServiceAddress(bench.ports, { hook: { ...bench.hook, timeoutMs: 300 } });
    const released = address.release();
    await address.take(2);
    await released;
    assert.deepEqual(bench.calls(), ['release release ', 'take take 2']);
    assert.ok(bench.logger.lines.some(({ message }) => message.includes('take is done')));
  });

  test('address: a key that nobody knows, an address without a prefix: said in one sentence, nothing else breaks', async () => {
    const logger = createMemoryLogger();
    for (const wanted of [{ hok: {} }, { floating: { address: '192.0.2.1', interface: 'eth0' } }]) {
      const address = createServiceAddress({ timers: systemTimers, logger }, wanted);
      await address.take(1);
      await address.release();
    }
    assert.equal(logger.lines.length, 2);
    assert.match(logger.lines[1]?.message ?? '', /floating\.address: an IP address with its prefix/);
  });

  test('address: nothing works: given up after its bound, and begun anew with the next wish', async () => {
    const clock = createFakeClock();
    const logger = createMemoryLogger();
    const runs: Wish[] = [];
    const part = createAddressPart(
      {
        timers: clock,
        logger,
        async run(wish) {
          runs.push(wish);
          return { ok: false, how: 'ended with exit code 1' };
        },
      },
      { name: 'a part' },
    );
    await part.wish({ do: 'take', term: 1 });
    await clock.advance(3_600_000);
    assert.equal(runs.length, RETRY_MS.length + 1);
    assert.match(logger.lines.at(-1)?.message ?? '', /given up/);
    await part.wish({ do: 'release' });
    await part.wish({ do: 'take', term: 2 });
    await clock.advance(500);
    assert.deepEqual(runs.slice(-2), [{ do: 'release' }, { do: 'take', term: 2 }]);
    await clock.advance(3_600_000);
    assert.equal(clock.timerCount(), 0);
  });
});

const program = path.resolve(import.meta.dirname, '../../testing/service-address-main.ts');
const IPV4 = '192.0.2.10';
const IPV6 = '2001:db8::10';
const OTHER_MAC = '02:00:00:00:00:99';

function whyNoNamespaces(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  try {
    execFileSync('ip', ['netns', 'list'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'needs ip netns';
  }
}

/** Two namespaces with a cable between them: a host, and a neighbour that still knows another one under the address. */
function createNetwork(t: TestContext) {
  const host = `nz-host-${process.pid}-${(scripts += 1)}`;
  const neighbour = `${host}-n`;
  const run = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });
  t.after(() => {
    for (const name of [host, neighbour]) execFileSync('ip', ['netns', 'del', name]);
  });
  run('netns', 'add', host);
  run('netns', 'add', neighbour);
  run('-n', host, 'link', 'add', 'net0', 'type', 'veth', 'peer', 'name', 'net1', 'netns', neighbour);
  for (const [name, device, v4, v6] of [
    [host, 'net0', '192.0.2.1/24', '2001:db8::1/64'],
    [neighbour, 'net1', '192.0.2.2/24', '2001:db8::2/64'],
  ] as const) {
    run('-n', name, 'addr', 'add', v4, 'dev', device);
    run('-n', name, 'addr', 'add', v6, 'dev', device, 'nodad');
    run('-n', name, 'link', 'set', device, 'up');
  }
  const addresses = () => run('-n', host, '-o', 'addr', 'show', 'dev', 'net0');
  const known = (ip: string) => run('-n', neighbour, 'neigh', 'show', 'to', ip, 'dev', 'net1');
  const mac = /link\/ether (\S+)/.exec(run('-n', host, 'link', 'show', 'dev', 'net0'))?.[1] ?? '';
  const learn = (ip: string) =>
    run('-n', neighbour, 'neigh', 'replace', ip, 'lladdr', OTHER_MAC, 'dev', 'net1', 'nud', 'stale');
  return { host, addresses, known, mac, learn };
}

function startAddress(t: TestContext, namespace: string, wanted: object) {
  const args = ['netns', 'exec', namespace, process.execPath, program, JSON.stringify(wanted)];
  const child = spawn('ip', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  const hear = (chunk: Buffer) => (said += chunk.toString());
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const order = async (line: string) => {
    child.stdin.write(`${line}\n`);
    await waitFor(() => said.includes(`${line} returned`), {
      message: () => `the answer to ${line}\n${said}`,
    });
    said = said.replace(`${line} returned`, '');
  };
  return { child, order, said: () => said };
}

describe('service address: floating', { skip: whyNoNamespaces() }, () => {
  for (const [name, ip, prefix] of [
    ['IPv4', IPV4, 24],
    ['IPv6', IPV6, 64],
  ] as const)
    test(`address: ${name}: taken: the host has it and the neighbour knows; released: it is gone`, async (t) => {
      const network = createNetwork(t);
      network.learn(ip);
      const floating = { address: `${ip}/${prefix}`, interface: 'net0' };
      const { order, said, child } = startAddress(t, network.host, { floating });
      await order('release');
      assert.ok(!network.addresses().includes(`${ip}/`));
      await order('take 4');
      assert.ok(network.addresses().includes(`${ip}/${prefix}`), network.addresses());
      await waitFor(() => network.known(ip).includes(network.mac), {
        message: () => `the neighbour to know ${network.mac}: ${network.known(ip)}\n${said()}`,
      });
      await order('release');
      assert.ok(!network.addresses().includes(`${ip}/`));
      await order('take 5');
      child.stdin.end();
      assert.doesNotMatch(said(), /"level":"(warn|error)"/);
    });

  test('address: the keeper is killed: the kernel takes the address away by itself; while it lives it stays', async (t) => {
    const network = createNetwork(t);
    const floating = { address: `${IPV4}/24`, interface: 'net0' };
    const { order, child } = startAddress(t, network.host, { floating });
    await order('take 4');
    let shortest = Infinity;
    await waitFor(() => {
      const left = Number(
        /192\.0\.2\.10.* valid_lft (\d+)sec/.exec(network.addresses())?.[1] ?? assert.fail('it is gone'),
      );
      shortest = Math.min(shortest, left);
      return left > shortest;
    });
    // Below `ip netns exec` is our own program: it has replaced it.
    child.kill('SIGKILL');
    await waitFor(() => !network.addresses().includes(IPV4));
  });

  test('address: no such interface: said, tried again', async (t) => {
    const network = createNetwork(t);
    const floating = { address: `${IPV4}/24`, interface: 'net7' };
    const { order, said } = startAddress(t, network.host, { floating });
    await order('take 4');
    assert.match(
      said(),
      /floating address 192\.0\.2\.10\/24 on net7: take did not work, since it ended with exit code 1; it said: .*net7.*; it is tried again in 1 s/,
    );
  });
});
