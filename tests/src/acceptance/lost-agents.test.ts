/**
 * Agents that vanish, restart, lose their state or answer late, and long output through kills of manager and agent: the real product with a
 * second real agent, by API and command line.
 */
import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { operations } from '@nezuban/protocol/api/operations';
import type { EventCode } from '@nezuban/protocol/events/event';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { createScratchHome } from '../support/scratch-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { choosePlace, repositoryRoot, startProduct, waitForLocalAgent, type Product } from './product.ts';

const CLI = path.join(repositoryRoot, 'cli/bin/nezuban');
const PATIENCE_MS = 300_000;
const OUTPUT_BYTES = 30_000_000;

describe('lost agents', { timeout: 1_200_000 }, () => {
  let home: ReturnType<typeof createScratchHome>;
  let agentHome: string;
  let product: Product;
  let agent: ChildProcess | null = null;
  before(async () => {
    home = createScratchHome();
    agentHome = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-lost-'));
    product = await startProduct(await choosePlace(home.path));
    await waitForLocalAgent(product);
    await product.call(operations.putSettings, {
      params: { section: 'reconciliation' },
      body: { agent_silent_after_s: 15, every_s: 5 },
      ifMatch: null,
    } as never);
    const said = await cli(product.place.home, 'join-token', '--json');
    const token = /nzj_[\w-]+\.[\w-]+/.exec(said.stdout)?.[0] ?? `none: ${said.stderr}`;
    const joined = await cli(
      agentHome,
      'agent',
      'join',
      '--manager',
      `127.0.0.1:${product.place.agentPort}`,
      '--token',
      token,
      '--name',
      'web1',
      '--home',
      agentHome,
    );
    assert.equal(joined.code, 0, joined.stderr);
    await startAgent();
  });
  afterEach(() => {
    for (const name of fs.readdirSync(agentHome).filter((one) => one.startsWith('go-')))
      fs.rmSync(path.join(agentHome, name));
  });
  after(async () => {
    await stopAgent('SIGTERM');
    await product?.stop();
    await home?.remove();
    fs.rmSync(agentHome, { recursive: true, force: true });
  });

  const cli = async (
    nezubanHome: string,
    ...words: readonly string[]
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
    await new Promise((resolve) => {
      const env = { ...process.env, NEZUBAN_HOME: nezubanHome, NEZUBAN_URL: '', NEZUBAN_TOKEN: '' };
      execFile(CLI, [...words], { env, timeout: PATIENCE_MS }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
    });
  const startAgent = async (): Promise<void> => {
    agent = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        path.join(repositoryRoot, 'agent/src/main.ts'),
        '--home',
        agentHome,
      ],
      { stdio: 'ignore' },
    );
    await waitFor(async () => (await node()).connection === 'connected', {
      timeoutMs: PATIENCE_MS,
      message: 'web1 to connect',
    });
  };
  const stopAgent = async (signal: NodeJS.Signals): Promise<void> => {
    const child = agent;
    agent = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  };
  const node = async () => await product.call(operations.getNode, { params: { name: 'web1' } });
  const apply = async (name: string, command: string, more = ''): Promise<void> => {
    await product.call(operations.applyDefinitions, {
      body: `kind: jobnet\nname: ${name}\ntarget: { node: web1 }\nunits:\n  - name: a\n    command: ${JSON.stringify(command)}\n${more}`,
    });
  };
  const run = async (name: string): Promise<number> =>
    (await product.call(operations.runNet, { params: { name }, body: {} })).id;
  const session = async (id: number): Promise<SessionDetail> =>
    await product.call(operations.getSession, { params: { id } });
  const until = async <Value>(
    message: string,
    look: () => Promise<Value>,
  ): Promise<Exclude<Value, false | null | undefined>> =>
    (await waitFor(look, { timeoutMs: PATIENCE_MS, intervalMs: 100, message })) as never;
  const whenRunning = async (id: number) =>
    await until(`session ${id} to run`, async () => {
      const [unit] = (await session(id)).units;
      return unit?.state === 'running' && unit;
    });
  const whenEnded = async (id: number) =>
    await until(`session ${id} to end`, async () => {
      const seen = await session(id);
      return seen.state === 'ended' && seen;
    });
  const eventsOf = async (code: EventCode) =>
    (await product.call(operations.listEvents, { query: { code: [code], limit: 50 } })).items;
  const whenTold = async (code: EventCode, pattern: RegExp) =>
    await until(`the event ${code}`, async () =>
      (await eventsOf(code)).find(({ message }) => pattern.test(message)),
    );
  const reconciliation = async () => await product.call(operations.getReconciliation);
  const untilGo = (name: string): string =>
    `until [ -e ${path.join(agentHome, `go-${name}`)} ]; do sleep 0.05; done`;
  const go = (name: string): void => fs.writeFileSync(path.join(agentHome, `go-${name}`), '');

  test('agent killed during an attempt: silent since when, told once; back: the result that it kept', async () => {
    await apply('lost/vanishes', `${untilGo('vanishes')}; exit 0`);
    const id = await run('lost/vanishes');
    await whenRunning(id);
    await stopAgent('SIGKILL');
    await whenTold('agent_silent', /"web1" has been silent since .* 1 attempts/);
    const [unit] = (await session(id)).units;
    assert.equal(unit?.state, 'running');
    assert.match(unit?.reason ?? '', /"web1" has been silent since/);
    assert.equal((await reconciliation()).silent[0]?.node, 'web1');
    const said = await cli(product.place.home, 'reconcile');
    assert.match(said.stdout, /agent of web1: silent since/);
    assert.equal(said.code, 5);
    go('vanishes');
    await startAgent();
    assert.equal((await whenEnded(id)).endStatus, 'normal');
    assert.equal((await eventsOf('agent_silent')).length, 1);
    await until('the silence to be over', async () => (await reconciliation()).silent.length === 0);
  });

  const comesBack = async (keepJournal: boolean): Promise<void> => {
    const folder = path.join(agentHome, 'agent');
    const saved = path.join(agentHome, 'saved');
    await stopAgent('SIGTERM');
    fs.cpSync(folder, saved, { recursive: true, filter: (file) => !fs.lstatSync(file).isFIFO() });
    await startAgent();
    const name = keepJournal ? 'lost/older' : 'lost/gone';
    await apply(name, untilGo('never'));
    const id = await run(name);
    await whenRunning(id);
    await stopAgent('SIGKILL');
    fs.rmSync(folder, { recursive: true });
    if (keepJournal) fs.renameSync(saved, folder);
    else {
      fs.mkdirSync(folder, { mode: 0o700 });
      fs.copyFileSync(path.join(saved, 'identity.json'), path.join(folder, 'identity.json'));
      fs.rmSync(saved, { recursive: true });
    }
    await startAgent();
    const ended = await whenEnded(id);
    assert.equal(ended.endStatus, 'unknown');
    const attemptId = ended.units[0]?.attempts[0]?.id ?? '';
    assert.match(ended.units[0]?.reason ?? '', /no record at the agent; .* still ran afterwards \(\d+ /);
    await whenTold('agent_forgot', new RegExp(attemptId));
    await whenTold('attempt_stray', new RegExp(`${attemptId} \\(${name}, closed as unknown\\)`));
    const [stray] = (await reconciliation()).strays;
    assert.deepEqual([stray?.attemptId, stray?.net, stray?.unit], [attemptId, name, 'a']);
    const said = await cli(product.place.home, 'attempt', 'end', attemptId, '--kill-after', '1');
    assert.equal(said.code, 0, said.stderr);
    await until('nothing of it to be left', async () => (await reconciliation()).strays.length === 0);
  };
  for (const [situation, keepJournal] of [
    ['its state is gone', false],
    ['its state is of an older day', true],
  ] as const)
    test(`agent comes back and ${situation}: unknown, what still runs is named, shown and can be ended`, () =>
      comesBack(keepJournal));

  test('long output through kills of manager and agent: every byte once, at the end', async () => {
    const line = 'the night run books account after account and says so\n';
    const count = Math.ceil(OUTPUT_BYTES / line.length);
    await apply(
      'lost/output',
      `perl -e '$| = 1; for (1..${count}) { print "${line.trim()}\\n"; select undef, undef, undef, 0.01 unless $_ % 1000 }'`,
      '    output_bytes_max: 1073741824\n',
    );
    const id = await run('lost/output');
    const unit = await whenRunning(id);
    const attemptId = unit.attempts[0]?.id as never;
    const stored = async () =>
      (await product.call(operations.getOutput, { params: { attemptId }, query: { offset: -1 } }))
        .storedBytes;
    for (const kill of ['manager', 'agent', 'manager'] as const) {
      const had = await stored().catch(() => 0);
      await until('more output', async () => (await stored().catch(() => 0)) > had);
      if (kill === 'manager')
        for (const { pid } of product.processes('manager')) process.kill(pid, 'SIGKILL');
      else {
        await stopAgent('SIGKILL');
        await startAgent().catch(() => undefined);
      }
    }
    assert.equal(
      (await until('its end', async () => await whenEnded(id).catch(() => null))).endStatus,
      'normal',
    );
    const last = await until('all of it', async () => {
      const page = await product.call(operations.getOutput, { params: { attemptId }, query: { offset: -1 } });
      return page.complete && page;
    });
    assert.equal(last.storedBytes, count * line.length);
    const response = await product.fetch(`/api/v1/attempts/${String(attemptId)}/output/raw`);
    const hash = createHash('sha256')
      .update(Buffer.from(await response.arrayBuffer()))
      .digest('hex');
    assert.equal(hash, createHash('sha256').update(line.repeat(count)).digest('hex'));
  });

  test('start conditions on files, through kills of manager and agent: each file starts one session; silence is told', async (t) => {
    const remove = async (): Promise<void> => {
      const params = { name: 'lost/files' };
      const found = await product.call(operations.getNet, { params }).catch(() => null);
      if (found !== null)
        await product.call(operations.deleteNet, { params, ifMatch: `"${found.revision}"` });
    };
    t.after(remove);
    const folder = path.join(agentHome, 'in');
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'before.csv'), '');
    const names: string[] = [];
    const put = (count: number): void => {
      for (let index = 0; index < count; index += 1) {
        const name = `f${names.length}.csv`;
        names.push(name);
        fs.writeFileSync(path.join(folder, name), 'x'.repeat(names.length));
      }
    };
    const definition = {
      kind: 'jobnet',
      name: 'lost/files',
      parameters: [{ name: 'FILE' }, { name: 'SIZE' }],
      start_conditions: {
        any: [
          {
            name: 'arrival',
            files: { node: 'web1', path: `${folder}/*.csv`, settle_s: 0.2, interval_s: 0.2 },
            parameters: { FILE: '{{file.name}}', SIZE: '{{file.size}}' },
          },
        ],
      },
      units: [{ name: 'a', type: 'or' }],
    };
    await product.call(operations.applyDefinitions, { body: JSON.stringify(definition) });
    const monitoring = async () =>
      (await product.call(operations.getNetMonitoring, { params: { name: 'lost/files' } })).conditions[0]
        ?.files ?? null;
    await until('it to watch', async () => (await monitoring())?.state === 'watches');
    const killManager = (): void => {
      for (const { pid } of product.processes('manager')) process.kill(pid, 'SIGKILL');
    };
    for (const kill of ['manager', 'agent', 'both'] as const) {
      put(8);
      if (kill !== 'agent') killManager();
      if (kill !== 'manager') await stopAgent('SIGKILL');
      put(8);
      if (kill !== 'manager') await startAgent().catch(() => undefined);
      put(8);
    }
    const started = async () =>
      (await product.call(operations.listSessions, { query: { net: 'lost/files', limit: 200 } })).items;
    await until('all of them', async () => {
      const count = (await started().catch(() => [])).length;
      return count >= names.length;
    });
    const files = await Promise.all(
      (await started()).map(async ({ id }) => {
        const { parameters } = await session(id);
        return `${parameters['FILE'] ?? ''} ${parameters['SIZE'] ?? ''}`;
      }),
    );
    assert.deepEqual(files.toSorted(), names.map((name, index) => `${name} ${index + 1}`).toSorted());
    const stands = await until('all to be stored', async () => {
      const now = await monitoring();
      return now?.found === names.length && now.state === 'watches' && now;
    });
    assert.deepEqual([stands.node, stands.waiting, stands.says], ['web1', 0, null]);

    await stopAgent('SIGKILL');
    await whenTold('file_watch_silent', /condition "arrival" of lost\/files, which watches files on "web1"/);
    assert.match((await monitoring())?.says ?? '', /not connected/);
    const said = await cli(product.place.home, 'net', 'monitoring', 'lost/files');
    assert.match(said.stdout, /arrival \(files\)\n.*web1: .*\n +does not watch; 72 found; last sign/);
    put(1);
    await startAgent();
    await until('the last one', async () => (await started()).length === names.length);
    await until('it to watch again', async () => (await monitoring())?.state === 'watches');
    // Ended by hand: nothing is left on the node, and what comes meanwhile starts nothing.
    const operate = async (operation: string) =>
      await product.call(operations.operateNetMonitoring, {
        params: { name: 'lost/files' },
        body: { operation },
      } as never);
    const attempts = path.join(agentHome, 'agent/attempts');
    const watchers = (): string[] => {
      const ids = fs.readdirSync(attempts).filter((id) => id.startsWith('0-'));
      return fs
        .readdirSync('/proc')
        .filter((pid) => /^\d+$/.test(pid))
        .filter((pid) => ids.some((id) => commandOf(pid) === `nezuban-tool file_monitor ${id}`));
    };
    assert.equal(watchers().length, 2);
    await operate('end');
    await until('no watch to be left', async () => watchers().length === 0);
    fs.writeFileSync(path.join(folder, 'meanwhile.csv'), '');
    await operate('begin');
    await until('it to watch anew', async () => (await monitoring())?.state === 'watches');
    put(1);
    await until('one more', async () => (await started()).length === names.length);
    assert.equal((await monitoring())?.found, 1);
    await remove();
    await until('nothing to be left', async () => watchers().length === 0);
  });
});

const commandOf = (pid: string): string => {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
};
