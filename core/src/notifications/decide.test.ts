// What rules tell, when, and gathered how: one test per promise of a rule.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedEvents, nextDueMs } from './decide.ts';
import { notificationBounds } from './notification-bounds.ts';
import { createWorld, eventOf, minutes, startMs } from '../testing/notification-world.ts';

const link = (change: object = {}) => eventOf({ monitor: 'links', key: 'link:3', ...change });
const linkUp = (change: object = {}) => link({ clears: true, priority: 'info', ...change });

test('telling: a rule without more words: every event at once, the end of a state as one of its own', () => {
  const world = createWorld({});
  world.at(startMs, [link(), link(), linkUp()]);
  assert.deepEqual(
    world.told().map(({ recovered }) => recovered),
    [false, false, true],
  );
  assert.equal(world.base().state.track.size, 0);
});

test('telling: a condition on a field that bears the name of something every object has: no event has it, and none is lost by it', () => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    const world = createWorld({ rules: [{ fields: [{ name, contains: 'o' }] }, { name: 'all' }] });
    world.at(startMs, [link()]);
    assert.equal(world.told().length, 1, name);
  }
});

test('telling: conditions: all must hold', () => {
  const world = createWorld({
    rules: [
      {
        monitors: ['li*'],
        keys: ['link:*'],
        nodes: ['a-*'],
        scopes: ['all'],
        text: { matches: '^Link \\d+ down$', ignore_case: true },
        fields: [{ name: 'site', equals: 'tokyo' }],
        state: 'raised',
      },
    ],
  });
  const right = { message: 'link 3 DOWN', fields: { site: 'tokyo' } };
  world.at(startMs, [
    link(right),
    link({ ...right, monitor: 'other' }),
    link({ ...right, key: 'fan:1' }),
    link({ ...right, node: 'b-1' }),
    link({ ...right, node: null }),
    link({ ...right, message: 'link 3 down again' }),
    link({ ...right, fields: { site: 'osaka' } }),
    linkUp(right),
  ]);
  assert.equal(world.told().length, 1);
});

test('telling: bands of time: over midnight the day on which they begin counts, in the zone of the rule', () => {
  const world = createWorld({
    rules: [
      {
        times: {
          timezone: 'Asia/Tokyo',
          only: [{ weekdays: ['mon'], from: '22:00', to: '06:00' }],
          except: [{ from: '23:00', to: '23:30' }],
        },
      },
    ],
  });
  const tokyo = (day: number, time: string): number => Date.parse(`2026-01-0${day}T${time}:00+09:00`);
  const tells = (at: number): boolean => {
    world.at(at, [eventOf()]);
    return world.told().length === 1;
  };
  assert.deepEqual(
    [
      tells(tokyo(5, '21:59')),
      tells(tokyo(5, '22:00')),
      tells(tokyo(5, '23:15')),
      tells(tokyo(6, '05:59')),
      tells(tokyo(6, '06:00')),
      tells(tokyo(6, '22:30')),
    ],
    [false, true, false, true, false, false],
  );
});

test('telling after N times: the N-th within the minutes, then counting begins anew', () => {
  const world = createWorld({ rules: [{ after: { times: 3, within_min: 10 } }] });
  world.at(minutes(0), [link()]);
  world.at(minutes(5), [link()]);
  world.at(minutes(11), [link()]);
  assert.equal(world.told().length, 0, 'the first is too old');
  world.at(minutes(12), [link()]);
  assert.deepEqual(
    world.told().map(({ unchanged }) => unchanged),
    [3],
  );
  world.at(minutes(13), [link(), link({ key: 'link:4' })]);
  assert.equal(world.told().length, 0);
});

test('telling on change: not again while the priority stays, another priority and a new raising are changes', () => {
  const world = createWorld({ rules: [{ repeat: 'on_change', priorities: ['critical', 'warning'] }] });
  world.at(minutes(0), [link()]);
  world.at(minutes(1), [link(), link()]);
  world.at(minutes(2), [link({ priority: 'warning' })]);
  assert.deepEqual(
    world.told().map(({ events, unchanged }) => [events[0]?.priority, unchanged]),
    [
      ['critical', 0],
      ['warning', 2],
    ],
  );
  world.at(minutes(3), [link({ priority: 'unknown' }), link({ priority: 'warning' })]);
  assert.equal(world.told().length, 1, 'it had another priority in between');
  world.at(minutes(4), [linkUp()]);
  world.at(minutes(5), [link({ priority: 'warning' })]);
  assert.equal(world.told().length, 1, 'it had ended in between');
});

