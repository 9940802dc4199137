// The engine against the reference engine: random nets, random results, operations, repeats and restarts in between.
// A smoke set; `npm run prove:engine` is the long run of the same.
import { test } from 'node:test';
import { proveEngine } from '../testing/proof/prove-engine.ts';

test('session: random nets of all types, results, operations, repeats and restarts: as the reference engine', () => {
  proveEngine({ nets: 600 });
});
