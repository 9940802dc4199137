// Trap monitors and aliases over HTTP: versions, what is refused, the trying of rules on samples and on the past, and the first monitors.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseDefinitionFile } from '@nezuban/core/definitions/parse-definition-file';
import { writeV1Message, writeV2cMessage } from '@nezuban/core/traps/snmp/trap-writer';
import type { TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';
import { startManagerHarness, type ManagerHarness } from '../testing/manager-harness.ts';
import { trapMonitorLimits } from './trap-monitor-limits.ts';

let harness: ManagerHarness;
before(async () => {
  harness = await startManagerHarness();
});
after(async () => await harness.stop());

type Given = { readonly rules: readonly object[]; readonly [key: string]: unknown };
const monitor = (name: string, given: Given): TrapMonitor =>
  ({ kind: 'trap_monitor', name, source: 'syslog', ...given }) as unknown as TrapMonitor;
const put = (value: TrapMonitor, ifMatch: string | null = null) =>
  harness.call('putTrapMonitor', { params: { name: value.name }, body: value, ifMatch });
const sample = (message: string, more: object = {}) =>
  ({ type: 'sample', protocol: 'syslog', message, ...more }) as const;
const storeTrap = async (line: string, secondsAgo = 1): Promise<void> => {
  await harness.database.query({
    text: `INSERT INTO trap (id, recorded_at, received_at, seq, slot, port, flags, heard_both, perhaps_repeat, matched, protocol, address, raw)
           SELECT coalesce(max(id), 0) + 1, now() - make_interval(secs => $2), now() - make_interval(secs => $2), 1, 0, 514, 0, false, false,
             false, 'syslog', '192.0.2.7', convert_to($1, 'UTF8') FROM trap`,
    values: [line, secondsAgo],
  });
};

test('trap monitors: a fresh manager: severe syslog, standard traps and custom traps become events without any configuration', async () => {
  const { body } = await harness.call('listTrapMonitors');
  assert.deepEqual(
    body.items.map(({ name, enabled, hints }) => ({ name, enabled, hints })),
    [
      { name: 'custom-traps', enabled: true, hints: 0 },
      { name: 'severe-syslog', enabled: true, hints: 0 },
      { name: 'standard-snmp', enabled: true, hints: 0 },
    ],
  );
  const tried = await harness.call('testTrapMonitor', {
    body: { against: sample('<2>Nov 26 12:00:00 db1 kernel: Out of memory') },
  });
  assert.deepEqual(
    tried.body.traps[0]?.monitors.map(({ monitor: name, event }) => [name, event?.priority, event?.message]),
    [['severe-syslog', 'critical', 'db1 kernel: Out of memory']],
  );
  const calm = await harness.call('testTrapMonitor', {
    body: { against: sample('<6>Nov 26 12:00:00 db1 kernel: eth0 up') },
  });
  assert.equal(calm.body.unmatched, 1);
  const custom = await harness.call('testTrapMonitor', {
    body: {
      against: {
        type: 'sample',
        protocol: 'custom',
        message: JSON.stringify([
          { host: 'web1', key: 'backup', text: 'no space left', priority: 'critical' },
          { host: 'web1', key: 'backup', text: 'slow' },
        ]),
      },
    },
  });
  assert.deepEqual(
    custom.body.traps.map(({ monitors: [told] }) => [
      told?.monitor,
      told?.event?.priority,
      told?.event?.message,
    ]),
    [
      ['custom-traps', 'critical', 'web1 backup: no space left'],
      ['custom-traps', 'warning', 'web1 backup: slow'],
    ],
  );
});

test('trap monitors: link traps of SNMPv1 and v2c: down raises, up clears the same key', async () => {
  const community = Buffer.from('public');
  const varbinds = [
    { oid: '1.3.6.1.2.1.2.2.1.1.3', value: { type: 'integer', value: 3 } },
    { oid: '1.3.6.1.2.1.2.2.1.2.3', value: { type: 'octets', value: Buffer.from('Gi0/3') } },
  ] as const;
  const v2c = (last: number) =>
    writeV2cMessage(community, {
      kind: 'trap',
      requestId: 1,
      upTime: 100,
      trapOid: `1.3.6.1.6.3.1.1.5.${last}`,
      varbinds,
    });
  const v1 = (generic: number) =>
    writeV1Message(community, {
      enterprise: '1.3.6.1.4.1.9.1.1',
      agent: new Uint8Array([192, 0, 2, 9]),
      generic,
      specific: 0,
      upTime: 100,
      varbinds,
    });
  const told = [];
  for (const bytes of [v2c(3), v2c(4), v1(2), v1(3), v1(0), v1(4)]) {
    const { body, text } = await harness.call('testTrapMonitor', {
      body: {
        against: {
          type: 'sample',
          protocol: 'snmp',
          encoding: 'hex',
          message: Buffer.from(bytes).toString('hex'),
          address: '192.0.2.1',
        },
      },
    });
    const event = body.traps[0]?.monitors.find(({ monitor: name }) => name === 'standard-snmp')?.event;
    assert.ok(event, text);
    told.push([event.message, event.key, event.clears]);
  }
  assert.deepEqual(told, [
    ['192.0.2.1: link 3 is down Gi0/3', 'link:3', false],
    ['192.0.2.1: link 3 is up Gi0/3', 'link:3', true],
    ['192.0.2.9: link 3 is down Gi0/3', 'link:3', false],
    ['192.0.2.9: link 3 is up Gi0/3', 'link:3', true],
    ['192.0.2.9: the device has restarted (cold start)', null, false],
    ['192.0.2.9: an SNMP request with a wrong community or user was refused', null, false],
  ]);
});

test('trap monitors: written, read, listed, exported: with versions; equal is not written', async () => {
  const value = monitor('disks', {
    title: 'ディスク',
    rules: [{ name: 'full', when: { text: { matches: 'disk (\\w+) full' } }, message: '{{1}}' }],
  });
  const made = await put(value);
  assert.equal(made.status, 200, made.text);
  assert.equal(made.body.monitor.rules[0]?.priority, 'warning');
  const etag = made.headers.get('etag');
  assert.equal(etag, `"${made.body.revision}"`);
  assert.equal((await put(value)).status, 412);
  assert.equal((await put(value, etag)).body.revision, made.body.revision);
  const changed = await put({ ...value, title: 'Disks' }, etag);
  assert.ok(changed.body.revision > made.body.revision);
  assert.equal((await put(value, etag)).status, 412);
  const read = await harness.call('getTrapMonitor', { params: { name: 'disks' } });
  assert.equal(read.body.monitor.title, 'Disks');
  const yaml = await harness.call('exportTrapMonitor', { params: { name: 'disks' } });
  const parsed = parseDefinitionFile(yaml.text, { file: 'x.yaml' });
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.documents[0]?.value, read.body.monitor);
  const audit = await harness.call('listAudit', { query: { limit: 5 } });
  assert.deepEqual(
    audit.body.items.slice(0, 2).map(({ action, target }) => `${action} ${target}`),
    ['putTrapMonitor disks', 'putTrapMonitor disks'],
  );
});

