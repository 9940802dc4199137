/**
 * Bad definitions over the real product: refused by `nezuban apply` and by the API, with file, line and place, and nothing is changed.
 *
 * Each file begins with a net that is right, so that a half-applied file would show. Not responsible for every rule of definitions
 * (core/src/definitions), but for the way from a file on a disk to the refusal that an operator reads.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { operations } from '@nezuban/protocol/api/operations';
import { problemSchema } from '@nezuban/protocol/problem';
import { createScratchHome } from '../support/scratch-home.ts';
import { choosePlace, repositoryRoot, startProduct, type Product, waitForLocalAgent } from './product.ts';

const CLI = path.join(repositoryRoot, 'cli/bin/nezuban');
/** A machine busy with other tests may take many times what a refusal needs. */
const CLI_TIMEOUT_MS = 300_000;
/** A refusal that takes longer holds up everybody else. */
const REFUSAL_MS_MAX = 20_000;

/** Lines 1 to 6: a net that is right. */
const INNOCENT = `kind: jobnet
name: innocent
target: { node: local }
units:
  - { name: a, command: "true" }
---
`;
/** Lines 7 to 10. */
const HEAD = `${INNOCENT}kind: jobnet
name: bad
target: { node: local }
units:
`;
const A = '  - { name: a, command: "true" }\n';
const scheduled = (schedule: string): string => `${HEAD}${A}schedules:\n  - { name: s, ${schedule} }\n`;
const bomb = (): string => {
  const levels = Array.from(
    { length: 11 },
    (_, level) => `a${level + 1}: &a${level + 1} [${Array(9).fill(`*a${level}`).join(', ')}]\n`,
  );
  return `${INNOCENT}kind: jobnet\nname: bomb\na0: &a0 [x, x, x, x, x, x, x, x, x]\n${levels.join('')}`;
};

type BadFile = {
  readonly what: string;
  readonly content: string | Buffer;
  readonly line: number;
  readonly place: string;
  readonly says: RegExp;
};

const badFiles: readonly BadFile[] = [
  {
    what: 'an unknown key',
    content: `${HEAD}  - { name: a, comand: "true" }\n`,
    line: 11,
    place: 'units[0].comand',
    says: /did you mean "command"/,
  },
  {
    what: 'a wrong type',
    content: `${HEAD}  - name: a\n    command: "true"\n    timeout_s: soon\n`,
    line: 13,
    place: 'units[0].timeout_s',
    says: /must be a number/,
  },
  {
    what: 'a cycle',
    content: `${HEAD}  - { name: a, command: "true", after: [b] }\n  - { name: b, command: "true", after: [a] }\n`,
    line: 12,
    place: 'units[1].after.all[0].unit',
    says: /a -> b -> a/,
  },
  {
    what: 'an unknown unit in an edge',
    content: `${HEAD}  - { name: a, command: "true", after: [nobody] }\n`,
    line: 11,
    place: 'units[0].after.all[0].unit',
    says: /no unit "nobody"/,
  },
  {
    what: 'a duplicate name of a unit',
    content: `${HEAD}${A}${A}`,
    line: 12,
    place: 'units[1].name',
    says: /another unit named "a"/,
  },
  {
    what: 'a duplicate name of a net',
    content: `${HEAD}${A}---\nkind: jobnet\nname: bad\ntarget: { node: local }\nunits:\n${A}`,
    line: 14,
    place: 'name',
    says: /already holds a jobnet of this name, on line 7/,
  },
  {
    what: 'a duplicate key',
    content: `${HEAD}${A}name: other\n`,
    line: 12,
    place: '',
    says: /a second time/,
  },
  {
    what: 'a YAML alias bomb',
    content: bomb(),
    line: 15,
    place: '',
    says: /aliases expanded/,
  },
  {
    what: 'invalid UTF-8',
    content: Buffer.concat([
      Buffer.from(`${HEAD}  - { name: a, command: "tr`),
      Buffer.of(0xff),
      Buffer.from('ue" }\n'),
    ]),
    line: 11,
    place: '',
    says: /not UTF-8/,
  },
  {
    what: 'a wrong time zone',
    content: scheduled('cron: "0 5 * * *", timezone: Asia/Tokio'),
    line: 13,
    place: 'schedules[0].timezone',
    says: /no time zone "Asia\/Tokio"/,
  },
  {
    what: 'a wrong cron',
    content: scheduled('cron: "0 25 * * *", timezone: Asia/Tokyo'),
    line: 13,
    place: 'schedules[0].cron',
    says: /the hour "25" is wrong/,
  },
  {
    what: 'a NUL character',
    content: `${HEAD}  - { name: a, command: "a\\0b" }\n`,
    line: 11,
    place: 'units[0].command',
    says: /NUL/,
  },
  {
    what: 'a key that reaches for the prototype',
    content: `${HEAD}${A}__proto__: { polluted: yes }\n`,
    line: 12,
    place: '__proto__',
    says: /not known here/,
  },
  {
    what: 'nesting without end',
    content: `${HEAD}  - { name: a, command: ${'['.repeat(20_000)}\n`,
    line: 11,
    place: '',
    says: /nested too deeply/,
  },
  {
    what: 'a tag that asks for an object of the program',
    content: `${HEAD}  - { name: a, command: !!js/function "x" }\n`,
    line: 11,
    place: '',
    says: /is not allowed/,
  },
];