test('telling every N minutes: reminds while it stands, until it is over or somebody takes it up', () => {
  const world = createWorld({ rules: [{ repeat: { every_min: 30 }, recovered: true }] });
  const down = link();
  world.at(minutes(0), [down]);
  world.at(minutes(10), [link()]);
  assert.deepEqual(
    world.told().map(({ reminder }) => reminder),
    [false],
  );
  assert.equal(nextDueMs(world.base(), minutes(10)), minutes(30));
  world.restart();
  world.at(minutes(30));
  assert.deepEqual(
    world.told().map(({ reminder, unchanged }) => [reminder, unchanged]),
    [[true, 1]],
  );
  assert.deepEqual(askedEvents(world.base(), minutes(60)), [down.view.id]);
  world.at(minutes(60), [], { acknowledged: new Map([[down.view.id, 'sato']]) });
  assert.equal(world.told().length, 0);
  world.at(minutes(61), [linkUp()]);
  assert.deepEqual(
    world.told().map(({ recovered }) => recovered),
    [true],
  );
  assert.equal(nextDueMs(world.base(), minutes(61)), null);
});

test('telling what is over: once, also outside the times of the rule, and only if it was told', () => {
  const world = createWorld({
    rules: [{ recovered: true, priorities: ['critical'], times: { only: [{ from: '00:00', to: '01:00' }] } }],
  });
  world.at(minutes(0), [link(), link({ key: 'link:4', priority: 'warning' })]);
  world.told();
  world.at(minutes(100), [linkUp(), linkUp(), linkUp({ key: 'link:4' }), linkUp({ key: 'link:5' })]);
  assert.deepEqual(
    world.told().map(({ recovered, counts }) => [recovered, counts]),
    [[true, { raised: 0, recovered: 1 }]],
  );
});

test('telling what is over: information about the same state is its end too', () => {
  const world = createWorld({ rules: [{ recovered: true, priorities: ['critical'] }] });
  world.at(minutes(0), [link()]);
  world.at(minutes(1), [link({ priority: 'info' })]);
  assert.deepEqual(
    world.told().map(({ recovered }) => recovered),
    [false, true],
  );
});

test('telling of own pairs: an agent that comes back ends what its going had raised', () => {
  const world = createWorld({ rules: [{ codes: ['agent_disconnected'], recovered: true }] });
  const own = { monitor: null, key: null };
  world.at(minutes(0), [eventOf({ ...own, code: 'agent_disconnected', priority: 'warning' })]);
  world.at(minutes(1), [eventOf({ ...own, code: 'agent_connected', priority: 'info' })]);
  world.at(minutes(1), [eventOf({ ...own, code: 'agent_connected', priority: 'info', node: 'a-2' })]);
  assert.deepEqual(
    world.told().map(({ recovered }) => recovered),
    [false, true],
  );
});

test('groups: the first message after the wait, further ones after the interval, everything listed or counted', () => {
  const world = createWorld({ rules: [{ group: { by: ['node'], wait_s: 30, interval_s: 600 } }] });
  world.at(startMs, [link(), eventOf({ node: 'a-2' })]);
  const many = Array.from({ length: notificationBounds.listedMax + 7 }, () => link());
  world.at(startMs + 10_000, many);
  assert.equal(world.told().length, 0);
  world.restart();
  world.at(startMs + 30_000);
  const first = world.told();
  assert.deepEqual(
    first.map(({ events, more, counts }) => [events.length, more, counts.raised]),
    [
      [notificationBounds.listedMax, 8, notificationBounds.listedMax + 8],
      [1, 0, 1],
    ],
  );
  world.at(startMs + 40_000, [link(), linkUp()]);
  world.at(startMs + 629_000);
  assert.equal(world.told().length, 0);
  world.at(startMs + 630_000);
  assert.deepEqual(
    world.told().map(({ counts, recovered }) => [counts, recovered]),
    [[{ raised: 1, recovered: 1 }, false]],
  );
  world.at(startMs + 5_000_000);
  assert.equal(world.base().state.group.size, 0);
});