test('trap monitors: a wrong pattern, place or condition: refused with its place, and nothing is written', async () => {
  const answer = await put(
    monitor('bad', {
      rules: [
        { name: 'a', when: { text: { matches: 'x(?=y)' } } },
        { name: 'b', message: '{{nothing}}' },
        { name: 'c', when: { generic: 2 } },
      ],
    }),
  );
  assert.equal(answer.status, 422, answer.text);
  assert.equal(answer.body.code, 'invalid_definition');
  assert.deepEqual(
    answer.body.issues?.map(({ path }) => path),
    ['rules[0].when.text.matches', 'rules[1].message', 'rules[2].when.generic'],
  );
  assert.equal((await harness.call('getTrapMonitor', { params: { name: 'bad' } })).status, 404);
});

test('trap monitors: hints: unknown scope, unknown name, a rule that is never reached', async () => {
  const answer = await put(
    monitor('odd', {
      source: 'snmp',
      scope: 'nowhere',
      rules: [
        { name: 'acme', when: { trap_oids: ['ACME-MIB::alarm'] } },
        { name: 'all' },
        { name: 'late', when: { generic: 2 } },
      ],
    }),
  );
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(
    answer.body.hints.map(({ path }) => path),
    ['scope', 'rules[2]', 'rules[0].when.trap_oids'],
  );
});