describe('bad input', { timeout: 1_200_000 }, () => {
  const home = createScratchHome();
  let product: Product;
  before(async () => {
    product = await startProduct(await choosePlace(home.path));
    // Its enrolment is an audit row, which must not fall between two looks at everything.
    await waitForLocalAgent(product);
  });
  after(async () => {
    await product.stop();
    await home.remove();
  });

  /** Everything that a file could have changed; the audit log too, where each change has its entry. */
  const everything = async (): Promise<string> =>
    JSON.stringify([
      await product.call(operations.listNets),
      await product.call(operations.listScopes),
      await product.call(operations.listRules),
      await product.call(operations.listAudit),
    ]);

  const post = async (content: string | Buffer, file: string) => {
    const response = await product.fetch(`/api/v1/definitions?file=${encodeURIComponent(file)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body: typeof content === 'string' ? content : new Uint8Array(content),
      signal: AbortSignal.timeout(REFUSAL_MS_MAX),
    });
    return { status: response.status, problem: problemSchema.parse(await response.json()) };
  };

  /** `nezuban apply`, as the user of this host: the text for people and the one for scripts. */
  const apply = async (content: string | Buffer, args: readonly string[] = []) => {
    await writeFile(path.join(home.path, 'bad.yaml'), content);
    return await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      execFile(
        CLI,
        ['apply', 'bad.yaml', '--home', home.path, ...args],
        { cwd: home.path, timeout: CLI_TIMEOUT_MS },
        (error, stdout, stderr) => resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
      );
    });
  };

  for (const { what, content, line, place, says } of badFiles) {
    test(`bad input: ${what}: refused with line ${line} by API and command line, nothing changed`, async () => {
      const untouched = await everything();

      const { status, problem } = await post(content, 'bad.yaml');
      assert.equal(status, 422);
      assert.equal(problem.code, 'invalid_definition');
      const [issue] = problem.issues;
      assert.deepEqual([issue?.file, issue?.line, issue?.path], ['bad.yaml', line, place], problem.detail);
      assert.ok((issue?.column ?? 0) >= 1);
      assert.match(issue?.message ?? '', says);

      const people = await apply(content);
      assert.equal(people.code, 1, people.stderr);
      assert.match(people.stderr, new RegExp(`^bad\\.yaml:${line}:\\d+: `, 'm'));
      assert.match(people.stderr, says);
      assert.match(people.stderr, /Nothing of this file was applied/);
      assert.equal(people.stdout, '');

      const scripts = await apply(content, ['--json']);
      assert.equal(scripts.code, 1);
      const { files } = JSON.parse(scripts.stdout) as {
        files: { error?: { code: string; issues: { line: number; path: string }[] } }[];
      };
      assert.equal(files[0]?.error?.code, 'invalid_definition');
      assert.deepEqual(
        [files[0]?.error?.issues[0]?.line, files[0]?.error?.issues[0]?.path],
        [line, place],
        scripts.stdout,
      );

      assert.equal(await everything(), untouched);
    });
  }

  test('bad input: a YAML of 10 MB: refused with the limit by API and command line, nothing changed', async () => {
    const untouched = await everything();
    const content = `${HEAD}${A}description: |\n${`  ${'x'.repeat(997)}\n`.repeat(10_000)}`;

    const { status, problem } = await post(content, 'bad.yaml');
    assert.equal(status, 413);
    assert.equal(problem.code, 'body_too_large');
    assert.match(problem.detail, /\d (bytes|MiB)/);

    const people = await apply(content);
    assert.equal(people.code, 1, people.stderr);
    // The line on which the limit is passed: 12 lines, then a thousand bytes each.
    assert.match(people.stderr, /^bad\.yaml:2109:\d+: .*2 MiB/m);
    assert.match(people.stderr, /Nothing of this file was applied/);
    assert.equal(await everything(), untouched);
  });

  test('bad input: afterwards: the product still takes what is right', async () => {
    const response = await product.fetch('/api/v1/definitions', {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body: `${HEAD}${A}`,
    });
    assert.equal(response.status, 200, await response.text());
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
});
