// Tests of the OpenAPI document: every operation is there, every reference leads somewhere, the committed copy is the newest.
// `NEZUBAN_WRITE_OPENAPI=1 node --test manager/src/http/openapi.test.ts` rewrites the copy.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { Operation } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import { openApiDocument } from './openapi.ts';

const COPY = path.join(import.meta.dirname, '../../../docs/reference/openapi.json');
const VERSION = '0.1.0';

type Described = {
  operationId: string;
  responses: Record<string, unknown>;
  parameters: { name: string; in: string }[];
  requestBody?: unknown;
};
type Document = {
  openapi: string;
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, unknown> };
};

const document = (): Document => JSON.parse(JSON.stringify(openApiDocument(VERSION))) as Document;

test('openapi: every operation of the table: described once, with its parameters and answers', () => {
  const { openapi, paths } = document();
  assert.match(openapi, /^3\.1\./);
  const described = Object.entries(paths).flatMap(([place, methods]) =>
    Object.entries(methods).map(([method, value]) => ({ place, method, value })),
  );
  assert.equal(described.length, Object.keys(operations).length);
  for (const operation of Object.values(operations) as Operation[]) {
    const found = paths[`/api/v1${operation.path}`]?.[operation.method.toLowerCase()];
    assert.ok(found, operation.id);
    assert.equal(found.operationId, operation.id);
    assert.ok(found.responses[String(operation.status)], operation.id);
    assert.ok(found.responses['500'], operation.id);
    assert.equal(found.requestBody !== undefined, operation.body !== undefined, operation.id);
    const named = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    assert.deepEqual(
      found.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name),
      named,
      operation.id,
    );
  }
});

test('openapi: references: each leads to a schema that is there', () => {
  const text = JSON.stringify(document());
  const { components } = document();
  const names = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? ''));
  assert.ok(names.size > 20);
  for (const reference of names) {
    assert.match(reference, /^#\/components\/schemas\/\w+$/);
    assert.ok(components.schemas[reference.slice('#/components/schemas/'.length)], reference);
  }
  assert.doesNotMatch(text, /\$defs/);
});

test('openapi: the committed copy: as generated', async () => {
  const text = `${JSON.stringify(openApiDocument(VERSION), null, 2)}\n`;
  if (process.env['NEZUBAN_WRITE_OPENAPI'] === '1') {
    await mkdir(path.dirname(COPY), { recursive: true });
    await writeFile(COPY, text);
  }
  assert.equal(
    await readFile(COPY, 'utf8'),
    text,
    'docs/reference/openapi.json is old: run NEZUBAN_WRITE_OPENAPI=1 node --test manager/src/http/openapi.test.ts',
  );
});
