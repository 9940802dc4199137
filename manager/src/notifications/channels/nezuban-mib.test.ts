// Holds the module that the manual gives to other managers against what the channel sends.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parseMib } from '@nezuban/core/traps/mib/mib-parser';
import { NEZUBAN_OID, objectNumbers, trapNumbers } from './snmp-trap.ts';

const FILE = path.join(import.meta.dirname, '../../../../docs/reference/NEZUBAN-MIB.txt');

test('NEZUBAN-MIB: names every object and notification by the number that the channel sends', () => {
  const [module] = parseMib(readFileSync(FILE, 'utf8'));
  assert.deepEqual(module?.problems ?? [], []);
  const numbers = new Map(
    (module?.definitions ?? []).flatMap((one) =>
      'oid' in one && one.oid !== null
        ? [[one.name, `${one.oid.parent} ${one.oid.rest.join('.')}`] as const]
        : [],
    ),
  );
  assert.equal(numbers.get('nezuban'), 'netSnmpPlaypen 7380');
  assert.ok(NEZUBAN_OID.endsWith('.8072.9999.9999.7380'));
  for (const [name, number] of Object.entries(objectNumbers))
    assert.equal(numbers.get(`nezuban${capital(name)}`), `nezubanObjects ${number}`, name);
  for (const [name, number] of Object.entries(trapNumbers))
    assert.equal(numbers.get(`nezubanEvent${capital(name)}`), `nezubanNotifications ${number}`, name);
});

const capital = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
