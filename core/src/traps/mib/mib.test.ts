// MIB modules: what is read of them, how they are put together, what is said of those that are broken.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { builtInMibs } from './built-in-mibs.ts';
import { parseMib } from './mib-parser.ts';
import { buildMibTree } from './mib-tree.ts';
import { fullSymbolOf } from './oid-names.ts';

const ACME_SMI = `
ACME-SMI DEFINITIONS ::= BEGIN
IMPORTS MODULE-IDENTITY, enterprises FROM SNMPv2-SMI;
acme MODULE-IDENTITY
  LAST-UPDATED "202601010000Z"
  ORGANIZATION "Acme"
  CONTACT-INFO "-- not a comment ::= { }"
  DESCRIPTION  "Root."
  ::= { enterprises 99999 }
acmeProducts OBJECT IDENTIFIER ::= { acme 1 }
END`;

const ACME_POWER = `
------------------------------------------------------------------
-- Power supplies -- of Acme
ACME-POWER-MIB DEFINITIONS ::= BEGIN
IMPORTS
    OBJECT-TYPE, NOTIFICATION-TYPE, Integer32 FROM SNMPv2-SMI
    TEXTUAL-CONVENTION, DisplayString        FROM SNMPv2-TC
    acmeProducts FROM ACME-SMI;

PowerState ::= TEXTUAL-CONVENTION
    STATUS current
    DESCRIPTION "State."
    SYNTAX INTEGER { ok(1), failed(2), absent(-1) }
Tenths ::= TEXTUAL-CONVENTION
    DISPLAY-HINT "d-1"
    STATUS current
    DESCRIPTION "Tenths."
    SYNTAX Integer32 (0..1000)

acmePower OBJECT IDENTIFIER ::= { acmeProducts power(7) 1 }
powerTable OBJECT-TYPE
    SYNTAX SEQUENCE OF PowerEntry
    MAX-ACCESS not-accessible
    STATUS current
    DESCRIPTION "Supplies."
    ::= { acmePower 1 }
powerEntry OBJECT-TYPE
    SYNTAX PowerEntry
    MAX-ACCESS not-accessible
    STATUS current
    DESCRIPTION "A supply."
    INDEX { powerIndex }
    ::= { powerTable 1 }
PowerEntry ::= SEQUENCE { powerIndex Integer32, powerState PowerState }
powerIndex OBJECT-TYPE SYNTAX Integer32 (1..65535) MAX-ACCESS not-accessible STATUS current DESCRIPTION "" ::= { powerEntry 1 }
powerState OBJECT-TYPE
    SYNTAX PowerState
    MAX-ACCESS read-only
    STATUS current
    DESCRIPTION "How it
                 does."
    DEFVAL { ok }
    ::= { powerEntry 2 }
powerTemp OBJECT-TYPE SYNTAX Tenths MAX-ACCESS read-only STATUS current DESCRIPTION "" ::= { powerEntry 3 }
powerFlags OBJECT-TYPE SYNTAX BITS { hot(0), dusty(1) } MAX-ACCESS read-only STATUS current DESCRIPTION "" ::= { powerEntry 4 }
powerFailed NOTIFICATION-TYPE
    OBJECTS { powerState, powerTemp }
    STATUS current
    DESCRIPTION "A supply has failed."
    ::= { acmePower 0 1 }
oldPower TRAP-TYPE
    ENTERPRISE acmePower
    VARIABLES { powerState }
    DESCRIPTION "As in SMIv1."
    ::= 5
END`;

const build = (...texts: readonly string[]) =>
  buildMibTree({ builtIn: builtInMibs(), uploaded: texts.flatMap((text) => [...parseMib(text)]) });

test('mib: a module of SMIv2: OIDs, labels, conventions, notifications', () => {
  const [power] = parseMib(ACME_POWER);
  assert.deepEqual(power?.problems, []);
  const tree = build(ACME_POWER, ACME_SMI);
  assert.deepEqual([...tree.problems], []);
  const root = '1.3.6.1.4.1.99999.1.7.1';
  assert.equal(tree.names.oidOf('ACME-POWER-MIB::powerFailed'), `${root}.0.1`);
  assert.equal(tree.names.oidOf('powerState.3'), `${root}.1.1.2.3`);
  assert.equal(tree.names.oidOf('oldPower'), `${root}.0.5`);
  const state = tree.entry(`${root}.1.1.2`);
  assert.deepEqual(
    [...(state?.syntax?.labels ?? [])],
    [
      [1, 'ok'],
      [2, 'failed'],
      [-1, 'absent'],
    ],
  );
  assert.equal(state?.description, 'How it\ndoes.');
  assert.equal(tree.entry(`${root}.1.1.3`)?.syntax?.hint, 'd-1');
  assert.equal(tree.entry(`${root}.1.1.4`)?.syntax?.bits, true);
  assert.deepEqual(
    tree.children(`${root}.1.1`).map(({ name }) => name),
    ['powerIndex', 'powerState', 'powerTemp', 'powerFlags'],
  );
  assert.deepEqual(
    tree.search('POWERfail', 5).map(({ name }) => name),
    ['powerFailed'],
  );
});

