// Tests of a member's hands with fakes: what each effect does, in which order, and what happens when it fails or comes too late.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import type { Input } from '../decision/inputs.ts';
import type { State } from '../decision/state.ts';
import { hostClock } from '../drivers/host-clock.ts';
import { createMember, type MemberPorts } from './member.ts';

type Gate = { readonly wait: () => Promise<void>; readonly open: () => void; readonly fail: () => void };

/** Work that ends when the test says so. */
function gate(): Gate {
  let waiting: PromiseWithResolvers<void>[] = [];
  const settle = (how: (one: PromiseWithResolvers<void>) => void) => {
    const now = waiting;
    waiting = [];
    now.forEach(how);
  };
  return {
    async wait() {
      const one = Promise.withResolvers<void>();
      waiting.push(one);
      await one.promise;
    },
    open: () => settle(({ resolve }) => resolve()),
    fail: () => settle(({ reject }) => reject(new Error('it hangs in the kernel'))),
  };
}

function memberWith({ sole = false, broken = false } = {}) {
  const log: string[] = [];
  const inputs: Input[] = [];
  const gates = { checkpoint: gate(), drain: gate(), end: gate(), kill: gate() };
  const logger = createMemoryLogger();
  const shown = (): void => {
    if (broken) throw new Error('the page cannot be made');
  };
  const through = async (name: keyof typeof gates, said: string): Promise<void> => {
    log.push(said);
    await gates[name].wait();
  };
  const ports = {
    loop: () => ({ give: (input: Input) => void inputs.push(input), state: () => ({ duty: { sole } }) }),
    database: {
      perform: ({ type }: { type: string }) => void log.push(type),
      setRoster: () => void log.push('roster'),
      checkpoint: () => through('checkpoint', 'checkpoint'),
      kill: () => through('kill', 'kill'),
    },
    manager: {
      drain: () => through('drain', 'drain'),
      end: (next?: 'at-once') => through('end', next === undefined ? 'end' : `end ${next}`),
    },
    link: () => null,
    guard: () => null,
    fence: () => ({
      run: async ({ name, address }: { name: string; address: string }) => {
        log.push(`fence ${name} at ${address}`);
        return { ok: true, says: 'it is off' };
      },
    }),
    peer: (id: string) => (id === 'b.1' ? { name: 'b', address: '192.0.2.12:7382' } : null),
    address: () => null,
    clock: hostClock,
    timers: systemTimers,
    logger,
    onOpen: (term: number) => void log.push(`open ${term}`),
    onClosed: () => void log.push('closed'),
    onStoodDown: () => void log.push('stood down'),
    onRow: shown,
    onState: shown,
  } as unknown as MemberPorts;
  return { member: createMember(ports), log, inputs, gates, logger };
}

const standDown = { type: 'stand-down', term: 4, deadline: 0 } as const;

test('member: a switch is called off during the first checkpoint: the manager is not drained afterwards', async () => {
  const { member, log, inputs, gates } = memberWith();
  member.carryOut({ type: 'drain' });
  member.carryOut({ type: 'open-service', term: 4 });
  gates.checkpoint.open();
  await turnOfLoop();
  assert.deepEqual(log, ['checkpoint', 'open 4']);
  assert.deepEqual(inputs, []);
});

test('member: a switch is called off and another one begins: the drain of the first does not answer for the second', async () => {
  const { member, log, inputs, gates } = memberWith();
  member.carryOut({ type: 'drain' });
  gates.checkpoint.open();
  await turnOfLoop();
  member.carryOut({ type: 'open-service', term: 4 });
  member.carryOut({ type: 'drain' });
  gates.drain.open();
  await turnOfLoop();
  assert.deepEqual(log, ['checkpoint', 'drain', 'open 4', 'checkpoint']);
  gates.checkpoint.open();
  await turnOfLoop();
  gates.drain.open();
  await turnOfLoop();
  assert.deepEqual(inputs, [], 'the second one is not drained before its last checkpoint');
  gates.checkpoint.open();
  await turnOfLoop();
  assert.deepEqual(inputs, [{ type: 'drained' }]);
});

