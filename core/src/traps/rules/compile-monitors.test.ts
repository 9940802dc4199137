// What monitors say to traps: order, conditions, templates, keys; and that the quick look before a pattern changes nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';
import type { PlacedTrap } from '../parsed-trap.ts';
import type { TrapVerdict } from '../verdict.ts';
import { compileMonitors, unmatchedRule, type RuleCounter } from './compile-monitors.ts';
import { monitorOf, someNames, trapOf } from './testing/trap-of.ts';

const judge = (monitors: readonly TrapMonitor[], trap: PlacedTrap) =>
  compileMonitors(monitors, { names: someNames }).judge(trap);
const rulesThatFit = (when: object, traps: readonly PlacedTrap[], monitor: object = {}): boolean[] => {
  const compiled = compileMonitors([monitorOf({ rules: [{ name: 'r', when }], ...monitor })], {
    names: someNames,
  });
  return traps.map((trap) => compiled.judge(trap).length > 0);
};
const eventOf = (verdict: TrapVerdict | undefined) => {
  assert.equal(verdict?.type, 'event');
  return verdict;
};

test('trap monitors: several rules fit: the first decides, what is switched off is passed by, each monitor speaks', () => {
  const monitors = [
    monitorOf({
      name: 'a',
      rules: [
        { name: 'off', enabled: false },
        { name: 'quiet', do: 'ignore', when: { text: { contains: 'debug' } } },
        { name: 'loud', priority: 'critical' },
        { name: 'never', priority: 'info' },
      ],
    }),
    monitorOf({ name: 'off', enabled: false, rules: [{ name: 'all' }] }),
    monitorOf({ name: 'b', rules: [{ name: 'x', when: { text: { contains: 'nothing' } } }] }),
    monitorOf({ name: 'c', rules: [{ name: 'y', priority: 'info' }] }),
    monitorOf({ name: 'd', source: 'custom', rules: [{ name: 'z' }] }),
  ];
  assert.deepEqual(
    judge(monitors, trapOf({ text: 'a line' })).map(({ monitor, rule }) => [monitor, rule]),
    [
      ['a', 'loud'],
      ['c', 'y'],
    ],
  );
  assert.deepEqual(judge(monitors, trapOf({ text: 'a debug line' }))[0], {
    type: 'ignored',
    monitor: 'a',
    rule: 'quiet',
  });
});

test('trap monitors: no rule fits: nothing, or what "unmatched" says', () => {
  const rules = [{ name: 'r', when: { text: { contains: 'x' } } }];
  assert.deepEqual(judge([monitorOf({ rules })], trapOf({ text: 'abc' })), []);
  const [verdict] = judge([monitorOf({ rules, unmatched: 'unknown' })], trapOf({ text: 'abc' }));
  assert.deepEqual(verdict, {
    type: 'event',
    monitor: 'm',
    rule: unmatchedRule,
    priority: 'unknown',
    message: 'abc',
    key: null,
    clears: false,
    collapseS: null,
    fields: {},
  });
});

test('trap monitors: scope: only traps of nodes that lie in it', () => {
  const monitor = monitorOf({ scope: 'web', rules: [{ name: 'r' }] });
  assert.equal(judge([monitor], trapOf({ scopes: ['web', 'all'] })).length, 1);
  assert.equal(judge([monitor], trapOf({ scopes: ['db'] })).length, 0);
});

