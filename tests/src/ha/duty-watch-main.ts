/**
 * Watches from inside one host whether it claims to be master: `/health/master` answers 200 on the master alone. Writes changes, and the
 * last look before each change, so that the stretches in between are known. Arguments: name, URL, file, interval.
 * Started by `duty-watch.ts` in the host's namespace, so that a host that is cut off is still seen.
 */
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createCaller, monotonicMs } from './http-call.ts';
import type { ClaimRecord } from './load-records.ts';
import { MASTER_PATH } from './master-finder.ts';

const [host = '', url = '', file = '', interval = '20'] = process.argv.slice(2);
const ASK_TIMEOUT_MS = 5_000;

const caller = createCaller();
let last: ClaimRecord | null = null;
let written = true;

process.on('disconnect', () => {
  if (last !== null && !written) write(last);
  process.exit();
});
for (;;) {
  const sentAt = monotonicMs();
  const { status, body, outcome } = await caller.call({
    url: `${url}${MASTER_PATH}`,
    method: 'GET',
    timeoutMs: ASK_TIMEOUT_MS,
  });
  const master = outcome === 'answered' ? status === 200 : null;
  note({
    type: 'claim',
    host,
    sentAt,
    endedAt: monotonicMs(),
    master,
    term: master === true ? termIn(body) : null,
  });
  await delay(Number(interval));
}

function note(record: ClaimRecord): void {
  const changed = last === null || last.master !== record.master || last.term !== record.term;
  if (changed) {
    if (last !== null && !written) write(last);
    write(record);
  }
  written = changed;
  last = record;
}

function write(record: ClaimRecord): void {
  fs.appendFileSync(file, `${JSON.stringify(record)}\n`);
}

function termIn(body: string): number | null {
  try {
    const { term } = JSON.parse(body) as { term?: unknown };
    return typeof term === 'number' ? term : null;
  } catch {
    return null;
  }
}
