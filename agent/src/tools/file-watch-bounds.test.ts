// How much a watch of files looks at, and what a look costs: the Perl of the tool alone, without an agent.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

/** As the agent finds it on all systems that it is tried on. */
const perl = ['/usr/bin/perl', '/usr/local/bin/perl', '/bin/perl'].find((file) => fs.existsSync(file)) ?? '';
const modules = path.join(import.meta.dirname, '../spawner');

describe('file watch: bounds', () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nezuban-bounds-'));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  /** Rounds of a watch that looks at two files at most; `between` is Perl that runs before the next. Gives what each has found. */
  const rounds = (input: string, between: readonly string[]): string[][] => {
    const look = `my $found = Nezuban::Tool::FileWatch::round($watch); print join(',', map { s{.*/}{}r } @$found), "\\n";`;
    const script = `use Nezuban::Tool::FileWatch;
      my $folder = shift;
      sub make { for (@_) { open my $file, '>', "$folder/$_" or die } }
      sub drop { unlink map { "$folder/$_" } @_ }
      my $watch = Nezuban::Tool::FileWatch::new_watch({ paths => pack('(N/a*)*', "$folder/*"), already => 'ignored', match => 'any', sizeMin => 0, settleMs => 0, ${input} });
      $watch->{max} = 2;
      ${look} ${between.map((step) => `${step}; ${look}`).join('\n')}`;
    for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name));
    for (const name of ['m', 'n']) fs.writeFileSync(path.join(folder, name), '');
    return execFileSync(perl, ['-I', modules, '-e', script, folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .split('\n')
      .slice(0, -1)
      .map((line) => (line === '' ? [] : line.split(',')));
  };

  test('more files than it looks at: what it knew is not gone, and what was there before is not new', () => {
    const deleted = rounds("watch => 'deleted'", ["make('a')", "drop('a')", "drop('n')"]);
    assert.deepEqual(deleted, [[], [], [], ['n']]);
    const created = rounds("watch => 'created'", ["make('z')", "drop('m')", "make('b')"]);
    assert.deepEqual(created, [[], [], [], []]);
    const later = rounds("watch => 'created'", ["drop('m')", "make('b')"]);
    assert.deepEqual(later, [[], [], ['b']]);
  });

  test('a watch that goes on ends when there are more', () => {
    assert.throws(() => rounds("watch => 'created'", ['$watch->{whole} = 1', "make('z')"]));
  });

  test('who writes is looked for once a round, whatever the number of files', () => {
    const script = `use Nezuban::Tool::FileWatch;
      my $folder = shift;
      my $reads = 0;
      { no warnings 'redefine'; my $writers = \\&Nezuban::Tool::FileWatch::open_files;
        *Nezuban::Tool::FileWatch::open_files = sub { $reads++; $writers->() }; }
      my $watch = Nezuban::Tool::FileWatch::new_watch({ paths => pack('(N/a*)*', "$folder/*"), watch => 'exists', already => 'counts', match => 'any', sizeMin => 0, settleMs => 1 });
      open my $open, '>', "$folder/a" or die;
      for my $name (qw(b c d)) { open my $file, '>', "$folder/$name" or die }
      Nezuban::Tool::FileWatch::round($watch);
      select undef, undef, undef, 0.01;
      my $found = Nezuban::Tool::FileWatch::round($watch);
      print join(',', map { s{.*/}{}r } @$found), " $reads\\n";`;
    for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name));
    const said = execFileSync(perl, ['-I', modules, '-e', script, folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    assert.equal(said, 'b,c,d 1\n');
  });
});
