// The command line of the agent, and the addresses that people write there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseManagerAddress } from './identity/manager-address.ts';
import { parseCommandLine, UsageError } from './options.ts';

test('options: what is asked for', () => {
  assert.deepEqual(parseCommandLine([]), { type: 'run', home: undefined, logLevel: 'info' });
  assert.deepEqual(parseCommandLine(['--home', '/x', '--log-level', 'debug']), {
    type: 'run',
    home: '/x',
    logLevel: 'debug',
  });
  assert.deepEqual(parseCommandLine(['run', '--keeper']), { type: 'keeper' });
  assert.deepEqual(parseCommandLine(['join', '--manager', 'a:1, b:2', '--manager', 'c:3', '--token', 't']), {
    type: 'join',
    home: undefined,
    managers: ['a:1', 'b:2', 'c:3'],
    token: 't',
    nodeName: null,
  });
  assert.deepEqual(parseCommandLine(['status', '--json']), { type: 'status', home: undefined, json: true });
  assert.deepEqual(parseCommandLine(['join', '--help']), { type: 'help' });
});

test('options: what cannot be: one sentence each', () => {
  const cases: [string[], RegExp][] = [
    [['dance'], /"dance" is not a command of the agent/],
    [['join', '--token', 't'], /join needs --manager/],
    [['join', '--manager', 'a:1'], /join needs --token/],
    [['join', '--manager', 'a:1,b:1,c:1,d:1,e:1', '--token', 't'], /at most 4 managers, 5 are given/],
    [['run', '--log-level', 'loud'], /--log-level loud is not one of/],
    [['run', 'extra'], /extra/],
    [['status', '--home'], /--home/],
  ];
  for (const [args, message] of cases) {
    assert.throws(
      () => parseCommandLine(args),
      (error: unknown) =>
        error instanceof UsageError && message.test(error.message) && !error.message.includes('\n'),
      args.join(' '),
    );
  }
});

test('manager address: hosts, IPv6, and what is none', () => {
  assert.deepEqual(parseManagerAddress('m.example:7381'), { host: 'm.example', port: 7381 });
  assert.deepEqual(parseManagerAddress('[::1]:7381'), { host: '::1', port: 7381 });
  for (const bad of ['m', 'm:', 'm:0', 'm:70000', '::1:7381', 'a b:1', 'https://m:1'])
    assert.throws(() => parseManagerAddress(bad), /write HOST:PORT/, bad);
});
