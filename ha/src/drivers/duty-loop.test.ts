/** The loop around the decision core, with the real core, a clock that stands, and a store whose disk the test holds. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  PAIR_PROTOCOL_VERSION,
  type PairMessage,
  type PairMessageBody,
} from '@nezuban/protocol/pair/messages';
import type { Roster, VoterRecord } from '@nezuban/protocol/pair/roster';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import type { Input } from '../decision/inputs.ts';
import type { State } from '../decision/state.ts';
import { deriveTiming, LAN } from '../decision/timing.ts';
import { SAMPLE_CLUSTER, sampleRoster, voterRecord } from '../testing/voter-samples.ts';
import { JUMP_MS } from './clock-watch.ts';
import { createDutyLoop, DRAIN_MAX, type DutyEffect } from './duty-loop.ts';

const timing = deriveTiming(LAN);
const TERM = 5;

type Bench = ReturnType<typeof createBench>;

/** A witness whose record is written when the test says so. */
function createBench(
  hooks: {
    readonly onEffect?: (effect: DutyEffect, bench: Bench) => void;
    readonly role?: 'member' | 'witness';
    readonly roster?: Roster;
  } = {},
) {
  const fake = createFakeClock();
  const logger = createMemoryLogger();
  const saves: { readonly record: VoterRecord; readonly done: PromiseWithResolvers<void> }[] = [];
  const effects: DutyEffect[] = [];
  const states: State[] = [];
  const broken: unknown[] = [];
  const clock = { sleptMs: 0 };
  const loop = createDutyLoop(
    {
      store: {
        save(record) {
          const done = Promise.withResolvers<void>();
          saves.push({ record, done });
          return done.promise;
        },
      },
      clock: {
        monotonicMs: fake.monotonicMs,
        bootMs: () => fake.monotonicMs() + clock.sleptMs,
      },
      timers: fake,
      logger,
      onEffect(effect) {
        effects.push(effect);
        hooks.onEffect?.(effect, bench);
      },
      onState: (state) => states.push(state),
      onBroken: (error) => broken.push(error),
    },
    {
      role: hooks.role ?? 'witness',
      startId: 's1',
      seed: 1,
      timing,
      record: voterRecord(TERM, { id: 'w', votedFor: null, roster: hooks.roster ?? sampleRoster(TERM) }),
    },
  );
  const hear = (body: PairMessageBody, term: number, from = 'a') => loop.give(messageOf(body, term, from));
  const bench = { fake, logger, saves, effects, states, broken, clock, loop, hear };
  return bench;
}

function messageOf(body: PairMessageBody, term: number, from: string): Input {
  const message: PairMessage = {
    version: PAIR_PROTOCOL_VERSION,
    cluster: SAMPLE_CLUSTER,
    from,
    to: 'w',
    startId: `${from}.1`,
    toStartId: null,
    term,
    body,
  };
  return { type: 'message', message };
}

const requestVote: PairMessageBody = { type: 'request-vote', roster: sampleRoster(TERM) };
const sentTypes = (bench: Bench) =>
  bench.effects.flatMap((effect) => (effect.type === 'send' ? [effect.message.body.type] : []));