test('trap monitors: switched, put into another order, deleted: at once in force', async () => {
  await put(
    monitor('order', {
      rules: [
        { name: 'first', when: { text: { contains: 'zebra' } } },
        { name: 'second', when: { text: { contains: 'zebra' } } },
      ],
    }),
  );
  const taker = async (): Promise<string | null | undefined> => {
    const { body } = await harness.call('testTrapMonitor', { body: { against: sample('zebra') } });
    return body.traps[0]?.monitors.find((each) => each.monitor === 'order')?.rule;
  };
  assert.equal(await taker(), 'first');
  const { headers } = await harness.call('getTrapMonitor', { params: { name: 'order' } });
  const reorder = (rules: string[], ifMatch: string | null) =>
    harness.call('orderTrapRules', { params: { name: 'order' }, body: { rules }, ifMatch });
  assert.equal((await reorder(['second'], headers.get('etag'))).status, 422);
  assert.equal((await reorder(['second', 'second'], headers.get('etag'))).status, 422);
  const reordered = await reorder(['second', 'first'], headers.get('etag'));
  assert.equal(reordered.status, 200, reordered.text);
  assert.equal(await taker(), 'second');
  const enable = (body: { enabled: boolean; rule?: string }) =>
    harness.call('enableTrapMonitor', { params: { name: 'order' }, body });
  await enable({ enabled: false, rule: 'second' });
  assert.equal(await taker(), 'first');
  await enable({ enabled: false });
  assert.equal(await taker(), undefined);
  assert.equal((await enable({ enabled: true, rule: 'none' })).status, 404);
  const { headers: now } = await harness.call('getTrapMonitor', { params: { name: 'order' } });
  const gone = await harness.call('deleteTrapMonitor', {
    params: { name: 'order' },
    ifMatch: now.get('etag'),
  });
  assert.equal(gone.status, 204);
  assert.equal((await harness.call('getTrapMonitor', { params: { name: 'order' } })).status, 404);
});

test('trap monitors: judged: counted and shown', async () => {
  await put(monitor('counted', { rules: [{ name: 'x', when: { text: { matches: 'walrus \\d' } } }] }));
  const trap = {
    protocol: 'syslog',
    receivedMs: 1_000,
    saidAtMs: null,
    address: '192.0.2.1',
    claimedHost: null,
    text: 'walrus 7',
    fields: {},
    syslog: { facility: null, severity: null, app: null, procId: null, msgId: null },
    snmp: null,
    malformed: null,
    node: null,
    scopes: new Set<string>(),
  } as const;
  const verdicts = harness.trapMonitors.judge(trap);
  assert.deepEqual(
    verdicts.map((verdict) => verdict.monitor),
    ['counted'],
  );
  const { body } = await harness.call('getTrapMonitor', { params: { name: 'counted' } });
  assert.deepEqual(
    body.counters.map(({ rule, matched, lastMatchedAt }) => [rule, matched, lastMatchedAt]),
    [['x', 1, '1970-01-01T00:00:01.000Z']],
  );
  const figure = harness.trapMonitors.figures().find((each) => each.monitor === 'counted');
  assert.equal(figure?.matched, 1);
});

