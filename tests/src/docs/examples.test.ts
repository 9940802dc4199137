/**
 * The manual's examples are read by the reader that the manager uses, and no key of a definition is left unexplained.
 *
 * An example is a `yaml` block below a comment `<!-- example: file | jobnet | units -->`; `units` stands inside a job net.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parseDefinitionFile } from '@nezuban/core/definitions/parse-definition-file';
import { notificationRuleSchema } from '@nezuban/protocol/notifications/rule';
import { commandUnitSchema } from '@nezuban/protocol/jobs/units/command';
import { jobNetSchema, scopeDefinitionSchema } from '@nezuban/protocol/jobs/definition';
import { parameterSchema } from '@nezuban/protocol/jobs/parameter';
import { scheduleSchema } from '@nezuban/protocol/jobs/schedule';
import { unitStates } from '@nezuban/protocol/jobs/session';

const docs = path.resolve(import.meta.dirname, '../../../docs');
const pages = fs
  .readdirSync(docs, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md') && !file.startsWith('internals'));
const read = (page: string) => fs.readFileSync(path.join(docs, page), 'utf8');

const wrap: Readonly<Record<string, (yaml: string) => string>> = {
  file: (yaml) => yaml,
  jobnet: (yaml) => yaml,
  units: (yaml) =>
    `kind: jobnet\nname: example\ntarget: { node: here }\nunits:\n${yaml.replaceAll(/^/gm, '  ')}`,
};

for (const page of pages) {
  test(`manual: ${page}: every YAML example can be applied`, () => {
    const text = read(page);
    const blocks = [...text.matchAll(/(?:<!-- example: (\w+) -->\n)?```yaml\n([^]*?)```/g)];
    for (const [, kind = '', yaml = ''] of blocks) {
      const source = wrap[kind]?.(yaml);
      assert(source !== undefined, `mark it with <!-- example: ... -->:\n${yaml}`);
      const parsed = parseDefinitionFile(source, { file: page });
      assert(parsed.ok, JSON.stringify(parsed, null, 2));
    }
  });

  test(`manual: ${page}: links lead to files`, () => {
    const targets = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? '');
    const broken = targets.filter((target) => !fs.existsSync(path.resolve(docs, path.dirname(page), target)));
    assert.deepEqual(broken, []);
  });
}

const schemas = [
  jobNetSchema,
  parameterSchema,
  scheduleSchema,
  commandUnitSchema,
  scopeDefinitionSchema,
  notificationRuleSchema,
];
const keys = [...new Set(schemas.flatMap((schema) => Object.keys(schema.shape)))];

for (const page of ['reference/job-net.md', 'ja/reference/job-net.md']) {
  test(`manual: ${page}: explains every key of a definition`, () => {
    // What a rule can do besides fills a page of its own.
    const text = `${read(page)}\n${read(page.replace('reference/job-net', 'concepts/notification-rules'))}`;
    const missing = keys.filter(
      (key) => !text.includes(`\`${key}\``) && !new RegExp(`^\\s*(?:- )?${key}:`, 'm').test(text),
    );
    assert.deepEqual(missing, []);
  });
}

for (const page of ['concepts/jobs.md', 'ja/concepts/jobs.md']) {
  test(`manual: ${page}: explains every state of a unit`, () => {
    const text = read(page);
    assert.deepEqual(
      unitStates.filter((state) => !text.includes(`| \`${state}\` |`)),
      [],
    );
  });
}