test('too many messages in a minute: gathered at its end, none lost', () => {
  const world = createWorld({ rules: [{ limit_per_min: 2 }] });
  world.at(
    startMs,
    Array.from({ length: 100 }, () => eventOf()),
  );
  world.at(minutes(1));
  const told = world.told();
  assert.deepEqual(
    told.map(({ overflow, events, more }) => [overflow, events.length + more]),
    [
      [false, 1],
      [false, 1],
      [true, 98],
    ],
  );
});

test('inhibition: what is behind a dead router is kept back, whichever comes first, and told when it still stands', () => {
  const world = createWorld({
    rules: [
      { name: 'routers', nodes: ['router'] },
      { name: 'rest', nodes: ['b-*'], group: { by: ['node'], wait_s: 20 }, recovered: true },
    ],
    inhibitions: [
      {
        while: { nodes: ['router'], keys: ['down'] },
        keep_back: { priorities: ['critical', 'warning'] },
        behind: 'behind-{{node}}',
      },
    ],
  });
  const down = { node: 'router', monitor: 'ping', key: 'down' };
  const unreachable = (node: string, change: object = {}) =>
    eventOf({ node, monitor: 'ping', key: 'down', ...change });
  world.at(startMs, [unreachable('b-1')]);
  world.at(startMs + 5_000, [eventOf(down), unreachable('b-2'), unreachable('a-7')]);
  world.at(startMs + 20_000);
  const early = world.effects.map(({ effect }) =>
    effect.type === 'suppressed' ? effect.cause : effect.type === 'message' ? effect.rule : '',
  );
  assert.deepEqual(early, ['routers', 'inhibition:i', 'inhibition:i']);
  world.told();
  world.restart();
  world.at(minutes(2), [unreachable('b-2', { clears: true, priority: 'info' })]);
  world.at(minutes(3), [eventOf({ ...down, clears: true, priority: 'info' })]);
  world.at(minutes(4));
  assert.deepEqual(
    world.told().map(({ events, recovered }) => [events[0]?.node, recovered]),
    [
      ['router', true],
      ['b-1', false],
    ],
  );
});

test('inhibition: what must be equal differs: told; what nobody ends, ends by itself', () => {
  const world = createWorld({
    rules: [{ priorities: ['warning'] }],
    inhibitions: [
      {
        while: { priorities: ['critical'] },
        keep_back: { priorities: ['warning'] },
        equal: ['node', 'field:site'],
        at_most_min: 5,
      },
    ],
  });
  const at = (site: string) => ({ fields: { site }, key: `k-${site}` });
  world.at(startMs, [eventOf(at('tokyo'))]);
  world.at(startMs, [
    eventOf({ ...at('tokyo'), key: 'other', priority: 'warning' }),
    eventOf({ ...at('osaka'), priority: 'warning' }),
  ]);
  assert.equal(world.told().length, 1);
  assert.equal(nextDueMs(world.base(), startMs), minutes(5));
  world.at(minutes(5));
  assert.equal(world.told().length, 1);
});

test('silences: kept back with the reason, told at the end if it still stands', () => {
  const silence = { id: 4, match: { nodes: ['a-*'] }, fromMs: startMs, untilMs: minutes(10) };
  const world = createWorld({ silences: [silence] });
  world.at(startMs, [link(), eventOf({ node: 'b-1' }), eventOf()]);
  assert.deepEqual(
    world.effects.map(({ effect }) =>
      effect.type === 'suppressed' ? [effect.cause, effect.events.length] : effect.type,
    ),
    [['silence:4', 2], 'message'],
  );
  world.told();
  world.define({});
  world.at(minutes(10), [], { again: true });
  assert.deepEqual(
    world.told().map(({ events }) => events[0]?.key),
    ['link:3'],
  );
});

