// Tests of the command line of `nezuban manager`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand, parseHostPort } from './options.ts';

function problemsOf(...args: string[]): string {
  const parsed = parseCommand(args);
  return parsed.ok ? 'none' : parsed.problems.join('\n');
}

test('options: none: defaults on loopback', () => {
  assert.deepEqual(parseCommand([]), {
    ok: true,
    command: {
      name: 'start',
      home: undefined,
      options: {
        listen: { host: '127.0.0.1', port: 7380 },
        agentListen: { host: '127.0.0.1', port: 7381 },
        advertise: null,
        tls: null,
        localAgent: true,
        intake: true,
        withJobs: false,
        logLevel: 'info',
        admitAfterMs: null,
        postgresTools: null,
      },
    },
  });
});

test('options: all of them: understood', () => {
  const line =
    '--home /h --listen [::1]:80 --agent-listen=0.0.0.0:81 --advertise m.example:81 --tls-cert c --tls-key k --no-local-agent --no-intake --with-jobs --log-level debug --admit-after 2.5 --postgres-tools /usr/lib/postgresql/18/bin';
  const parsed = parseCommand(line.split(' '));
  assert.ok(parsed.ok && parsed.command.name === 'start');
  assert.equal(parsed.command.home, '/h');
  assert.deepEqual(parsed.command.options, {
    listen: { host: '::1', port: 80 },
    agentListen: { host: '0.0.0.0', port: 81 },
    advertise: 'm.example:81',
    tls: { certificateFile: 'c', keyFile: 'k' },
    localAgent: false,
    intake: false,
    withJobs: true,
    logLevel: 'debug',
    admitAfterMs: 2_500,
    postgresTools: '/usr/lib/postgresql/18/bin',
  });
});

test('options: status, stop, help: understood', () => {
  assert.deepEqual(parseCommand(['status', '--json']), {
    ok: true,
    command: { name: 'status', home: undefined, json: true },
  });
  assert.deepEqual(parseCommand(['stop', '--home', 'x', '--with-jobs']), {
    ok: true,
    command: { name: 'stop', home: 'x', withJobs: true },
  });
  for (const args of [['--help'], ['-h'], ['stop', '--help'], ['status', '-h']]) {
    assert.deepEqual(parseCommand(args), { ok: true, command: { name: 'help' } });
  }
});

test('options: wrong ones: each named with what would be right, all at once', () => {
  assert.match(problemsOf('--port', '1'), /--port is unknown; known are --home/);
  assert.match(problemsOf('starrt'), /"starrt" is not expected here/);
  assert.match(problemsOf('--listen', '7380'), /--listen "7380" is no HOST:PORT; right would be 127/);
  assert.match(problemsOf('--listen', 'h:70000'), /no HOST:PORT/);
  assert.match(problemsOf('--listen', 'h:1', '--agent-listen', 'h:1'), /the same address \(h:1\)/);
  assert.match(problemsOf('--advertise', 'm:0'), /--advertise "m:0" is no HOST:PORT/);
  assert.match(problemsOf('--tls-cert', 'x'), /belong together/);
  assert.match(problemsOf('--log-level', 'loud'), /"loud" is unknown; right would be one of trace/);
  assert.match(problemsOf('--admit-after', '0'), /no number of seconds from 1 to 3600; right would be 10/);
  assert.match(problemsOf('--admit-after', 'soon'), /--admit-after "soon"/);
  assert.match(problemsOf('--home'), /--home needs a value/);
  assert.match(problemsOf('--home', '--with-jobs'), /--home needs a value/);
  assert.match(problemsOf('--with-jobs=yes'), /--with-jobs takes no value/);
  assert.match(problemsOf('--home', 'a', '--home', 'b'), /--home is given twice/);
  assert.match(problemsOf('status', '--with-jobs'), /--with-jobs is unknown/);
  assert.equal(problemsOf('--a', '--b', '--listen', 'x').split('\n').length, 3);
});

test('options: HOST:PORT: names, IPv4, IPv6 in brackets; nothing else', () => {
  assert.deepEqual(parseHostPort('[fe80::1%eth0]:1'), { host: 'fe80::1%eth0', port: 1 });
  assert.deepEqual(parseHostPort('localhost:0'), { host: 'localhost', port: 0 });
  for (const text of ['', ':1', 'h:', 'h', '::1:1', '[::1]', 'h:1:2', 'http://h:1', 'h h:1', 'h:-1']) {
    assert.equal(parseHostPort(text), null, text);
  }
});
