// Tests of the keeper's small parts: log lines, rotation, environment, notices, what children are told, the register.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import {
  agentConfigSchema,
  intakeConfigSchema,
  managerConfigSchema,
} from '@nezuban/protocol/keeper/child-messages';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { agentConfig, boundAddresses, intakeConfig, managerConfig } from './child-config.ts';
import { withoutNpm } from './environment.ts';
import { acquireInstanceLock } from './instance-lock.ts';
import { createLogCollector } from './log-collector.ts';
import { tellingLine, toTerminalLine } from './log-line.ts';
import { createNoticeQueue } from './notice-queue.ts';
import { parseCommand, type StartOptions } from './options.ts';
import { createProcessRegister } from './process-register.ts';
import { createRotatingFile } from './rotating-file.ts';

const scratch = fs.mkdtempSync('/tmp/nz-parts-');
after(() => fs.rmSync(scratch, { recursive: true, force: true }));

function startOptions(...args: string[]): StartOptions {
  const parsed = parseCommand(args);
  assert.ok(parsed.ok && parsed.command.name === 'start');
  return parsed.command.options;
}

const layout = { home: '/h', runDirectory: '/h/run', version: '1.2.3', consoleDirectory: null };

test('child config: ports asked for as 0: the ports of the first manager are kept; the agent goes to a reachable host', () => {
  const options = startOptions('--listen', '127.0.0.1:0', '--agent-listen', '0.0.0.0:0');
  const bound = boundAddresses('https://[::1]:8443/', '127.0.0.1:8444');
  const around = { bound, ownsLocalNode: true };
  const manager = managerConfigSchema.parse(managerConfig(layout, options, around));
  assert.equal(manager.listen.port, 8443);
  assert.equal(manager.agentListen.port, 8444);
  assert.equal(manager.localJoinTokenFile, '/h/agent/local-join-token');
  const agent = agentConfigSchema.parse(
    agentConfig(layout, options, { bound, others: ['192.0.2.12:7381'], nodeName: 'local' }),
  );
  assert.deepEqual(agent.managers, ['127.0.0.1:8444', '192.0.2.12:7381']);
  assert.equal(agent.nodeName, 'local');
  assert.equal(agent.joinTokenFile, manager.localJoinTokenFile);
  assert.equal(managerConfig(layout, startOptions('--no-local-agent'), around).localJoinTokenFile, null);
  const second = managerConfig(layout, options, { bound, ownsLocalNode: false });
  assert.equal(second.localJoinTokenFile, null, 'the second host of a pair asks the master for a token');
  assert.equal(managerConfig(layout, startOptions(), around).listen.port, 7380);
  assert.equal(managerConfig(layout, startOptions('--no-intake'), around).intakeSockets, null);
  assert.equal(intakeConfig(layout, startOptions('--no-intake')), null);
  const intake = intakeConfigSchema.parse(intakeConfig(layout, options));
  assert.equal(intake.socketPath, manager.intakeSockets?.own);
  assert.deepEqual(boundAddresses('http://h/', undefined), { consolePort: 80, agentPort: null });
});

test('environment: started by npm: what npm added is gone, the rest stays', () => {
  const environment = {
    npm_lifecycle_event: 'start',
    npm_config_x: '1',
    INIT_CWD: '/x',
    PATH: '/w/node_modules/.bin:/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin:/usr/bin:/bin',
    LANG: 'ja_JP.UTF-8',
  };
  assert.deepEqual(withoutNpm(environment), { PATH: '/usr/bin:/bin', LANG: 'ja_JP.UTF-8' });
  assert.deepEqual(withoutNpm({ PATH: '/w/node_modules/.bin' }), { PATH: '/w/node_modules/.bin' });
});

test('log line: warnings and errors reach the terminal in one line, the rest does not', () => {
  const line = (level: string, more = {}) => JSON.stringify({ level, msg: 'disk\nslow', ...more });
  assert.equal(toTerminalLine('manager', line('warn')), 'manager: warning: disk slow');
  assert.equal(
    toTerminalLine('agent', line('error', { err: { message: 'EIO' } })),
    'agent: error: disk slow (EIO)',
  );
  assert.equal(toTerminalLine('keeper', line('warn')), 'warning: disk slow');
  assert.equal(toTerminalLine('manager', line('info')), null);
  assert.equal(toTerminalLine('manager', '    at file:///x.ts:1:2'), null);
  assert.equal(toTerminalLine('postgres', '2026-01-01 00:00:00.000 UTC [1] ERROR:  duplicate key'), null);
  assert.equal(
    toTerminalLine('postgres', '2026-01-01 00:00:00.000 UTC [1] PANIC:  could not write to file'),
    'postgres: PANIC:  could not write to file',
  );
  assert.ok(
    (toTerminalLine('manager', JSON.stringify({ level: 'error', msg: 'x'.repeat(9_999) })) ?? '').length <
      500,
  );
});

