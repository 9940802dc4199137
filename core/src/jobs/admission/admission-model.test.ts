// Random nets with locks, queues, limits, priorities and overlap against a second reckoning of who holds what.
// A smoke set; `npm run prove:engine` is the long run of the same.
import { test } from 'node:test';
import { provePlaces } from '../../testing/proof/prove-places.ts';

test('places: random nets, ends, operations, changed limits and restarts: no more given than there is, nobody passed over, everything ends', () => {
  provePlaces({ worlds: 300 });
});
