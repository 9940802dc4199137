/**
 * Every cell of the decision table, from a state that inputs alone have led to, with an input that may come in it.
 *
 * The bench checks after each input that the turn was sound; here nothing more is asked than that, and that a refusal changes nothing.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PairMessageBody } from '@nezuban/protocol/pair/messages';
import { FLUSHED, type Bench } from '../testing/decision-bench.ts';
import { benchOf, rosterOf, TIMING, variants } from '../testing/decision-states.ts';
import type { Command, Input } from './inputs.ts';
import { stateNames } from './state.ts';
import { commandTable, inputTable, messageTable } from './table.ts';

const acked = { lineage: 1, lsn: FLUSHED };
const report = {
  token: 'token-a',
  lineage: 1,
  flushed: FLUSHED,
  streaming: true,
  healthy: true,
} as const;

/** One or more of each kind of message, as the other member or the witness would send it. */
function bodiesFor({ state }: Bench): readonly PairMessageBody[] {
  const { record, election, duty } = state;
  const roster = record.roster ?? rosterOf();
  const position = { term: roster.term, revision: roster.revision };
  const seq = duty?.seq ?? 1;
  const member = { ...report, token: 'token-b', maintenance: false, heard: ['a', 'w'] };
  const forTerm = election?.term ?? record.term;
  return [
    { type: 'heartbeat', seq: 1, position, decided: position, acked, epoch: 1 },
    { type: 'heartbeat-ack', seq, position, member: null },
    { type: 'heartbeat-ack', seq, position, member },
    { type: 'pre-vote', newTerm: record.term + 1, roster },
    { type: 'pre-vote-answer', newTerm: forTerm, granted: true, roster },
    { type: 'pre-vote-answer', newTerm: forTerm, granted: false, roster: { ...roster, revision: 99 } },
    { type: 'request-vote', roster },
    { type: 'vote', forTerm, granted: true, roster, acked: { lineage: 0, lsn: 0 } },
    {
      type: 'vote',
      forTerm,
      granted: false,
      roster: { ...roster, inSync: { b: 'token-b' }, revision: 99 },
      acked,
    },
    { type: 'propose', roster: { ...roster, revision: roster.revision + 1 } },
    { type: 'accepted', position },
    { type: 'resign', resignedTerm: record.term, to: null },
    { type: 'resign', resignedTerm: record.term, to: record.id },
    { type: 'ask-roster' },
    { type: 'roster-answer', roster, heardMasterAgoMs: -1, heardMaster: null, fencesYou: false },
    { type: 'outdated' },
  ];
}

const id = 'typed';
const commands: readonly Command[] = [
  { id, do: 'switch' },
  { id, do: 'recover' },
  { id, do: 'maintenance', on: true },
  { id, do: 'maintenance', on: false },
  { id, do: 'set-voters', voters: ['a', 'b', 'x'], members: ['a', 'b'], tieBreaker: 'witness' },
  { id, do: 'promote', peerIsOff: true },
  { id, do: 'force-master', confirmedOff: ['b', 'w'], agentsHeardOtherAgoMs: null },
];

