/**
 * The manual holds together: links and their anchors lead somewhere, each English page has its Japanese one of the same structure and
 * with the same commands, the index names every page, and commands with their options are those that the program has.
 *
 * Not responsible for YAML examples (examples.test.ts), for what generated pages say (cli/src/reference), and for whether commands do
 * what a page says (the start page: tests/src/acceptance).
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fencedBlocks, typedLine, withoutBlocks } from './fenced-blocks.ts';
import { unknownWords } from './known-commands.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (page: string) => fs.readFileSync(path.join(root, page), 'utf8');
const manual = fs
  .readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file}`)
  .toSorted();
const front = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'benchmarks/README.md',
];
const internals = (page: string) => page.startsWith('docs/internals/');
/** Made from the source, and in English alone: tables of names, values and codes. docs/ja/reference/README.md explains them. */
const englishOnly = ['api', 'cli', 'errors', 'yaml'].map((name) => `docs/reference/${name}.md`);
const english = manual.filter((page) => !page.startsWith('docs/ja/') && !internals(page));
const japaneseOf = (page: string) => page.replace('docs/', 'docs/ja/');

const headings = (page: string): string[] =>
  [...withoutBlocks(read(page)).matchAll(/^(#+ .*)$/gm)].map((match) => match[1] ?? '');
/** As GitHub makes them: lower case, no punctuation, hyphens for spaces; a repeated one is numbered. */
const anchors = (page: string): Set<string> => {
  const seen = new Map<string, number>();
  const all = headings(page).map((heading) => {
    const text = heading.replace(/^#+ /, '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    const slug = text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
  return new Set(all);
};

for (const page of [...manual, ...front]) {
  test(`manual: ${page}: links and anchors lead somewhere`, () => {
    const links = [...withoutBlocks(read(page)).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(
      (match) => match[1] ?? '',
    );
    const broken = links.filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : path.join(path.dirname(page), decodeURI(file));
      if (!fs.existsSync(path.join(root, target))) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchors(target).has(decodeURI(anchor));
    });
    assert.deepEqual(broken, []);
  });
}

test('manual: every English page has its Japanese one, and the other way round', () => {
  const expected = english.filter((page) => !englishOnly.includes(page)).map(japaneseOf);
  assert.deepEqual(
    manual.filter((page) => page.startsWith('docs/ja/')),
    expected.toSorted(),
  );
});

/** What is typed in both languages is the same, remarks and names in quotes left aside. */
const typed = (page: string): string[] =>
  fencedBlocks(read(page))
    .filter((block) => block.language === '' || block.language === 'sh')
    .flatMap((block) => block.text.split('\n').map(typedLine))
    .filter((line) => /^(nezuban|npx|npm|apt|systemctl|docker|runuser|git|export) /.test(line))
    .map((line) => line.replaceAll(/"[^"]*"/g, '"..."'));

for (const page of english.filter((one) => fs.existsSync(path.join(root, japaneseOf(one))))) {
  test(`manual: ${page}: the Japanese page has the same sections, commands and tables`, () => {
    const levels = (of: string) => headings(of).map((heading) => heading.replace(/ .*/, ''));
    assert.deepEqual(levels(japaneseOf(page)), levels(page), 'headings');
    assert.deepEqual(typed(japaneseOf(page)), typed(page), 'commands');
    const rows = (of: string) => read(of).match(/^ *\| ?-/gm)?.length ?? 0;
    assert.equal(rows(japaneseOf(page)), rows(page), 'tables');
    assert.ok(read(page).includes('[日本語]('), 'leads to the Japanese page');
    assert.ok(read(japaneseOf(page)).includes('[English]('), 'leads to the English page');
  });
}

for (const index of ['docs/README.md', 'docs/ja/README.md']) {
  test(`manual: ${index}: names every page for users`, () => {
    const folder = path.dirname(index);
    const linked = [...read(index).matchAll(/\]\(([^)#]+)\)/g)].map((match) =>
      path.join(folder, match[1] ?? ''),
    );
    const wanted =
      folder === 'docs' ? english : [...manual.filter((page) => page.startsWith('docs/ja/')), ...englishOnly];
    assert.deepEqual(
      wanted.filter((page) => page !== index && !linked.includes(page)),
      [],
    );
  });
}

for (const page of [...manual, 'README.md', 'SECURITY.md'].filter(
  (one) => !one.includes('/reference/') && !internals(one),
)) {
  test(`manual: ${page}: commands and options are those of the program`, () => {
    const text = read(page);
    const inBlocks = fencedBlocks(text)
      .filter((block) => block.language === '' || block.language === 'sh')
      .flatMap((block) => block.text.split('\n'))
      .flatMap((line) => /^(?:npx |runuser .* -- )?(nezuban .*)/.exec(typedLine(line))?.[1] ?? []);
    const inProse = [...withoutBlocks(text).matchAll(/`(?:npx |runuser .* -- )?(nezuban [^`]+)`/g)].map(
      (match) => match[1] ?? '',
    );
    const commands = [...inBlocks, ...inProse].flatMap((line) => line.split(/ (?:&&|\|\|) /)[0] ?? []);
    assert.deepEqual(commands.flatMap(unknownWords), []);
  });
}