test('maintenance: kept back and not told afterwards', () => {
  const world = createWorld({});
  world.at(startMs, [link({ details: { mutedBy: 'patch' } })]);
  assert.deepEqual(
    world.effects.map(({ effect }) => (effect.type === 'suppressed' ? effect.cause : '')),
    ['maintenance:patch'],
  );
  world.at(minutes(60), [], { again: true });
  assert.equal(world.told().length, 0);
});

const chain = {
  rules: [{ escalation: 'chain' }],
  escalations: [
    {
      steps: [
        { after_min: 5, channels: ['team'] },
        { after_min: 10, channels: ['boss', 'phone'] },
      ],
      rounds: 2,
    },
  ],
};
const states = (world: ReturnType<typeof createWorld>) =>
  world.effects.flatMap(({ effect }) => (effect.type === 'escalation' ? [[effect.state, effect.by]] : []));

test('escalation: step by step and round by round, until every step is taken', () => {
  const world = createWorld(chain);
  world.at(minutes(0), [link()]);
  for (const at of [5, 15, 20, 30, 60]) {
    world.restart();
    world.at(minutes(at));
  }
  assert.equal(states(world).at(-1)?.[0], 'exhausted');
  assert.deepEqual(
    world
      .told()
      .map(({ at, channels, escalation }) => [
        (at - startMs) / 60_000,
        channels,
        escalation && [escalation.round, escalation.step],
      ]),
    [
      [0, null, null],
      [5, ['team'], [1, 1]],
      [15, ['boss', 'phone'], [1, 2]],
      [20, ['team'], [2, 1]],
      [30, ['boss', 'phone'], [2, 2]],
    ],
  );
  assert.equal(world.base().state.escalation.size, 0);
});

test('escalation: somebody takes it up, or it is over: no further step, and it says who', () => {
  const world = createWorld(chain);
  const down = link();
  world.at(minutes(0), [down, link({ key: 'link:4' })]);
  world.at(minutes(1), [linkUp({ key: 'link:4' })]);
  world.at(minutes(2), [link()]);
  assert.equal(world.base().state.escalation.size, 1, 'the same again joins the chain');
  assert.deepEqual(askedEvents(world.base(), minutes(4)), []);
  const asked = askedEvents(world.base(), minutes(5));
  assert.equal(asked[0], down.view.id);
  world.at(minutes(5), [], { acknowledged: new Map(asked.map((id) => [id, 'sato'])) });
  assert.deepEqual(
    states(world).filter(([state]) => state !== 'running'),
    [
      ['cleared', null],
      ['acknowledged', 'sato'],
    ],
  );
  world.at(minutes(60));
  assert.equal(world.told().filter(({ escalation }) => escalation !== null).length, 0);
});

test('a rule of its own failure: not told', () => {
  const world = createWorld({});
  world.at(startMs, [eventOf({ code: 'notification_failed', details: { rule: 'r' } })]);
  assert.equal(world.effects.length, 0);
});

test('repeats that are counted on one event: told by rules that count, and only by them', () => {
  const world = createWorld({
    rules: [
      { name: 'plain' },
      { name: 'often', after: { times: 3, within_min: 10 } },
      { name: 'again', repeat: { every_min: 30 } },
    ],
  });
  const first = link();
  world.at(minutes(0), [first]);
  world.told();
  world.at(minutes(1), [link({ id: first.view.id, repeats: 5 })]);
  world.at(minutes(30));
  assert.deepEqual(
    world.told().map(({ reminder, unchanged }) => [reminder, unchanged]),
    [
      [false, 1],
      [true, 5],
    ],
  );
});

test('ended by hand: told to the same people, the chain stops, and the same again is told anew', () => {
  const world = createWorld({
    ...chain,
    rules: [{ escalation: 'chain', repeat: 'on_change', recovered: true }],
  });
  world.at(minutes(0), [link()]);
  world.at(minutes(1), [link()], { ended: [{ node: 'a-1', monitor: 'links', key: 'link:3' }] });
  assert.deepEqual(
    world.told().map(({ recovered }) => recovered),
    [false, true, false],
  );
  assert.equal(world.base().state.escalation.size, 1);
});