test('mib: a module whose imports are missing: taken, told, resolved when they come', () => {
  const alone = build(ACME_POWER);
  assert.deepEqual(alone.problems.get('ACME-POWER-MIB'), [
    {
      line: 20,
      message: '"acmeProducts" is imported from ACME-SMI, which is not here yet: upload that module, too',
    },
  ]);
  assert.equal(alone.names.oidOf('powerFailed'), null);
  assert.notEqual(build(ACME_POWER, ACME_SMI).names.oidOf('powerFailed'), null);
});

test('mib: what cannot be read: its line, and what stands behind it is read', () => {
  const [module] = parseMib(`BROKEN-MIB DEFINITIONS ::= BEGIN
IMPORTS enterprises FROM SNMPv2-SMI;
first OBJECT IDENTIFIER ::= { enterprises 1 }
second OBJECT nonsense
  here ::= { first 2 }
third OBJECT IDENTIFIER ::= { first 3 }
fourth OBJECT-TYPE SYNTAX INTEGER { a(1 } STATUS current ::= { first 4 }
`);
  assert.deepEqual(
    module?.definitions.map(({ name }) => name),
    ['first', 'third', 'fourth'],
  );
  assert.deepEqual(module.problems, [
    { line: 4, message: '"second" should be an OBJECT IDENTIFIER ::= { ... }' },
    { line: 8, message: 'the text ends before the END of the module' },
  ]);
  assert.deepEqual(parseMib('no module at all'), []);
});

test('mib: definitions in a circle: unresolved, not endless', () => {
  const tree = build(`LOOP DEFINITIONS ::= BEGIN
a OBJECT IDENTIFIER ::= { b 1 }
b OBJECT IDENTIFIER ::= { a 1 }
T ::= U
U ::= T
c OBJECT-TYPE SYNTAX T STATUS current ::= { enterprises 5 }
END`);
  assert.equal(tree.names.oidOf('LOOP::a'), null);
  assert.equal(tree.names.oidOf('LOOP::c'), '1.3.6.1.4.1.5');
});

test('mib: the built-in table: whole, and standards keep their bare names', () => {
  const plain = build();
  assert.deepEqual([...plain.problems], []);
  assert.equal(plain.names.oidOf('IF-MIB::linkDown'), '1.3.6.1.6.3.1.1.5.3');
  assert.equal(plain.names.oidOf('upsTrapOnBattery'), '1.3.6.1.2.1.33.2.1');
  assert.equal(plain.names.oidOf('.1.3.6'), '1.3.6');
  assert.equal(plain.names.oidOf('nobody'), null);
  const found = (oid: string): string => fullSymbolOf(plain.names.find(oid), oid);
  assert.equal(found('1.3.6.1.2.1.2.2.1.8.12'), 'IF-MIB::ifOperStatus.12');
  assert.equal(found('1.3.6.1.4.1.9.9.1'), '1.3.6.1.4.1.9.9.1');
  const vendor = build(`VENDOR-MIB DEFINITIONS ::= BEGIN
linkDown NOTIFICATION-TYPE STATUS current DESCRIPTION "" ::= { enterprises 7 1 }
END`);
  assert.equal(vendor.names.oidOf('linkDown'), '1.3.6.1.6.3.1.1.5.3');
  assert.equal(vendor.names.oidOf('VENDOR-MIB::linkDown'), '1.3.6.1.4.1.7.1');
});

test('mib: a text that was changed anywhere: never a throw, never endless', () => {
  const words = fc.constantFrom(
    '{', '}', '(', ')', '::=', '"', "'", ';', 'END', 'BEGIN', 'OBJECT-TYPE', 'SYNTAX', 'IMPORTS', 'FROM', '--', '1',
  ); // prettier-ignore
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(ACME_POWER.length), words), { maxLength: 8 }), (changes) => {
      let text = ACME_POWER;
      for (const [at, word] of changes) text = `${text.slice(0, at)} ${word} ${text.slice(at + 3)}`;
      const tree = buildMibTree({ builtIn: [], uploaded: parseMib(text) });
      assert.ok(tree.size >= 0);
    }),
    { numRuns: 500 },
  );
});
