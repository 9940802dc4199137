// Random deaths, silences and returns of the agents among which one is chosen, against a ledger of what they have run.
// A smoke set; `npm run prove:engine` is the long run of the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proveFallOver } from '../testing/proof/prove-fall-over.ts';

test('fall-over: random silences, restarts, removals and stops: run on one node and not on two, ended by nobody but operators, everything ends', () => {
  const figures = proveFallOver({ worlds: 500 });
  assert.ok(figures.kept > 0 && figures.withdrawn > figures.kept, JSON.stringify(figures));
});
