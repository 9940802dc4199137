// Tests of who edits a job net: seen by others, ended by saying so or by silence, bounded, filtered by rights.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { netEditingLimits } from '@nezuban/protocol/api/net-editing-operations';
import { createNetEditing, netEditingBounds } from './net-editing.ts';

const actorOf = (name: string, reads: (net: string) => boolean = () => true) =>
  ({
    name,
    permissions: { requireOnNet: () => undefined, onNet: (_: string, net: string) => reads(net) },
  }) as never;

const bench = () => {
  const clock = createFakeClock();
  const editing = createNetEditing({ clock });
  const hold = async (user: string, net = 'night', editor = `${user}-tab-1`) =>
    (
      await editing.holdNetEditing({
        params: { name: net },
        body: { editor },
        actor: actorOf(user),
      } as never)
    ).body.others.map((other) => other.user);
  const list = async (reads?: (net: string) => boolean) =>
    (await editing.listNetEditing({ actor: actorOf('x', reads) } as never)).body.items.map(
      ({ net, user }) => `${net} ${user}`,
    );
  return { clock, editing, hold, list };
};

test('editing: two users and a second window: each hears of the others, the list names a user once', async () => {
  const { hold, list } = bench();
  assert.deepEqual(await hold('taro'), []);
  assert.deepEqual(await hold('hanako'), ['taro']);
  assert.deepEqual(await hold('taro', 'night', 'taro-tab-2'), ['taro', 'hanako']);
  assert.deepEqual(await hold('taro', 'day'), []);
  assert.deepEqual((await list()).sort(), ['day taro', 'night hanako', 'night taro']);
  assert.deepEqual(await list((net) => net === 'day'), ['day taro']);
});

test('editing: closed, or silent for longer than a lease: not there any more; renewed: still there', async () => {
  const { clock, editing, hold, list } = bench();
  await hold('taro');
  await hold('hanako');
  await clock.advance(netEditingLimits.leaseMs - 1);
  await hold('taro');
  await clock.advance(1);
  assert.deepEqual(await list(), ['night taro']);
  await editing.endNetEditing({
    params: { name: 'night' },
    query: { editor: 'taro-tab-1' },
    actor: actorOf('taro'),
  } as never);
  assert.deepEqual(await list(), []);
});

test('editing: more editors than are kept: the longest silent one of the same user is forgotten', async () => {
  const { hold, list } = bench();
  await hold('hanako', 'first');
  for (let index = 0; index <= netEditingBounds.perUserMax; index += 1) await hold('taro', `net-${index}`);
  const nets = await list();
  assert.equal(nets.length, netEditingBounds.perUserMax + 1);
  assert.ok(nets.includes('first hanako') && !nets.includes('net-0 taro'));
});