test('trap monitors: conditions on syslog: each narrows, and what a trap lacks does not fit', () => {
  const traps = [
    trapOf({ text: 'a', syslog: { facility: 4, severity: 2, app: 'sshd' } }),
    trapOf({ text: 'b', syslog: { facility: 4, severity: 6, app: 'sshd-session' } }),
    trapOf({ text: 'c', syslog: { facility: 23, severity: 2, app: 'cron' } }),
    trapOf({ text: 'd' }),
  ];
  assert.deepEqual(rulesThatFit({ severities: ['emerg', 'crit'] }, traps), [true, false, true, false]);
  assert.deepEqual(rulesThatFit({ facilities: ['auth'] }, traps), [true, true, false, false]);
  assert.deepEqual(rulesThatFit({ facilities: ['local7'] }, traps), [false, false, true, false]);
  assert.deepEqual(rulesThatFit({ apps: ['sshd'] }, traps), [true, false, false, false]);
  assert.deepEqual(rulesThatFit({ apps: ['sshd*', 'x'] }, traps), [true, true, false, false]);
  assert.deepEqual(rulesThatFit({ facilities: ['auth'], severities: ['crit'] }, traps), [
    true,
    false,
    false,
    false,
  ]);
  assert.deepEqual(rulesThatFit({}, traps), [true, true, true, true]);
});

test('trap monitors: hosts: node, claimed name, beginning, address and network', () => {
  const traps = [
    trapOf({ node: 'web-1', address: '10.1.0.5' }),
    trapOf({ claimedHost: 'WEB-1.example.jp', address: '10.2.0.5' }),
    trapOf({ claimedHost: '10.1.9.9', address: '2001:db8::1' }),
    trapOf({ address: '198.51.100.7' }),
  ];
  assert.deepEqual(rulesThatFit({ hosts: ['Web-1'] }, traps), [true, false, false, false]);
  assert.deepEqual(rulesThatFit({ hosts: ['web-*'] }, traps), [true, true, false, false]);
  assert.deepEqual(rulesThatFit({ hosts: ['10.1.0.0/16'] }, traps), [true, false, true, false]);
  assert.deepEqual(rulesThatFit({ hosts: ['2001:db8::/32', '198.51.100.7'] }, traps), [
    false,
    false,
    true,
    true,
  ]);
});

test('trap monitors: text: contained or fitted, with and without case, full width too', () => {
  const traps = [
    trapOf({ text: 'Disk ERROR on sda' }),
    trapOf({ text: 'ディスク ＥＲＲＯＲ 障害発生' }),
    trapOf({ text: 'all is well' }),
  ];
  assert.deepEqual(rulesThatFit({ text: { contains: 'ERROR' } }, traps), [true, false, false]);
  assert.deepEqual(rulesThatFit({ text: { contains: 'error', ignore_case: true } }, traps), [
    true,
    false,
    false,
  ]);
  assert.deepEqual(rulesThatFit({ text: { contains: 'ｅｒｒｏｒ', ignore_case: true } }, traps), [
    false,
    true,
    false,
  ]);
  assert.deepEqual(rulesThatFit({ text: { matches: '障害(発生|復旧)' } }, traps), [false, true, false]);
  assert.deepEqual(rulesThatFit({ text: { matches: '(?:ｅ|e)rror|(Ｅ)ＲＲ', ignore_case: true } }, traps), [
    true,
    true,
    false,
  ]);
  assert.deepEqual(rulesThatFit({ text: { matches: 'sd[a-z]$', contains: 'disk' } }, traps), [
    false,
    false,
    false,
  ]);
});

test('trap monitors: SNMP: OIDs, names of MIBs, and what SNMPv1 calls them', () => {
  const traps = [
    trapOf({ snmp: { trapOid: '1.3.6.1.6.3.1.1.5.3' } }),
    trapOf({ snmp: { trapOid: '1.3.6.1.6.3.1.1.5.4' } }),
    trapOf({ snmp: { trapOid: '1.3.6.1.4.1.9.0.7' } }),
    trapOf({
      snmp: {
        version: 1,
        trapOid: '1.3.6.1.4.1.9.1.0.7',
        v1: { enterprise: '1.3.6.1.4.1.9.1', generic: 6, specific: 7 },
      },
    }),
  ];
  const snmp = { source: 'snmp' };
  assert.deepEqual(rulesThatFit({ trap_oids: ['IF-MIB::linkDown'] }, traps, snmp), [
    true,
    false,
    false,
    false,
  ]);
  assert.deepEqual(rulesThatFit({ trap_oids: ['.1.3.6.1.6.3.1.1.5.*'] }, traps, snmp), [
    true,
    true,
    false,
    false,
  ]);
  assert.deepEqual(rulesThatFit({ trap_oids: ['1.3.6.1.4.1.9'] }, traps, snmp), [false, false, false, false]);
  assert.deepEqual(rulesThatFit({ generic: 2 }, traps, snmp), [true, false, false, false]);
  assert.deepEqual(rulesThatFit({ enterprise: '1.3.6.1.4.1.9', specific: 7 }, traps, snmp), [
    false,
    false,
    true,
    false,
  ]);
  assert.deepEqual(rulesThatFit({ enterprise: '1.3.6.1.4.1.9.*', generic: 6 }, traps, snmp), [
    false,
    false,
    false,
    true,
  ]);
});

