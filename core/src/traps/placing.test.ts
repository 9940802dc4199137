// Tests of which node a trap is about.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trapAliasSchema } from '@nezuban/protocol/traps/trap-monitor';
import { createPlacer } from './placing.ts';

const nodes = [
  { name: 'Web-1', hostname: 'web-1.example.com', address: '192.0.2.1' },
  { name: 'web-2', hostname: 'www.example.com', address: '192.0.2.2' },
  { name: 'web-3', hostname: 'www.example.org', address: '192.0.2.2' },
  { name: 'db', hostname: 'oracle-7', address: null },
];
const alias = (value: object) => trapAliasSchema.parse({ kind: 'trap_alias', ...value });
const placer = createPlacer({
  nodes,
  scopesOfNode: (node) => new Set([`scope-of-${node}`]),
  aliases: [
    alias({ name: 'a', addresses: ['198.51.100.0/24'], hosts: ['fw-*'], node: 'firewall' }),
    alias({ name: 'b', addresses: ['198.51.100.0/24'], node: 'claimed' }),
  ],
});
for (const [what, address, claimedHost, node] of [
  ['the address of an agent', '192.0.2.1', 'somebody', 'Web-1'],
  ['an address of two nodes, no name', '192.0.2.2', null, null],
  ['an address of two nodes, the name of one', '192.0.2.2', 'web-2', 'web-2'],
  ['the node name in other letters', '203.0.113.1', 'WEB-1', 'Web-1'],
  ['the host name', '203.0.113.1', 'oracle-7', 'db'],
  ['the host name with a domain', '203.0.113.1', 'oracle-7.example.net', 'db'],
  ['a short host name of two nodes', '203.0.113.1', 'www', null],
  ['a whole host name whose short one is that of two', '203.0.113.1', 'www.example.org', 'web-3'],
  ['the agent address of SNMP', '203.0.113.1', '192.0.2.1', 'Web-1'],
  ['an alias with a pattern', '198.51.100.9', 'FW-tokyo', 'firewall'],
  ['an alias for what is claimed', '198.51.100.9', 'new-device', 'new-device'],
  ['an alias for what is claimed, a node that is known', '198.51.100.9', 'oracle-7', 'db'],
  ['nobody', '203.0.113.1', 'nobody', null],
] as const)
  test(`placing: ${what}: ${node ?? 'no node'}`, () => {
    for (let times = 0; times < 2; times += 1) {
      const found = placer.place({ address, claimedHost });
      assert.equal(found.node, node);
      assert.deepEqual([...found.scopes], node === null ? [] : [`scope-of-${node}`]);
    }
  });