test('member: a checkpoint fails: the move goes on', async () => {
  const { member, inputs, gates } = memberWith();
  member.carryOut({ type: 'drain' });
  gates.checkpoint.fail();
  await turnOfLoop();
  gates.drain.open();
  await turnOfLoop();
  gates.checkpoint.fail();
  await turnOfLoop();
  assert.deepEqual(inputs, [{ type: 'drained' }]);
});

test('member: stand-down: closed at once, told when nothing of manager and database is left, not before', async () => {
  const { member, log, inputs, gates } = memberWith();
  member.carryOut(standDown);
  assert.deepEqual(log, ['closed', 'end', 'kill'], 'both together');
  gates.end.open();
  await turnOfLoop();
  assert.deepEqual(inputs, []);
  gates.kill.open();
  await turnOfLoop();
  assert.equal(log.at(-1), 'stood down');
  assert.deepEqual(inputs, [{ type: 'stood-down', term: 4 }]);
});

test('member: stand-down fails: it is never said that it was done', async () => {
  const { member, log, inputs, gates, logger } = memberWith();
  member.carryOut(standDown);
  gates.end.open();
  gates.kill.fail();
  await turnOfLoop();
  assert.deepEqual(inputs, []);
  assert.equal(log.includes('stood down'), false);
  assert.match(logger.lines.at(-1)?.message ?? '', /could not be ended/);
});

test('member: stand-down during a drain: the drain says nothing any more', async () => {
  const { member, log, inputs, gates } = memberWith();
  member.carryOut({ type: 'drain' });
  member.carryOut(standDown);
  gates.checkpoint.open();
  await turnOfLoop();
  assert.equal(log.includes('drain'), false);
  assert.deepEqual(inputs, []);
});

test('member: the primary is started again while the standby may hold less: the manager is ended before, and opened anew', async () => {
  const { member, log, gates } = memberWith();
  member.carryOut({ type: 'restart-primary', term: 4 });
  member.carryOut({ type: 'open-service', term: 4 });
  gates.end.fail();
  await turnOfLoop();
  assert.deepEqual(log, ['closed', 'end at-once', 'restart-primary', 'open 4']);
});

test('member: the primary of a host alone is started again: its manager stays', () => {
  const { member, log } = memberWith({ sole: true });
  member.carryOut({ type: 'restart-primary', term: 4 });
  assert.deepEqual(log, ['restart-primary']);
});

test('member: what people are shown cannot be made: the loop does not hear of it', () => {
  const { member, logger } = memberWith({ broken: true });
  member.carryOut({ type: 'log', row: 'alone', state: 'master-alone', says: 'Alone.' });
  member.onState({ name: 'waiting', record: { roster: null } } as unknown as State);
  assert.equal(logger.lines.filter(({ message }) => message.includes('could not be shown')).length, 2);
});

test('member: commands: each gets its own answer, and there is a bound', async () => {
  const { member, inputs } = memberWith();
  const asked = Array.from({ length: 21 }, () => member.obey({ do: 'switch' }));
  assert.match((await asked.at(-1))?.says ?? '', /Too many commands/);
  const ids = inputs.flatMap((input) => (input.type === 'command' ? [input.command.id] : []));
  assert.equal(new Set(ids).size, 20);
  for (const [index, command] of ids.entries())
    member.carryOut({ type: 'reply', command, ok: true, says: `${index}` });
  assert.deepEqual(
    (await Promise.all(asked.slice(0, 20))).map(({ says }) => says),
    ids.map((_, index) => `${index}`),
  );
});

test('member: fence: a peer that is not connected is named with the name and address of the book', async () => {
  const { member, log, inputs } = memberWith();
  member.carryOut({ type: 'fence', peer: 'b.1', attempt: 3 });
  await turnOfLoop();
  assert.deepEqual(log, ['fence b at 192.0.2.12:7382']);
  assert.deepEqual(inputs, [{ type: 'fence-result', attempt: 3, ok: true }]);
});