test('trap monitors: a name that no MIB knows: the rule never fits, and says so', () => {
  const monitor = monitorOf({
    source: 'snmp',
    rules: [{ name: 'r', when: { trap_oids: ['ACME-MIB::alarm'] } }],
  });
  const compiled = compileMonitors([monitor], { names: someNames });
  assert.deepEqual(compiled.judge(trapOf({ snmp: {} })), []);
  assert.deepEqual(compiled.problems, [
    {
      monitor: 'm',
      rule: 'r',
      path: 'when.trap_oids',
      message: 'names ACME-MIB::alarm, which no imported MIB knows: nothing fits it',
    },
  ]);
});

test('trap monitors: fields: equal, fitted, within numbers; by name, module or OID; nothing from a prototype', () => {
  const varbinds = [{ oid: '1.3.6.1.2.1.2.2.1.1.3', type: 'integer', value: '3' }];
  const traps = [
    trapOf({ snmp: {}, fields: { ifIndex: '3', state: 'Down' } }),
    trapOf({ snmp: { varbinds } }),
    trapOf({ snmp: {}, fields: { ifIndex: '0x3' } }),
    trapOf({ snmp: {} }),
  ];
  const fit = (...fields: object[]) => rulesThatFit({ fields }, traps, { source: 'snmp' });
  assert.deepEqual(fit({ name: 'ifIndex', equals: '3' }), [true, true, false, false]);
  assert.deepEqual(fit({ name: 'IF-MIB::ifIndex', equals: '3' }), [true, false, false, false]);
  assert.deepEqual(fit({ name: '1.3.6.1.2.1.2.2.1.1', at_least: 3, at_most: 3 }), [
    false,
    true,
    false,
    false,
  ]);
  assert.deepEqual(
    fit({ name: 'ifIndex', at_least: 1 }, { name: 'state', equals: 'down', ignore_case: true }),
    [true, false, false, false],
  );
  assert.deepEqual(fit({ name: 'state', matches: '^D' }), [true, false, false, false]);
  assert.deepEqual(fit({ name: 'constructor', matches: '.' }), [false, false, false, false]);
});

test('trap monitors: templates: places filled, what is missing is empty, groups, key and fields', () => {
  const monitor = monitorOf({
    rules: [
      {
        name: 'link',
        when: { text: { matches: 'port (\\d+)( of (\\w+))? is (up|down)' } },
        message:
          '{{host}}/{{app}}: {{ 1 }} {{4}} [{{3}}] {{field.sd.x}}{{node}} {{facility}}.{{severity}} {{trap}}',
        key: 'link:{{1}}',
        clears: true,
        collapse_s: 60,
        fields: { Port: '{{1}}', 住所: '{{address}}' },
      },
    ],
  });
  const trap = trapOf({
    text: 'port 7 is down',
    claimedHost: 'sw1',
    syslog: { facility: 23, severity: 4, app: 'ifmgr' },
  });
  assert.deepEqual(judge([monitor], trap)[0], {
    type: 'event',
    monitor: 'm',
    rule: 'link',
    priority: 'warning',
    message: 'sw1/ifmgr: 7 down []  local7.warning ',
    key: 'link:7',
    clears: true,
    collapseS: 60,
    fields: { Port: '7', 住所: '192.0.2.1' },
  });
});

