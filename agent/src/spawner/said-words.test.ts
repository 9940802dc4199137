// What the waiter says has the same English words as the table of both languages, and comes out of its record as the sentence that it is.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { agentSaidSchema, sentenceOfAgent } from '@nezuban/protocol/agent/agent-said';
import { agentSentences } from '@nezuban/protocol/sentences/agent-sentences';
import { sentenceText } from '@nezuban/protocol/sentences/sentence';
import { parseExitRecord, parseSaid } from '../attempts/attempt-record.ts';

/** One line each: what `print` of Perl gives. */
const perl = (program: string): string[] =>
  execFileSync(
    '/usr/bin/perl',
    ['-I', import.meta.dirname, '-MNezuban::Said', '-MNezuban::Record', '-MNezuban::Command', '-e', program],
    {
      encoding: 'utf8',
    },
  ).split('\n');

test('words of the waiter: every code that its modules say: English as in the table, with all of its places', async () => {
  const { readdir, readFile } = await import('node:fs/promises');
  const files = (await readdir(path.join(import.meta.dirname, 'Nezuban'))).filter((name) =>
    name.endsWith('.pm'),
  );
  const texts = await Promise.all(
    [...files.map((name) => `Nezuban/${name}`), 'spawner.pl'].map((name) =>
      readFile(path.join(import.meta.dirname, name), 'utf8'),
    ),
  );
  const used = new Set(texts.flatMap((text) => text.match(/\b(?:agent|os)_[a-z_]+(?=')/gu) ?? []));
  used.add('agent_no_memory_group').add('agent_no_cpu_group');
  assert.ok(used.size > 50);
  const said = perl(
    `print map { "$_\t" . Nezuban::Said::english("\\@$_") . "\n" } qw(${[...used].join(' ')})`,
  );
  for (const line of said.filter((text) => text !== '')) {
    const [code = '', text] = line.split('\t');
    assert.ok(Object.hasOwn(agentSentences, code), code);
    assert.equal(text, agentSentences[code as keyof typeof agentSentences].en, code);
  }
  // Each call gives the places that the sentence has.
  for (const [, code = '', rest = ''] of texts
    .join('\n')
    .matchAll(/(?:failure\('\w*', |said\()'(agent_\w+)'(.*)/gu)) {
    const places = [...agentSentences[code as keyof typeof agentSentences].en.matchAll(/\{(\w+)\}/gu)];
    const given = [...rest.matchAll(/\b(\w+) => /gu)];
    assert.deepEqual(new Set(given.map(([, name]) => name)), new Set(places.map(([, name]) => name)), code);
  }
});

test('words of the waiter: through the pipe of the command and the exit record: a path with any characters, and a word of the kernel', () => {
  const file = '/x % y\n=@日本';
  const [refused, said, text] = perl(`
    $! = 2;
    my $line = Nezuban::Command::failure_line(@{ Nezuban::Said::failure('', 'agent_execute', program => Nezuban::Said::text("/x % y\\n=\\@日本"), trouble => Nezuban::Said::trouble()) });
    my ($refused, $said, $failure) = split /\\n/, $line, 3;
    $said =~ s/%([0-9A-F]{2})/chr hex $1/ge;
    print join "\n", map { s/\n/|/gr } $refused, Nezuban::Record::format(endedAt => 1, startError => $failure, startErrorSaid => $said), '';
  `);
  assert.equal(refused, '');
  const record = parseExitRecord((said ?? '').replaceAll('|', '\n'));
  assert.equal(text, '');
  assert.deepEqual(record?.startErrorSaid, {
    code: 'agent_execute',
    values: { program: file, trouble: { code: 'os_no_entry' } },
  });
  const taken = sentenceOfAgent(agentSaidSchema.parse(record.startErrorSaid));
  assert.ok(taken);
  assert.equal(record.startError, sentenceText(taken, 'en'));
  assert.match(sentenceText(taken, 'ja'), /を実行できません: ファイルまたはディレクトリがありません$/u);
});

test('words of the waiter: a record of another release: the code that is not known here says nothing', () => {
  assert.equal(parseSaid('agent_never_heard_of\0a\0=b'), null);
  assert.equal(parseSaid('agent_fork\0trouble\0@os_never_heard_of'), null);
  assert.equal(parseSaid('agent_fork\0trouble\0odd'), null);
  assert.equal(parseSaid(undefined), null);
});
