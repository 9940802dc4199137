// Every command's wrong input, without a manager: what is refused, and with which sentence.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandSpec } from '../commands/command.ts';
import { commands } from '../commands/registry.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { parseInvocation } from './parse.ts';

const parse = (line: string) =>
  parseInvocation(
    line.split(' ').filter((word) => word !== ''),
    commands,
  );

const refusalOf = (words: readonly string[] | string): string => {
  try {
    parseInvocation(typeof words === 'string' ? words.split(' ') : words, commands);
  } catch (error) {
    assert(error instanceof Failure, String(error));
    assert.equal(error.exitCode, exitCodes.usage);
    assert.match(error.hints.join('\n'), /nezuban help/);
    return error.message;
  }
  return assert.fail(`accepted: ${String(words)}`);
};

const argsOf = (line: string) => {
  const invocation = parse(line);
  assert(invocation.kind === 'run');
  return invocation.args;
};

/** Words that a command accepts: each demanded positional once. */
const validWords = (command: CommandSpec): string[] => [
  ...command.name.split(' '),
  ...command.positionals
    .filter((one) => one.optional !== true)
    .map((one) => one.choices?.[0] ?? (one.integer === true ? '12' : 'x')),
];

const own = commands.filter((command) => command.load !== undefined);

for (const command of own) {
  test(`arguments: ${command.name}: what is demanded alone is accepted`, () => {
    const invocation = parseInvocation(validWords(command), commands);
    assert(invocation.kind === 'run');
    assert.equal(invocation.command, command);
  });

  test(`arguments: ${command.name}: wrong input is refused in a sentence`, () => {
    const valid = validWords(command);
    assert.match(refusalOf([...valid, '--frobnicate']), /^There is no option --frobnicate of "nezuban /);
    assert.match(refusalOf([...valid, '--jsn']), /Did you mean "--json"\?$/);
    assert.match(refusalOf([...valid, '--json=yes']), /--json takes no value/);
    assert.match(refusalOf([...valid, '--url']), /--url needs a value/);
    assert.match(refusalOf([...valid, '--url', 'a', '--url', 'b']), /--url is given twice/);
    const demanded = command.positionals.filter((one) => one.optional !== true);
    if (demanded.length > 0) assert.match(refusalOf(valid.slice(0, -1)), /needs [A-Z-]+: /);
    if (
      command.positionals.at(-1)?.many !== true &&
      command.positionals.every((one) => one.optional !== true)
    ) {
      assert.match(refusalOf([...valid, 'surplus']), /"surplus" is one word too many/);
    }
    if (demanded.at(-1)?.integer === true)
      assert.match(refusalOf([...valid.slice(0, -1), 'abc']), /must be a whole number from 1, not "abc"/);
    for (const [name, spec] of Object.entries(command.options)) {
      if (spec.type !== 'flag')
        assert.match(refusalOf([...valid, `--${name}`]), new RegExp(`--${name} needs a value`));
      if (spec.type === 'integer')
        assert.match(refusalOf([...valid, `--${name}`, '1.5']), /must be a whole number/);
      if (spec.type === 'integer')
        assert.match(refusalOf([...valid, `--${name}=${spec.min - 1}`]), /must be a whole number/);
      if (spec.type === 'text' && spec.choices !== undefined)
        assert.match(refusalOf([...valid, `--${name}`, 'zzz']), /is one of/);
    }
    for (const [first = '', second = ''] of command.exclusive ?? []) {
      const value = (name: string) => {
        const spec = command.options[name];
        if (spec?.type === 'integer') return [`--${name}`, String(spec.min)];
        return spec?.type === 'text' ? [`--${name}`, 'x'] : [`--${name}`];
      };
      assert.match(refusalOf([...valid, ...value(first), ...value(second)]), /exclude each other/);
    }
  });
}

test('arguments: unknown command: refused, with the one that was meant', () => {
  assert.equal(refusalOf('sesions'), 'There is no command "sesions". Did you mean "nezuban sessions"?');
  assert.equal(
    refusalOf('session shwo 12'),
    'There is no command "session shwo". Did you mean "nezuban session show"?',
  );
  assert.equal(
    refusalOf('token'),
    '"token" needs one more word: "nezuban token join", "nezuban token list", "nezuban token create", "nezuban token revoke".',
  );
  assert.equal(refusalOf('node list'), 'There is no command "node list". Did you mean "nezuban nodes"?');
  assert.equal(refusalOf('session why 1'), 'There is no command "session why". Did you mean "nezuban why"?');
  assert.equal(refusalOf('frobnicate'), 'There is no command "frobnicate".');
  assert.equal(refusalOf('nodse list'), 'There is no command "nodse". Did you mean "nezuban nodes"?');
});

test('arguments: options alone: a command is asked for, a wrong option is named first', () => {
  assert.equal(refusalOf('--json'), 'Name a command.');
  assert.match(refusalOf('--jsno'), /^There is no option --jsno/);
});

test('arguments: global options: before the command as well as behind it', () => {
  for (const line of [
    '--json --url http://x nodes',
    'nodes --json --url=http://x',
    '--json nodes --url http://x',
  ]) {
    const args = argsOf(line);
    assert.equal(args.flag('json'), true, line);
    assert.equal(args.text('url'), 'http://x', line);
  }
});

test('arguments: a value that looks like an option: asked to be written with an equals sign', () => {
  assert.match(refusalOf('stop 12 --unit --json'), /one that starts with "-" is written --unit=--json/);
  assert.equal(argsOf('stop 12 --unit=--json').text('unit'), '--json');
});

test('arguments: after "--": words, not options', () => {
  assert.deepEqual(argsOf('apply -- --file.yaml -').positionals('FILE'), ['--file.yaml', '-']);
});

test('arguments: repeatable options: all values in order', () => {
  assert.deepEqual(argsOf('run net --param A=1 --param B=2').texts('param'), ['A=1', 'B=2']);
});

test('arguments: numbers: out of range or too long are refused', () => {
  assert.match(refusalOf('session show 0'), /from 1/);
  assert.match(refusalOf('session show 99999999999999999999'), /whole number/);
  assert.match(refusalOf('sessions --limit 20001'), /from 1 to 20000/);
});

test('arguments: empty words: refused', () => {
  assert.equal(refusalOf(['export', '']), 'NET is empty.');
  assert.match(refusalOf(['nodes', '--url=']), /--url needs a value/);
});

test('arguments: --version: is the command', () => {
  const invocation = parse('--version --json');
  assert(invocation.kind === 'run');
  assert.equal(invocation.command.name, 'version');
});

test('arguments: --help anywhere: the help of that command', () => {
  for (const line of ['run --help', 'run net --wait -h', '--help run']) {
    const invocation = parse(line);
    assert.equal(invocation.kind === 'help' ? invocation.command?.name : undefined, 'run', line);
  }
  assert.deepEqual(parse('--help'), { kind: 'help', command: undefined });
});

test('commands: names and aliases: each is said once, and everything is explained', () => {
  const names = commands.flatMap((command) => [command.name, ...(command.aliases ?? [])]);
  assert.equal(new Set(names).size, names.length);
  for (const command of commands) {
    assert.match(command.summary, /[^.]$/, command.name);
    assert(
      command.examples.every((example) => example.includes('nezuban')),
      command.name,
    );
    assert(
      command.positionals.slice(0, -1).every((one) => one.many !== true),
      command.name,
    );
    // What is demanded stands before what may be left out, or nobody knows which one a word is.
    const firstOptional = command.positionals.findIndex((one) => one.optional === true);
    assert(
      firstOptional === -1 || command.positionals.slice(firstOptional).every((one) => one.optional === true),
      command.name,
    );
    for (const name of (command.exclusive ?? []).flat())
      assert(name === 'json' || name in command.options, `${command.name} ${name}`);
  }
});

test('commands: every example in the help: is understood', () => {
  for (const command of own) {
    for (const example of command.examples) {
      const words = /nezuban ([^|>&)]*)/.exec(example)?.[1]?.match(/"[^"]*"|\S+/g) ?? [];
      const invocation = parseInvocation(words, commands);
      assert(invocation.kind === 'run' && invocation.command === command, example);
    }
  }
});