test('trap test: an unsaved monitor on past traps: who takes what, the events, the places, totals', async () => {
  await storeTrap('<13>old line of yesterday', 90_000);
  await storeTrap('<11>Nov 26 12:00:00 web1 app[7]: link 12 down');
  await storeTrap('<14>Nov 26 12:00:01 web1 app[7]: all is well');
  const unsaved = monitor('trial', {
    rules: [
      {
        name: 'link',
        priority: 'critical',
        when: { text: { matches: 'link (\\d+) down' } },
        message: 'port {{1}} of {{host}}',
        key: 'link:{{1}}',
      },
      { name: 'quiet', do: 'ignore', when: { text: { contains: 'well' } } },
      { name: 'never', when: { text: { contains: 'nothing' } } },
    ],
  });
  const { body, status, text } = await harness.call('testTrapMonitor', {
    body: { monitor: unsaved, against: { type: 'past' } },
  });
  assert.equal(status, 200, text);
  assert.equal(body.looked, 2);
  assert.equal(body.more, false);
  assert.deepEqual(body.totals, [
    { monitor: 'trial', rule: 'link', count: 1 },
    { monitor: 'trial', rule: 'quiet', count: 1 },
    { monitor: 'trial', rule: 'never', count: 0 },
  ]);
  const [well, link] = body.traps;
  assert.deepEqual(well?.monitors, [
    { monitor: 'trial', rule: 'quiet', event: null, spans: [{ start: 7, end: 11 }] },
  ]);
  assert.deepEqual(link?.monitors, [
    {
      monitor: 'trial',
      rule: 'link',
      event: {
        priority: 'critical',
        message: 'port 12 of web1',
        key: 'link:12',
        clears: false,
        collapseS: null,
        fields: {},
      },
      spans: [
        { start: 0, end: 12 },
        { start: 5, end: 7 },
      ],
    },
  ]);
  assert.equal(link?.text, 'link 12 down');
  const one = await harness.call('testTrapMonitor', {
    body: { monitor: unsaved, against: { type: 'past', limit: 1, address: '192.0.2.7' } },
  });
  assert.deepEqual([one.body.looked, one.body.more], [1, true]);
  const named = await harness.call('testTrapMonitor', {
    body: { monitor: unsaved, against: { type: 'past', ids: [1, 2] } },
  });
  assert.deepEqual(
    named.body.traps.map(({ id }) => id),
    [2, 1],
  );
  const other = await harness.call('testTrapMonitor', {
    body: { monitor: unsaved, against: { type: 'past', address: '192.0.2.8' } },
  });
  assert.equal(other.body.looked, 0);
});

test('trap test: a file: its monitors are tried; what is wrong is told with its line', async () => {
  const tryFile = (text: string) =>
    harness.call('testTrapMonitor', {
      body: { file: { name: 'a.yaml', text }, against: sample('a walrus') },
    });
  const good = await tryFile(
    'kind: scope\nname: x\nnodes: []\n---\nkind: trap_monitor\nname: f\nsource: syslog\nrules:\n  - name: r\n    when: { text: { matches: "wal(rus)" } }\n',
  );
  assert.equal(good.status, 200, good.text);
  assert.deepEqual(good.body.traps[0]?.monitors[0]?.spans, [
    { start: 2, end: 8 },
    { start: 5, end: 8 },
  ]);
  const bad = await tryFile(
    'kind: trap_monitor\nname: f\nsource: syslog\nrules:\n  - name: r\n    when: { text: { matches: "wal(rus" } }\n',
  );
  assert.deepEqual([bad.body.code, bad.body.issues?.[0]?.line], ['invalid_definition', 6]);
  const none = await tryFile('kind: scope\nname: x\nnodes: []\n');
  assert.equal(none.body.code, 'invalid_definition');
});

test('trap test: samples: custom bodies, bytes, what is none', async () => {
  const custom = monitor('c', {
    source: 'custom',
    rules: [{ name: 'r', when: { fields: [{ name: 'key', equals: 'CPU' }] }, message: '{{text}}' }],
  });
  const body = JSON.stringify({
    FacilityID: 'web1',
    DATA: [
      { DATE: '2026-11-26 12:00:00', TYPE: 'STRING', KEY: 'CPU', MSG: 'hot' },
      { DATE: '2026-11-26 12:00:00', TYPE: 'STRING', KEY: 'MEM', MSG: 'full' },
    ],
  });
  const tried = await harness.call('testTrapMonitor', {
    body: { monitor: custom, against: { type: 'sample', protocol: 'custom', message: body } },
  });
  assert.equal(tried.status, 200, tried.text);
  assert.deepEqual([tried.body.looked, tried.body.unmatched, tried.body.totals[0]?.count], [2, 1, 1]);
  const hex = await harness.call('testTrapMonitor', {
    body: { against: { type: 'sample', protocol: 'snmp', encoding: 'hex', message: '30:82 01' } },
  });
  assert.match(hex.body.traps[0]?.malformed ?? '', /no SNMP trap/);
  const odd = await harness.call('testTrapMonitor', {
    body: { against: { type: 'sample', protocol: 'snmp', encoding: 'hex', message: '308' } },
  });
  assert.equal(odd.status, 400);
});