test('log line: the most telling of the last lines: the last error', () => {
  assert.equal(
    tellingLine(['TypeError: x is not a function', '    at y', 'Node.js v26']),
    'TypeError: x is not a function',
  );
  assert.equal(tellingLine([JSON.stringify({ level: 'error', msg: 'no key' }), 'bye']), 'no key');
  assert.equal(
    tellingLine(['2026-01-01 00:00:00.000 UTC [7] FATAL:  out of memory']),
    'FATAL:  out of memory',
  );
  assert.equal(tellingLine(['all is well']), null);
});

test('log collector: lines across chunks, an endless line, a last line without end: all written, bounded', async () => {
  const shown: string[] = [];
  const logs = createLogCollector({
    directory: path.join(scratch, 'log'),
    level: 'info',
    toTerminal: (line) => shown.push(line),
  });
  const stream = new PassThrough();
  logs.collect('manager', stream);
  stream.write('{"level":"warn","msg":"fir');
  stream.write('st"}\nsecond\n');
  stream.write('x'.repeat(200_000));
  stream.end('\nlast');
  await waitFor(() => logs.lastLines('manager').at(-1) === 'last');
  logs.logger.warn({ err: new Error('boom'), token: 'hidden' }, 'own line');
  logs.logger.debug('not at this level');
  await logs.close();
  const written = fs.readFileSync(path.join(scratch, 'log/manager.log'), 'utf8').split('\n');
  assert.deepEqual(written.slice(0, 2), ['{"level":"warn","msg":"first"}', 'second']);
  assert.ok(written.every((line) => line.length <= 65_600));
  assert.equal(written.at(-2), 'last');
  const own = fs.readFileSync(path.join(scratch, 'log/keeper.log'), 'utf8');
  assert.match(own, /"type":"Error","message":"boom"/);
  assert.ok(!own.includes('hidden') && !own.includes('not at this level'));
  assert.deepEqual(shown, ['manager: warning: first', 'warning: own line (boom)']);
});

test('rotating file: grows past its bound: the newest stay, in order, and no more files than allowed', async () => {
  const file = path.join(scratch, 'rotating.log');
  for (let n = 0; n < 20; n += 1) {
    const log = createRotatingFile({ file, bytesMax: 50, filesMax: 3 });
    log.append(`line number ${n} of twenty`);
    await log.close();
  }
  const names = fs.readdirSync(scratch).filter((name) => name.startsWith('rotating'));
  assert.deepEqual(names.toSorted(), ['rotating.log', 'rotating.log.1', 'rotating.log.2']);
  assert.match(fs.readFileSync(file, 'utf8'), /line number 19 of twenty\n$/);
  assert.ok(names.every((name) => fs.statSync(path.join(scratch, name)).size <= 50));
});

test('rotating file: the disk does not take it: drops, goes on, and says how many', async () => {
  const file = path.join(scratch, 'blocked/x.log');
  fs.writeFileSync(path.join(scratch, 'blocked'), 'a file where the folder should be');
  const log = createRotatingFile({ file, queuedBytesMax: 100 });
  for (let n = 0; n < 50; n += 1) log.append(`lost ${n}`);
  await log.close();
  fs.rmSync(path.join(scratch, 'blocked'));
  log.append('kept');
  await log.close();
  const text = fs.readFileSync(file, 'utf8');
  assert.match(text, /^kept\n/);
  assert.match(text, /50 log lines were dropped/);
});

test('notice queue: no manager serves: kept in order within a bound, then delivered once', () => {
  const queue = createNoticeQueue();
  const notice = (message: string) =>
    ({ type: 'notice', code: 'process_restarted', at: '', process: 'p', message, details: {} }) as const;
  const got: string[] = [];
  for (let n = 0; n < 150; n += 1) queue.add(notice(String(n)));
  queue.managerReady(({ message }) => got.push(message));
  queue.add(notice('now'));
  queue.managerGone();
  queue.add(notice('later'));
  queue.managerReady(({ message }) => got.push(message));
  assert.equal(got.length, 102);
  assert.deepEqual([got[0], got.at(-2), got.at(-1)], ['0', 'now', 'later']);
});

test('instance lock: held: a second is refused; released: free again', () => {
  const home = path.join(scratch, 'locked');
  fs.mkdirSync(home);
  const lock = acquireInstanceLock(home);
  assert.ok(lock);
  assert.equal(acquireInstanceLock(home), null);
  lock.release();
  lock.release();
  const again = acquireInstanceLock(home);
  assert.ok(again);
  again.release();
});

test('process register: the list cannot be written, as on a full disk: it is told, and written at the next change', () => {
  const folder = path.join(scratch, 'register');
  const draft = path.join(folder, 'processes.json.draft');
  fs.mkdirSync(draft, { recursive: true });
  const troubles: unknown[] = [];
  const register = createProcessRegister(folder, (error) => troubles.push(error));
  register.add('manager', process.pid);
  assert.equal(troubles.length, 1);
  fs.rmdirSync(draft);
  register.add('agent', process.ppid);
  assert.equal(troubles.length, 1);
  const text = fs.readFileSync(path.join(folder, 'processes.json'), 'utf8');
  const { processes } = JSON.parse(text) as { processes: { name: string }[] };
  assert.deepEqual(
    processes.map(({ name }) => name),
    ['manager', 'agent'],
  );
});