function inputsFor(bench: Bench): readonly Input[] {
  const { record, sequence, probes, fencing, standDown } = bench.state;
  const message = (from: string, term: number): Input[] =>
    bodiesFor(bench)
      .filter(() => from !== record.id)
      .map((body) => bench.message(from, body, { term }));
  return [
    ...message('b', record.term),
    ...message('b', record.term + 1),
    ...message('w', Math.max(0, record.term - 1)),
    ...commands.map((command): Input => ({ type: 'command', command })),
    { type: 'tick' },
    { type: 'persisted', sequence },
    { type: 'persist-failed', why: 'I/O error' },
    { type: 'database', ...bench.state.database },
    { type: 'database', ...report, runs: 'absent', token: null },
    { type: 'database', ...report, runs: 'standby', healthy: false },
    { type: 'database-lost' },
    { type: 'promoted', term: record.term, timeline: 2, startLsn: FLUSHED },
    { type: 'primary-restarted', term: record.term, recoveryEnd: FLUSHED },
    bench.replication(),
    bench.replication({ connectedAs: null, waiting: false }),
    { type: 'probe', id: probes, stage: 'waiting' },
    { type: 'probe', id: probes, stage: 'returned' },
    { type: 'drained' },
    { type: 'database-stopped', end: FLUSHED },
    { type: 'database-stopped', end: null },
    { type: 'stood-down', term: standDown?.term ?? record.term },
    { type: 'stood-down', term: record.term - 1 },
    { type: 'service-given-up', process: 'the manager' },
    { type: 'guard-fired' },
    { type: 'copied', ...report, runs: 'stopped' },
    { type: 'copy-failed', why: 'the disk is full' },
    { type: 'fence-result', attempt: fencing?.attempt ?? 1, ok: true },
    { type: 'clock-jumped' },
    { type: 'agent-term', term: record.term },
    { type: 'agent-term', term: record.term + 3 },
    { type: 'witness-candidates', ids: ['y', 'z'] },
  ];
}

function cellOf(bench: Bench, input: Input): unknown {
  const { name } = bench.state;
  if (input.type === 'message') return messageTable[input.message.body.type][name];
  if (input.type === 'command') return commandTable[input.command.do][name];
  return inputTable[input.type][name];
}

const named = (input: Input): string =>
  input.type === 'message'
    ? `message ${input.message.body.type} of term ${input.message.term} from ${input.message.from}`
    : JSON.stringify(input);

const benches = Object.entries({ ...benchOf, ...variants });

describe('every cell', () => {
  for (const name of stateNames)
    test(`every cell: the way into ${name}: leads there`, () => {
      const { state } = benchOf[name]();
      assert.equal(state.name, name);
    });

  test('every cell: the inputs of these tests: miss no kind', () => {
    const inputs = inputsFor(benchOf.waiting());
    const kinds = new Set(
      inputs.map((input) => {
        if (input.type === 'message') return input.message.body.type;
        return input.type === 'command' ? input.command.do : input.type;
      }),
    );
    const all = [...Object.keys(inputTable), ...Object.keys(messageTable), ...Object.keys(commandTable)];
    assert.deepEqual([...kinds].toSorted(), all.toSorted());
  });

  for (const [situation, build] of benches)
    test(`every cell: ${situation}: every input is sound, and a refusal changes nothing`, () => {
      const bench = build();
      for (const input of inputsFor(bench)) {
        const after = bench.copy().give(input);
        if (typeof cellOf(bench, input) !== 'string') continue;
        const isHigherTerm = input.type === 'message' && input.message.term > bench.state.record.term;
        if (isHigherTerm) continue;
        assert.equal(after.state.name, bench.state.name, named(input));
        assert.equal(after.state.record, bench.state.record, named(input));
        assert.equal(after.state.promiseUntil, bench.state.promiseUntil, named(input));
        assert.deepEqual(after.replies(), [], named(input));
      }
    });

  for (const [situation, build] of benches)
    test(`every cell: ${situation}: after any input its life goes on, in a world that works and in one that does not`, () => {
      const bench = build();
      for (const input of inputsFor(bench)) {
        bench
          .copy()
          .give(input)
          .persist()
          .answer()
          .live(2 * TIMING.leaseMs);
        bench
          .copy()
          .give(input)
          .live(2 * TIMING.promiseMs, { answering: [], streams: 'nobody' });
      }
    });

  for (const [situation, build] of benches)
    test(`every cell: ${situation}: every command is answered once, at once or when its work is done`, () => {
      const bench = build();
      for (const command of commands) {
        const replies = bench
          .copy()
          .give({ type: 'command', command })
          .live(20_000, { answering: ['b', 'w', 'x'] })
          .did('reply');
        const now = bench.copy().give({ type: 'command', command }).did('reply');
        const all = [...now, ...replies].filter((reply) => reply.command === id);
        assert.equal(all.length, 1, `${command.do}: ${all.map(({ says }) => says).join(' | ')}`);
      }
    });
});
