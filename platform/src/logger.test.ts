// Tests of the log's form, and that no secret passes it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { createLogger, type LogLevel } from './logger.ts';
import { isSecretKey, redactSecrets } from './redact.ts';

function logInto(lines: Record<string, unknown>[], level: LogLevel = 'info') {
  return createLogger({
    process: 'manager',
    level,
    destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
}

test('logger: a line: level and process by name, time in UTC, error with its stack', () => {
  const lines: Record<string, unknown>[] = [];
  logInto(lines).error({ err: new Error('boom', { cause: new Error('why') }) }, 'it broke');
  const [line] = lines;
  assert.equal(line?.['level'], 'error');
  assert.equal(line?.['process'], 'manager');
  assert.match(String(line?.['time']), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.equal(line?.['msg'], 'it broke');
  assert.match(JSON.stringify(line?.['err']), /boom.*logger\.test/);
});

test('logger: below its level: nothing is written', () => {
  const lines: Record<string, unknown>[] = [];
  logInto(lines, 'warn').info('x');
  assert.deepEqual(lines, []);
});

test('logger: secrets in a line, deep inside, in a child: masked', () => {
  const lines: Record<string, unknown>[] = [];
  const secret = 'tell-nobody';
  const logger = logInto(lines);
  logger.info(
    { adminPassword: secret, request: { headers: { Authorization: secret, 'set-cookie': [secret] } } },
    'x',
  );
  logger.child({ joinToken: secret }).info({ list: [{ clientSecret: secret }] }, 'y');
  assert.equal(lines.length, 2);
  assert.ok(!JSON.stringify(lines).includes(secret));
});

test('redact: names and files of secrets: shown; the input is not changed', () => {
  assert.equal(isSecretKey('joinTokenFile'), false);
  assert.equal(isSecretKey('token_id'), false);
  assert.equal(isSecretKey('api_token'), true);
  assert.equal(isSecretKey('communities'), true);
  const input = { password: 'x', when: new Date(0) };
  assert.deepEqual(redactSecrets(input), { password: '[redacted]', when: new Date(0) });
  assert.equal(input.password, 'x');
});

test('logger: whoever reads its lines is gone: the process goes on', async () => {
  const program = `
    const { createLogger } = await import(${JSON.stringify(import.meta.resolve('./logger.ts'))});
    const logger = createLogger({ process: 'agent', level: 'info' });
    process.stdin.resume().on('end', () => {
      for (let n = 0; n < 3; n += 1) logger.warn('nobody reads this');
      process.exit(42);
    });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  child.stderr.destroy();
  child.stdin.end();
  assert.deepEqual(await ended, [42, null]);
});
