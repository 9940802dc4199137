// What people are refused is said by a code with two languages (decision 0020), not by a text: a rule of the repository, which a type cannot be
// as long as some details are for programs alone. Reasons of units need no such rule: their type takes nothing else (core/src/jobs/reasons.ts).
import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

const root = path.join(import.meta.dirname, '../..');

/** What is read by programs and by who writes them (API, agents, metrics), or repeats the issue that is shown in its language; how often. */
const texts: Readonly<Record<string, number>> = {
  'http/authorise.ts': 1,
  'http/console-door.ts': 1,
  'http/etag.ts': 4,
  'http/operation-routes.ts': 1,
  'http/problem-reply.ts': 4,
  'http/request-body.ts': 1,
  'inventory/agent-port.ts': 4,
  'inventory/certificates/authority.ts': 1,
  'inventory/enrolment.ts': 7,
  'jobs/output-pieces.ts': 1,
  'metrics/metrics-page.ts': 4,
  'standby/waiting-room.ts': 1,
  'access/user-routes.ts': 1,
  'calendars/calendar-changes.ts': 1,
  'events/event-routes.ts': 1,
  'jobs/definition-files.ts': 1,
  'settings/settings.ts': 1,
  'snmp/trap-secrets.ts': 1,
  'jobs/named-elsewhere.ts': 1,
  'jobs/net-store.ts': 1,
  'jobs/start-conditions/monitoring-routes.ts': 1,
  'notifications/named-channels/channel-changes.ts': 1,
};

test('refusals: each is said by its code: no file has more texts in one language than it is known to have', async () => {
  const found: Record<string, number> = {};
  const sources = path.join(root, 'manager/src');
  for await (const file of glob('**/*.ts', { cwd: sources })) {
    if (file.endsWith('.test.ts') || file.startsWith('testing/')) continue;
    const text = await readFile(path.join(sources, file), 'utf8');
    const plain = [...text.matchAll(/new CodedError\(\s*[^,()]+,\s*['"`]/gu)].length;
    if (plain > 0) found[file] = plain;
  }
  const more = Object.entries(found).filter(([file, count]) => count > (texts[file] ?? 0));
  assert.deepEqual(
    more,
    [],
    'say it: new CodedError(code, say(...)), with both languages in protocol/src/sentences',
  );
  for (const [file, count] of Object.entries(texts))
    assert.equal(found[file] ?? 0, count, `${file} has fewer by now: take it from the list`);
});
