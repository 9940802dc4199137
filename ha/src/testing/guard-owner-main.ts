// Stands in for a keeper that has a guard, for tests that freeze or kill it: takes orders on its standard input, one JSON line each.
import readline from 'node:readline';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { createGuard } from '../drivers/guard/guard.ts';
import { hostClock } from '../drivers/host-clock.ts';

const guard = createGuard(
  {
    timers: systemTimers,
    logger: createMemoryLogger(),
    events: { onFired: () => console.log('fired'), onDied: (how) => console.log(`died: ${how}`) },
  },
  { home: process.env['NEZUBAN_HOME'] ?? '' },
);
guard.start();

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line) as { pids: number[]; dataDirectory: string | null; inMs: number | null };
  guard.setTree(order);
  guard.setDeadline(order.inMs === null ? null : hostClock.monotonicMs() + order.inMs);
  console.log('told');
});