describe('duty loop', () => {
  test('duty loop: a vote is asked for: it is answered once the record is on disk, not before', async () => {
    const bench = createBench();
    bench.loop.start();
    await bench.fake.advance(timing.restartQuietMs);
    bench.effects.length = 0;
    bench.hear(requestVote, TERM + 1);
    assert.equal(bench.saves.length, 1);
    assert.equal(bench.saves[0]?.record.votedFor, 'a');
    await bench.fake.advance(0);
    assert.deepEqual(sentTypes(bench), []);
    bench.saves[0]?.done.resolve();
    await bench.fake.advance(0);
    assert.deepEqual(sentTypes(bench), ['vote']);
    assert.equal(bench.loop.state().record.term, TERM + 1);
    bench.loop.stop();
  });

  test('duty loop: the disk fails: the core hears why, and answers nobody any more', async () => {
    const bench = createBench();
    bench.loop.start();
    await bench.fake.advance(timing.restartQuietMs);
    bench.effects.length = 0;
    bench.hear(requestVote, TERM + 1);
    bench.saves[0]?.done.reject(new Error('I/O error'));
    await bench.fake.advance(0);
    assert.equal(bench.loop.state().name, 'failed');
    assert.match(bench.loop.state().reason, /I\/O error/);
    bench.hear({ type: 'ask-roster' }, TERM);
    assert.deepEqual(sentTypes(bench), []);
    bench.loop.stop();
  });

  test('duty loop: an effect gives an input: it is handled after the effects of the present one, in order', async () => {
    const order: string[] = [];
    const bench = createBench({
      onEffect(effect, { loop }) {
        if (effect.type !== 'send') return;
        order.push(effect.message.to);
        if (order.length > 1) return;
        loop.give(messageOf({ type: 'ask-roster' }, TERM, 'b'));
        loop.give(messageOf({ type: 'ask-roster' }, TERM, 'c'));
        order.push('given');
      },
    });
    bench.loop.start();
    await bench.fake.advance(0);
    order.length = 0;
    bench.states.length = 0;
    bench.hear({ type: 'ask-roster' }, TERM);
    assert.deepEqual(order, ['a', 'given', 'b', 'c']);
    assert.equal(bench.states.length, 3);
    bench.loop.stop();
  });

  test('duty loop: inputs before the start: they wait, after the stop: they are dropped', async () => {
    const bench = createBench();
    bench.hear({ type: 'ask-roster' }, TERM);
    assert.deepEqual(bench.states, []);
    bench.loop.start();
    assert.ok(sentTypes(bench).includes('roster-answer'));
    bench.loop.stop();
    bench.loop.stop();
    bench.effects.length = 0;
    bench.hear({ type: 'ask-roster' }, TERM);
    assert.deepEqual(bench.effects, []);
    assert.equal(bench.fake.timerCount(), 0);
  });

  test('duty loop: nobody speaks: the core is woken when it wants to be', async () => {
    const bench = createBench();
    bench.loop.start();
    await bench.fake.advance(10_000);
    // A witness that hears no master tells the members its roster again and again.
    const told = sentTypes(bench).filter((type) => type === 'roster-answer').length;
    assert.ok(told >= 2, `told ${told} times`);
    assert.ok(bench.states.length < 100, 'it is not woken without end');
    bench.loop.stop();
  });

  test('duty loop: a lone master slept: its core knows before it hears anything that came after', async () => {
    const alone = { voters: [['w']], members: ['w'], inSync: { w: 'token-w' }, master: 'w' };
    const bench = createBench({ role: 'member', roster: { ...sampleRoster(TERM), ...alone } });
    const healthy = { lineage: TERM, flushed: 60_000_000, streaming: false, healthy: true, token: 'token-w' };
    bench.loop.start();
    bench.loop.give({ type: 'database', runs: 'standby', ...healthy });
    for (let turn = 0; turn < 20 && bench.loop.state().name !== 'promoting'; turn += 1) {
      for (const { done } of bench.saves) done.resolve();
      await bench.fake.advance(50);
    }
    assert.equal(bench.loop.state().name, 'promoting');
    const rows = () => bench.effects.flatMap((effect) => (effect.type === 'log' ? [effect.row] : []));
    bench.clock.sleptMs = JUMP_MS - 1;
    await bench.fake.advance(1_000);
    assert.ok(!rows().includes('clock-jumped'));
    bench.effects.length = 0;
    bench.clock.sleptMs += JUMP_MS;
    bench.loop.give({ type: 'agent-term', term: TERM + 7 });
    assert.equal(rows()[0], 'clock-jumped', rows().join());
    bench.loop.stop();
  });

  test('duty loop: a broken invariant: logged, nothing more is decided, the owner is told', async () => {
    const bench = createBench({
      onEffect(effect) {
        if (effect.type === 'send') throw new Error('this driver is broken');
      },
    });
    bench.loop.start();
    bench.hear({ type: 'ask-roster' }, TERM);
    assert.match(String(bench.broken[0]), /this driver is broken/);
    assert.ok(
      bench.logger.lines.some(({ level, message }) => level === 'error' && /must not be/.test(message)),
    );
    bench.effects.length = 0;
    bench.hear({ type: 'ask-roster' }, TERM);
    await bench.fake.advance(10_000);
    assert.deepEqual(bench.effects, []);
    assert.equal(bench.broken.length, 1);
    assert.equal(bench.fake.timerCount(), 0);
  });

  test('duty loop: effects that give inputs without end: the loop ends by its bound', () => {
    let given = 0;
    const bench = createBench({
      onEffect(effect, { loop }) {
        if (effect.type !== 'send') return;
        given += 1;
        loop.give(messageOf({ type: 'ask-roster' }, TERM, 'a'));
      },
    });
    bench.loop.start();
    bench.hear({ type: 'ask-roster' }, TERM);
    assert.match(String(bench.broken[0]), /without end/);
    assert.ok(given <= DRAIN_MAX + 2);
  });
});
