// The command line's light table of operations against the protocol's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import { definitionSetLimits } from '@nezuban/protocol/api/definitions-operations';
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import { pageLimitMax } from '@nezuban/protocol/api/paging';
import { setLimits } from '../commands/definitions/definition-files.ts';
import { fileBytesMax } from '../commands/definitions/definition-file.ts';
import { pageItemsMax } from './pages.ts';
import { routes, type RoutedId } from './routes.ts';

test('routes: every one says what the protocol says', () => {
  for (const id of Object.keys(routes) as RoutedId[]) {
    const { method, path, bodyType, responseType, versioned, body } = operations[id] as Operation;
    assert.deepEqual(
      routes[id],
      { method, path, bodyType, responseType, versioned, hasBody: body !== undefined },
      id,
    );
  }
});

test('routes: limits copied from the protocol are its own', () => {
  assert.equal(fileBytesMax, definitionLimits.fileBytesMax);
  assert.equal(pageItemsMax, pageLimitMax);
  assert.deepEqual(setLimits, definitionSetLimits);
});
