// What of an export is put into statements: bounds that are literals, as PostgreSQL writes them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBound } from './export-format.ts';

test('export format: bounds as PostgreSQL writes them: taken', () => {
  for (const bound of [
    'DEFAULT',
    "FOR VALUES FROM ('1') TO ('1000051')",
    "FOR VALUES FROM ('51') TO (MAXVALUE)",
    "FOR VALUES FROM (MINVALUE) TO ('2026-11-01 00:00:00+00')",
    'FOR VALUES FROM (1) TO (50)',
  ])
    assert.ok(isBound(bound), bound);
});

test('export format: bounds that would run something: refused', () => {
  for (const bound of [
    "FOR VALUES FROM (lo_import('/etc/passwd')) TO (MAXVALUE)",
    "FOR VALUES FROM ('1') TO (pg_sleep(10)::text::bigint)",
    "FOR VALUES FROM ('1') TO ('2'); DROP TABLE audit",
    "FOR VALUES FROM ('1') TO ('2') TABLESPACE x",
    "FOR VALUES FROM ('1'') TO ('2')",
  ])
    assert.ok(!isBound(bound), bound);
});