test('trap test: a pattern and traps made to be slow: it ends, and the manager goes on meanwhile', async () => {
  const { testTimeMaxMs } = trapMonitorLimits;
  for (let index = 0; index < 60; index += 1) await storeTrap(`<11>${'abcdefghij'.repeat(1_600)}!`);
  const slow = monitor('slow', {
    rules: Array.from({ length: 40 }, (_, index) => ({
      name: `r${index}`,
      when: { text: { matches: `(?i)((?:\\pL{0,20}){0,20})${index}$` } },
    })),
  });
  let answered = 0;
  const isOver = new AbortController();
  const others = (async () => {
    while (!isOver.signal.aborted) {
      await harness.call('listTrapAliases');
      answered += 1;
    }
  })();
  const tried = await harness.call('testTrapMonitor', {
    body: { monitor: slow, against: { type: 'past' } },
  });
  isOver.abort();
  await others;
  assert.ok(tried.status === 200 || tried.body.code === 'operation_refused', tried.text);
  assert.ok(answered > 0, `nobody was answered in ${testTimeMaxMs} ms`);
});

test('trap aliases: written, read, in the order of names, refused, deleted', async () => {
  const alias = (name: string, more: object = {}) => ({
    kind: 'trap_alias' as const,
    name,
    addresses: ['10.0.0.0/8'],
    node: 'claimed',
    ...more,
  });
  let changes = 0;
  harness.trapMonitors.onAliasesChange(() => (changes += 1));
  for (const name of ['b', 'a']) {
    const made = await harness.call('putTrapAlias', { params: { name }, body: alias(name), ifMatch: null });
    assert.equal(made.status, 200, made.text);
  }
  assert.equal(changes, 2);
  assert.deepEqual(
    harness.trapMonitors.aliases().map(({ name }) => name),
    ['a', 'b'],
  );
  const bad = await harness.call('putTrapAlias', {
    params: { name: 'c' },
    body: alias('c', { addresses: ['10.0.0'] }),
    ifMatch: null,
  });
  assert.deepEqual([bad.status, bad.body.issues?.[0]?.path], [422, 'addresses[0]']);
  const list = await harness.call('listTrapAliases', { query: { limit: 1 } });
  assert.deepEqual([list.body.items[0]?.alias.name, list.body.nextCursor !== null], ['a', true]);
  const yaml = await harness.call('exportTrapAlias', { params: { name: 'a' } });
  assert.match(yaml.text, /^kind: trap_alias\nname: a\n/);
  const { headers } = await harness.call('getTrapAlias', { params: { name: 'a' } });
  const gone = await harness.call('deleteTrapAlias', { params: { name: 'a' }, ifMatch: headers.get('etag') });
  assert.equal(gone.status, 204);
  assert.equal(harness.trapMonitors.aliases().length, 1);
});

test('trap monitors: a manager that starts again: as they were left, and the first ones do not come back', async () => {
  const { body } = await harness.call('getTrapMonitor', { params: { name: 'severe-syslog' } });
  await harness.call('deleteTrapMonitor', {
    params: { name: 'severe-syslog' },
    ifMatch: `"${body.revision}"`,
  });
  const on = await harness.halt();
  harness = await startManagerHarness({ on });
  const { body: left } = await harness.call('listTrapMonitors');
  assert.deepEqual(
    left.items.map(({ name }) => name),
    ['counted', 'custom-traps', 'disks', 'odd', 'standard-snmp'],
  );
  assert.equal(harness.trapMonitors.aliases().length, 1);
});
