/**
 * The decision table is complete, its rows are sound, and the durations hold together.
 *
 * What the core does over time is proven by the simulator and the transcripts in `ha/scenarios`.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hasMajority, majorityTime } from './roster.ts';
import { stateNames } from './state.ts';
import { commandTable, inputTable, messageTable } from './table.ts';
import { assertTiming, CLOCK_RATE_ERROR, deriveTiming, LAN, TICK_MS, WAN } from './timing.ts';
import { rows, sentence } from './transitions.ts';

/** Every (input, state) pair of the three tables, with what its cell says. */
const cells = Object.entries({ ...inputTable, ...messageTable, ...commandTable }).flatMap(([input, line]) =>
  stateNames.map((state) => ({ input, state, cell: (line as Record<string, unknown>)[state] })),
);

describe('decision table', () => {
  test('decision table: every input in every state: is decided, or refused with a reason', () => {
    assert.equal(
      cells.length,
      (Object.keys(inputTable).length + Object.keys(messageTable).length + Object.keys(commandTable).length) *
        stateNames.length,
    );
    const undecided = cells.filter(
      ({ cell }) => typeof cell !== 'function' && !(typeof cell === 'string' && cell.length > 10),
    );
    assert.deepEqual(undecided, []);
  });

  test('decision table: commands: none is passed over in silence', () => {
    const silent = Object.entries(commandTable).flatMap(([command, line]) =>
      stateNames.filter((state) => typeof line[state] === 'string').map((state) => `${command} in ${state}`),
    );
    assert.deepEqual(silent, [], 'an operator gets an answer in every state');
  });

  test('decision table: while something may still act: nothing is promised to anybody', () => {
    for (const state of ['standing-down', 'fenced'] as const)
      for (const message of ['heartbeat', 'pre-vote', 'request-vote', 'propose', 'resign'] as const)
        assert.equal(typeof messageTable[message][state], 'string', `${message} in ${state}`);
  });
});

describe('transition table', () => {
  test('transition table: every state: can be reached and left', () => {
    const all = Object.values(rows);
    for (const state of stateNames) {
      const born = state === 'starting' || state === 'witness';
      assert.ok(born || all.some((row) => row.to === state), `${state} can be reached`);
      // A witness has one state for life; only the loss of its record ends it.
      assert.ok(
        all.some((row) => row.to !== null && row.to !== state && row.from.includes(state)),
        `${state} can be left`,
      );
    }
  });

  test('transition table: every row: has a sentence of its own that an operator can read', () => {
    const sentences = Object.values(rows).map((row) =>
      sentence(row, { who: 'host-b', term: 7, why: 'the disk is full' }),
    );
    for (const text of sentences) {
      assert.match(text, /^[\p{L}\d].*[.\w]$/u, text);
      assert.doesNotMatch(text, /[{}]/, 'every placeholder is filled');
    }
    assert.equal(new Set(sentences).size, sentences.length);
  });

  test('transition table: facts that are missing: are said in words', () => {
    assert.equal(
      sentence(rows['stands-down'], {}),
      'This host stops acting as master of term 0: no reason given.',
    );
    assert.match(sentence(rows.paired, {}), /^nobody is in sync/);
  });
});

describe('timing', () => {
  test('timing: both profiles: keep every relation', () => {
    for (const base of [LAN, WAN]) {
      const timing = deriveTiming(base);
      const worst = (base.leaseMs * (1 + CLOCK_RATE_ERROR)) / (1 - CLOCK_RATE_ERROR);
      assert.ok(timing.promiseMs >= worst + TICK_MS);
      assert.ok(timing.restartQuietMs >= timing.promiseMs);
    }
    assert.equal(deriveTiming(LAN).promiseMs, 1560);
  });

  test('timing: a relation is broken: refused, and all broken ones are named', () => {
    const timing = deriveTiming(LAN);
    assert.throws(
      () => assertTiming({ ...timing, promiseMs: 1520, restartQuietMs: 1000, stallMs: 100 }),
      /the promise must outlast.*silent for a whole promise.*a stall shorter/,
    );
    assert.throws(() => deriveTiming({ ...LAN, standDownMs: 600 }), /survive lost heartbeats/);
  });

  test('timing: the promise in true time: never ends before the lease, for any clocks within the error', () => {
    const { leaseMs, promiseMs } = deriveTiming(LAN);
    const rate = fc.double({ min: 1 - CLOCK_RATE_ERROR, max: 1 + CLOCK_RATE_ERROR, noNaN: true });
    fc.assert(
      fc.property(rate, rate, fc.double({ min: 0, max: 500, noNaN: true }), (master, voter, travelMs) => {
        // A clock of rate r shows r ms in one true ms. The lease begins at sending, the promise at receiving.
        assert.ok(leaseMs / master < travelMs + promiseMs / voter);
      }),
    );
  });
});

describe('majorities', () => {
  const ids = ['a', 'b', 'w', 'x', 'y'];
  const set = fc.subarray(ids, { minLength: 1 });

  test('majorities: two majorities of the same sets: have a voter in common', () => {
    fc.assert(
      fc.property(
        fc.array(set, { minLength: 1, maxLength: 2 }),
        fc.subarray(ids),
        fc.subarray(ids),
        (sets, one, other) => {
          if (!hasMajority(sets, (id) => one.includes(id)) || !hasMajority(sets, (id) => other.includes(id)))
            return;
          for (const voters of sets) assert.ok(voters.some((id) => one.includes(id) && other.includes(id)));
        },
      ),
    );
  });

  test('majorities: the time of a majority: is the newest moment that a majority of each set has reached', () => {
    fc.assert(
      fc.property(
        fc.array(set, { minLength: 1, maxLength: 2 }),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 5 }),
        (sets, times) => {
          const timeOf = (id: string): number => times[ids.indexOf(id)] ?? 0;
          const time = majorityTime(sets, timeOf);
          assert.ok(hasMajority(sets, (id) => timeOf(id) >= time));
          assert.ok(!hasMajority(sets, (id) => timeOf(id) > time));
        },
      ),
    );
    assert.equal(
      majorityTime([[]], () => 0),
      -Infinity,
    );
  });
});