test('trap monitors: priority as sent: what the trap says of itself, and a warning where it says nothing', () => {
  const priorityOf = (trap: PlacedTrap) =>
    eventOf(
      judge([monitorOf({ source: trap.protocol, rules: [{ name: 'r', priority: 'as_sent' }] })], trap)[0],
    ).priority;
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6, 7, null].map((severity) => priorityOf(trapOf({ syslog: { severity } }))),
    ['critical', 'critical', 'critical', 'warning', 'warning', 'info', 'info', 'info', 'warning'],
  );
  assert.deepEqual(
    ['info', 'unknown', 'warning', 'critical', 'urgent', ''].map((priority) =>
      priorityOf(trapOf({ protocol: 'custom', fields: { priority } })),
    ),
    ['info', 'unknown', 'warning', 'critical', 'warning', 'warning'],
  );
  assert.equal(priorityOf(trapOf({ protocol: 'custom', fields: {} })), 'warning');
  assert.equal(priorityOf(trapOf({ snmp: {} })), 'warning');
});

test('trap monitors: a long or unstorable text: shortened and mended', () => {
  const monitor = monitorOf({ rules: [{ name: 'r', key: '{{text}}' }] });
  const long = eventOf(judge([monitor], trapOf({ text: `${'x'.repeat(1_998)}𠮷${'y'.repeat(50_000)}` }))[0]);
  assert.equal(long.message, `${'x'.repeat(1_998)}…`);
  assert.equal(long.key?.length, 500);
  const bad = eventOf(judge([monitor], trapOf({ text: 'a\0b\ud800' }))[0]);
  assert.equal(bad.message, 'a\ufffdb\ufffd');
  assert.equal(eventOf(judge([monitor], trapOf({ text: '' }))[0]).key, null);
});

test('trap monitors: counters: what matched, when, and what patterns took', () => {
  const counters = new Map<string, RuleCounter>();
  let nowMs = 0;
  const compiled = compileMonitors(
    [
      monitorOf({
        unmatched: 'info',
        rules: [{ name: 'r', when: { text: { matches: 'er{1,2}or' } } }],
      }),
    ],
    {
      names: someNames,
      now: () => (nowMs += 1),
      counterOf(monitor, rule) {
        const counter = { matched: 0, lastMatchedMs: null, tried: 0, spentMs: 0 };
        counters.set(`${monitor}/${rule}`, counter);
        return counter;
      },
    },
  );
  compiled.judge(trapOf({ text: 'an error', receivedMs: 5 }));
  compiled.judge(trapOf({ text: 'nothing', receivedMs: 6 }));
  compiled.explain(trapOf({ text: 'an error', receivedMs: 7 }));
  assert.deepEqual(Object.fromEntries(counters), {
    'm/r': { matched: 1, lastMatchedMs: 5, tried: 1, spentMs: 1 },
    'm/(unmatched)': { matched: 1, lastMatchedMs: 6, tried: 0, spentMs: 0 },
  });
});

test('trap monitors: explained: the rule, its verdict and where it fits', () => {
  const compiled = compileMonitors(
    [
      monitorOf({
        name: 'a',
        rules: [
          { name: 'p', when: { text: { matches: 'link (\\d+)' } } },
          { name: 'c', when: { text: { contains: 'LINK', ignore_case: true } } },
        ],
      }),
      monitorOf({ name: 'b', rules: [{ name: 'x', when: { apps: ['x'] } }] }),
    ],
    { names: someNames },
  );
  const [a, b] = compiled.explain(trapOf({ text: '> link 12' }));
  assert.deepEqual(a?.spans, [
    { start: 2, end: 9 },
    { start: 7, end: 9 },
  ]);
  assert.equal(a?.verdict?.rule, 'p');
  assert.deepEqual(b, { monitor: 'b', verdict: null, spans: [] });
  assert.deepEqual(compiled.explain(trapOf({ text: 'a link' }))[0]?.spans, [{ start: 2, end: 6 }]);
});
