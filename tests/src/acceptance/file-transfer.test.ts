/**
 * Files from agent to agent: the real manager with two real agents, one of them behind a link that the test can cut.
 * What arrives is compared byte for byte, through kills of both agents, the manager and the tool in the middle.
 */
import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { operations } from '@nezuban/protocol/api/operations';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { processesWithCommand } from '../support/processes.ts';
import { createScratchHome } from '../support/scratch-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { choosePlace, repositoryRoot, startProduct, waitForLocalAgent, type Product } from './product.ts';

const CLI = path.join(repositoryRoot, 'cli/bin/nezuban');
const PATIENCE_MS = 300_000;
const LARGE_BYTES = 60_000_000;
const isRoot = process.getuid?.() === 0;

describe('file transfer', { timeout: 1_200_000 }, () => {
  let home: ReturnType<typeof createScratchHome>;
  let agentHome: string;
  let folder: string;
  let product: Product;
  let agent: ChildProcess | null = null;
  const wire = createWire();

  before(async () => {
    home = createScratchHome();
    agentHome = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-transfer-agent-'));
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-transfer-'));
    fs.chmodSync(folder, 0o755);
    for (const name of ['out', 'in', 'open']) fs.mkdirSync(path.join(folder, name));
    fs.chmodSync(path.join(folder, 'open'), 0o777);
    product = await startProduct(await choosePlace(home.path));
    await waitForLocalAgent(product);
    // As whom job nets may read and write.
    await product.call(operations.putSettings, {
      params: { section: 'run_as' },
      body: { rules: [{ users: ['@agent', 'nobody', 'nobody-here'] }] },
      ifMatch: null,
    } as never);
    const port = await wire.start(product.place.agentPort);
    const said = await cli(product.place.home, 'join-token --json');
    const token = /nzj_[\w-]+\.[\w-]+/.exec(said)?.[0] ?? '';
    await cli(
      agentHome,
      `agent join --manager 127.0.0.1:${port} --token ${token} --name web1 --home ${agentHome}`,
    );
    await startAgent();
  });
  after(async () => {
    await stopAgent('SIGTERM');
    await product?.stop();
    wire.stop();
    await home?.remove();
    for (const each of [agentHome, folder]) fs.rmSync(each, { recursive: true, force: true });
  });

  const cli = async (nezubanHome: string, line: string): Promise<string> =>
    await new Promise((resolve, reject) => {
      const env = { ...process.env, NEZUBAN_HOME: nezubanHome, NEZUBAN_URL: '', NEZUBAN_TOKEN: '' };
      execFile(CLI, line.split(' '), { env, timeout: PATIENCE_MS }, (error, stdout, stderr) =>
        error === null ? resolve(stdout) : reject(new Error(`${line}: ${stderr}`)),
      );
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
    await until('web1 to connect', async () => {
      const node = await product.call(operations.getNode, { params: { name: 'web1' } });
      return node.connection === 'connected';
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
  const until = async <Value>(
    message: string,
    look: () => Promise<Value>,
  ): Promise<Exclude<Value, false | null | undefined>> =>
    (await waitFor(async () => await look().catch(() => null), {
      timeoutMs: PATIENCE_MS,
      intervalMs: 100,
      message,
    })) as never;
  const run = async (name: string, units: string): Promise<number> => {
    await product.call(operations.applyDefinitions, {
      body: `kind: jobnet\nname: ${name}\ntarget: { node: web1 }\nunits:\n${units}`,
    });
    return (await product.call(operations.runNet, { params: { name }, body: {} })).id;
  };
  const session = async (id: number): Promise<SessionDetail> =>
    await product.call(operations.getSession, { params: { id } });
  const whenEnded = async (id: number): Promise<SessionDetail> =>
    await until(`session ${id} to end`, async () => {
      const seen = await session(id);
      return seen.state === 'ended' && seen;
    });
  const unitOf = (detail: SessionDetail, unit: string) => {
    const found = detail.units.find((each) => each.path === unit);
    assert.ok(found, unit);
    return found;
  };
  const said = async (detail: SessionDetail, unit: string, stream = 'stderr'): Promise<string> => {
    const [attempt] = unitOf(detail, unit).attempts;
    assert.ok(attempt, `${unit}: ${unitOf(detail, unit).reason}`);
    return await until(`the output of ${unit}`, async () => {
      const { text } = await product.call(operations.getOutput, {
        params: { attemptId: attempt.id },
        query: { stream } as never,
      });
      return text !== '' && text;
    });
  };
  const transfers = async (id: number) =>
    (await product.call(operations.listTransfers, { query: { session: id } })).items;
  const arrived = async (id: number, bytes: number) =>
    await until(`${bytes} bytes to arrive`, async () =>
      (await transfers(id)).find((one) => one.bytes >= bytes),
    );
  const unit = (name: string, [from, to]: readonly [string, string], more = ''): string =>
    `  - name: ${name}\n    type: file_transfer\n    from: { node: local, ${from} }\n    to: { ${to} }\n${more}`;
  const at = (...names: string[]): string => path.join(folder, ...names);
  const left = (name: string): string[] => fs.readdirSync(at(name)).filter((each) => each.startsWith('.'));

  test('files of every kind: arrive as they are, with mode, time and owner; what is missing is an error', async () => {
    const bytes = Buffer.from('口座,金額\n1,2\n');
    fs.writeFileSync(at('out/day.csv'), bytes, { mode: 0o640 });
    fs.utimesSync(at('out/day.csv'), 1_000_000, 1_000_000);
    fs.writeFileSync(at('out/empty'), '');
    const odd = Buffer.concat([
      Buffer.from(`${at('out')}/part-`),
      Buffer.from([0x93, 0xfa]),
      Buffer.from('.dat'),
    ]);
    fs.writeFileSync(odd, 'sjis');
    fs.writeFileSync(at('out/part-2.dat'), '22');
    fs.writeFileSync(at('out/.part-3.dat'), 'hidden');
    fs.writeFileSync(at('out/secret'), 'x', { mode: 0o600 });
    fs.writeFileSync(at('in/there'), 'old');
    fs.writeFileSync(at('in/stays'), 'old');
    fs.mkdirSync(at('in/folder'));
    const id = await run(
      'transfer/kinds',
      [
        unit('one', [
          `path: ${at('out/day.csv')}`,
          `path: ${at('in/copy.csv')}, mode: "0600", keep_times: true`,
        ]),
        unit('empty', [`path: ${at('out/empty')}`, `path: ${at('in/')}`]),
        unit('many', [`path: "${at('out/part-*.dat')}"`, `path: ${at('in/')}`]),
        unit('over', [`path: ${at('out/day.csv')}`, `path: ${at('in/there')}`]),
        unit('keep', [`path: ${at('out/day.csv')}`, `path: ${at('in/stays')}, if_exists: keep`]),
        unit('fail', [`path: ${at('out/day.csv')}`, `path: ${at('in/stays')}, if_exists: fail`]),
        unit('missing', [`path: ${at('out/none')}`, `path: ${at('in/')}`]),
        unit('warned', [`path: "${at('out/none-*')}", on_missing: warning`, `path: ${at('in/')}`]),
        unit('nowhere', [`path: ${at('out/day.csv')}`, `path: ${at('nowhere/x')}`]),
        unit('folder', [`path: ${at('out/day.csv')}`, `path: ${at('in/folder')}`]),
        unit('dir', [`path: ${at('out')}`, `path: ${at('in/')}`]),
        unit('many2', [`path: "${at('out/*')}", files_max: 2`, `path: ${at('in/')}`]),
        ...(isRoot
          ? [
              unit(
                'user',
                [`user: nobody, path: ${at('out/day.csv')}`, `path: ${at('open/mine')}`],
                '    user: nobody\n',
              ),
              unit('owned', [
                `path: ${at('out/day.csv')}`,
                `path: ${at('open/owned')}, owner: nobody, group: nogroup`,
              ]),
              unit('unread', [`user: nobody, path: ${at('out/secret')}`, `path: ${at('in/')}`]),
              unit('unwritten', [`path: ${at('out/empty')}`, `path: ${at('in/x')}`], '    user: nobody\n'),
              unit('stranger', [`user: nobody-here, path: ${at('out/empty')}`, `path: ${at('in/x')}`]),
            ]
          : []),
      ].join(''),
    );
    if (isRoot) fs.chmodSync(at('out/day.csv'), 0o644);
    const detail = await whenEnded(id);
    const ends = Object.fromEntries(detail.units.map((each) => [each.path, each.endStatus]));
    const why = JSON.stringify(await Promise.all(detail.units.map(async (each) => [each.path, each.reason])));
    const normal = ['one', 'empty', 'many', 'over', 'keep', ...(isRoot ? ['user', 'owned'] : [])];
    for (const name of normal) assert.equal(ends[name], 'normal', `${name}: ${why}`);
    assert.equal(ends['warned'], 'warning', why);

    assert.deepEqual(fs.readFileSync(at('in/copy.csv')), bytes);
    const copy = fs.statSync(at('in/copy.csv'));
    assert.deepEqual([copy.mode & 0o777, copy.mtimeMs], [0o600, 1_000_000_000]);
    assert.equal(fs.statSync(at('in/empty')).size, 0);
    assert.equal(fs.readFileSync(at('in/part-2.dat'), 'utf8'), '22');
    assert.equal(
      fs.readFileSync(Buffer.from(odd.toString('latin1').replace('/out/', '/in/'), 'latin1'), 'utf8'),
      'sjis',
    );
    assert.deepEqual(fs.readFileSync(at('in/there')), bytes);
    assert.equal(fs.readFileSync(at('in/stays'), 'utf8'), 'old');
    assert.deepEqual([left('in'), left('open')], [[], []]);
    const result = JSON.parse(await said(detail, 'one', 'stdout')) as { files: object[] };
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    assert.deepEqual(result.files, [{ file: at('in/copy.csv'), bytes: bytes.length, sha256 }]);

    const host = os.hostname();
    const errors: [string, number, RegExp][] = [
      ['fail', 2, new RegExp(`${at('in/stays')} is there already, and "if_exists" is "fail"`)],
      ['missing', 66, new RegExp(`There is no ${at('out/none')} on local`)],
      ['warned', 66, new RegExp(`No file on local \\(${host}\\) fits`)],
      ['nowhere', 64, new RegExp(`There is no folder ${at('nowhere')} on ${host}`)],
      ['folder', 64, /is a folder on .* End the target with "\/"/],
      ['dir', 74, /is a folder; only files are transferred/],
      ['many2', 2, /More than 2 files on local/],
      ...((isRoot
        ? [
            [
              'unread',
              77,
              new RegExp(`local \\(${host}\\) cannot read ${at('out/secret')}: permission is missing`),
            ],
            ['unwritten', 77, new RegExp(`${host} cannot write .*: permission is missing`)],
            ['stranger', 77, /user nobody-here is not known on this host/],
          ]
        : []) as [string, number, RegExp][]),
    ];
    for (const [name, code, pattern] of errors) {
      assert.match(await said(detail, name), pattern, name);
      assert.equal(unitOf(detail, name).attempts[0]?.exitCode, code, name);
    }
    if (!isRoot) return;
    const mine = fs.statSync(at('open/mine'));
    const owned = fs.statSync(at('open/owned'));
    assert.deepEqual([mine.uid, owned.uid, owned.gid], [65_534, 65_534, 65_534]);
  });

  test('cut link, killed agents, killed manager, killed tool: one file, exact, never half of one', async () => {
    const digest = writeLarge(at('out/large'));
    let half = '';
    const watch = setInterval(() => {
      const size = fs.statSync(at('in/large'), { throwIfNoEntry: false })?.size;
      if (size !== undefined && size !== LARGE_BYTES) half = `seen with ${size} bytes`;
    }, 5);
    const id = await run(
      'transfer/large',
      unit('large', [`path: ${at('out/large')}`, `path: ${at('in/')}`], '    mb_per_second: 12\n'),
    );
    await arrived(id, 4_000_000);
    wire.cut();
    await until('the cut to be seen', async () => (await transfers(id))[0]?.state === 'broken');
    wire.mend();
    await arrived(id, 10_000_000);
    await stopAgent('SIGKILL');
    await startAgent();
    await arrived(id, 17_000_000);
    for (const { pid } of product.processes('agent')) process.kill(pid, 'SIGKILL');
    await arrived(id, 24_000_000);
    for (const { pid } of product.processes('manager')) process.kill(pid, 'SIGKILL');
    await until('the transfer to go on', async () => ((await transfers(id))[0]?.bytes ?? 0) >= 32_000_000);
    const [running] = (await session(id)).units;
    assert.equal(running?.attempts.length, 1);
    // Without its waiter the tool writes nothing more; nobody knows how it ended, and the next try takes up what is there.
    const waiter = `nezuban-waiter ${running.attempts[0]?.id}`;
    for (const { pid } of processesWithCommand((line) => line === waiter)) process.kill(pid, 'SIGKILL');
    const detail = await whenEnded(id);
    clearInterval(watch);
    assert.equal(unitOf(detail, 'large').endStatus, 'normal', JSON.stringify(detail.units[0]));
    assert.equal(digestOf(at('in/large')), digest);
    assert.deepEqual([half, left('in')], ['', []]);
    assert.match(await said(detail, 'large'), /goes on behind \d{8} bytes of an earlier try/);
    const result = JSON.parse(await said(detail, 'large', 'stdout')) as { files: { sha256: string }[] };
    assert.equal(result.files[0]?.sha256, digest);
    await until('what was broken off to be forgotten', async () => (await transfers(id)).length === 0);
  });

  test('stopped: both sides end, and nothing is left', async () => {
    writeLarge(at('out/large'));
    const id = await run(
      'transfer/stopped',
      unit('large', [`path: ${at('out/large')}`, `path: ${at('in/stopped')}`], '    mb_per_second: 3\n'),
    );
    await arrived(id, 1_000_000);
    await product.call(operations.operateSession, {
      params: { id },
      body: { operation: 'stop' },
    } as never);
    await until('the end', async () => !['running', 'stopping'].includes((await session(id)).state));
    await until(
      'the readers to end',
      async () =>
        processesWithCommand((line) => line.includes('read-main.ts') && line.includes(repositoryRoot))
          .length === 0,
    );
    assert.deepEqual([fs.existsSync(at('in/stopped')), left('in')], [false, []]);
  });

  test('source away: waits, says for whom, and ends after its deadline', async () => {
    wire.cut();
    const id = await (async () => {
      await product.call(operations.applyDefinitions, {
        body: `kind: jobnet\nname: transfer/away\ntarget: { node: local }\nunits:\n  - name: away\n    type: file_transfer\n    from: { node: web1, path: ${at('out/day.csv')} }\n    to: { path: ${at('in/away')} }\n    no_progress_s: 10\n`,
      });
      return (await product.call(operations.runNet, { params: { name: 'transfer/away' }, body: {} })).id;
    })();
    const waits = await until('the reason', async () =>
      (await transfers(id)).find(({ reason }) => reason !== null),
    );
    assert.match(waits.reason ?? '', /web1/);
    const detail = await whenEnded(id);
    wire.mend();
    assert.equal(unitOf(detail, 'away').attempts[0]?.exitCode, 69);
    assert.match(
      await said(detail, 'away'),
      /Nothing has come of .*day.csv on web1 for 10 s. Waits for web1/,
    );
  });
});

/** Bytes that do not repeat, so that a gap or a shift is seen. */
function writeLarge(file: string): string {
  const bytes = randomBytes(LARGE_BYTES);
  fs.writeFileSync(file, bytes);
  return createHash('sha256').update(bytes).digest('hex');
}

function digestOf(file: string): string {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

/** A line between an agent and the manager that can be cut. */
function createWire() {
  const sockets = new Set<net.Socket>();
  let isCut = false;
  let target = 0;
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    if (isCut) {
      socket.destroy();
      return;
    }
    const other = net.connect(target, '127.0.0.1');
    other.on('error', () => undefined);
    for (const [from, to] of [
      [socket, other],
      [other, socket],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    cut,
    mend: () => void (isCut = false),
    async start(port: number): Promise<number> {
      target = port;
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return (server.address() as net.AddressInfo).port;
    },
    stop() {
      cut();
      server.close();
    },
  };
}
