/** The command line of the witness. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWitness } from './options.ts';

const TOKEN = `nzp_${'a'.repeat(43)}.${'b'.repeat(43)}`;

test('witness options: none: it runs, with the defaults', () => {
  assert.deepEqual(parseWitness([]), {
    ok: true,
    command: 'run',
    options: { home: undefined, join: null, name: null, lifeLine: false, logLevel: 'info' },
  });
});

test('witness options: all of them', () => {
  const join = ['--join', '192.0.2.1:7382, [2001:db8::2]:7382', '--token', TOKEN];
  const rest = ['--home', '/w', '--name', 'Wächter 1', '--life-line', '--log-level', 'debug'];
  assert.deepEqual(parseWitness([...join, ...rest]), {
    ok: true,
    command: 'run',
    options: {
      home: '/w',
      join: { addresses: ['192.0.2.1:7382', '[2001:db8::2]:7382'], token: TOKEN },
      name: 'Wächter 1',
      lifeLine: true,
      logLevel: 'debug',
    },
  });
});

test('witness options: help wins over everything that parses', () => {
  for (const args of [['--help'], ['-h', '--name', ''], ['help']])
    assert.deepEqual(parseWitness(args), { ok: true, command: 'help' });
});

for (const [args, problem] of [
  [['--frob'], /Unknown option '--frob'; see nezuban witness --help/],
  [['run'], /"run" is no option/],
  [['--join', 'a:1'], /--join and --token belong together/],
  [['--token', TOKEN], /--join and --token belong together/],
  [['--join', 'a', '--token', TOKEN], /--join "a" must be HOST:PORT/],
  [['--join', 'a:1,', '--token', TOKEN], /--join "" must be HOST:PORT/],
  [['--join', 'a:1', '--token', 'nzp_x'], /--token is no token of a pair/],
  [['--name', ' '], /--name must have 1 to 255 characters/],
  [['--log-level', 'loud'], /--log-level must be one of trace/],
] as const)
  test(`witness options: ${args.join(' ').slice(0, 40)}: refused, with what would be right`, () => {
    const parsed = parseWitness(args);
    assert.ok(!parsed.ok);
    assert.match(parsed.problems.join('; '), problem);
  });
