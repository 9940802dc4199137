// Tests of who may decide an approval, and of what somebody must hold who saves a net that makes use of others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Right } from '@nezuban/protocol/access/rights';
import { CodedError } from '@nezuban/protocol/errors';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import type { ActorPermissions, RequestActor } from '../ports.ts';
import { createApprovalRoutes } from './approval-routes.ts';
import { assertMayUseElsewhere } from './named-elsewhere.ts';
import type { OpenWork, WorkOf } from './unit-works/unit-works.ts';

const actorWith = (
  rights: readonly Right[],
  { name = 'carol', roles = [] as readonly string[] } = {},
): RequestActor => {
  const permissions: Partial<ActorPermissions> = {
    onNet: (right) => rights.includes(right),
    holds: (right) => rights.includes(right),
    requireOnNet: (right, _net, missing) => {
      if (!rights.includes('nets.read')) throw new CodedError('not_found', missing);
      if (!rights.includes(right)) throw new CodedError('forbidden', `This needs ${right}.`);
    },
    require: (right) => {
      if (!rights.includes(right)) throw new CodedError('forbidden', `This needs ${right}.`);
    },
  };
  return { name, roles, address: null, by: 'cookie', permissions } as unknown as RequestActor;
};

const asked = (work: Partial<WorkOf<'approval'>>): OpenWork<WorkOf<'approval'>> => ({
  sessionId: 7 as never,
  net: 'night',
  unit: 1,
  path: 'ask',
  title: null,
  starter: null,
  people: [],
  definedIn: { net: 'night', revision: null },
  run: 1,
  isOver: () => false,
  work: {
    kind: 'approval',
    question: 'Go?',
    users: null,
    roles: null,
    needed: 1,
    notBy: [],
    decisions: [],
    askedAt: 0,
    until: null,
    ...work,
  },
});
const routesWith = (open: OpenWork<WorkOf<'approval'>>) =>
  createApprovalRoutes({
    works: { ofKind: () => [open] as never },
    engine: { answer: () => Promise.reject(new Error('nobody was to ask')) },
    audit: { record: () => Promise.resolve() },
    clock: { epochMs: () => 0, monotonicMs: () => 0 } as never,
  });
const refusal = async (open: OpenWork<WorkOf<'approval'>>, actor: RequestActor): Promise<string | null> => {
  const { body } = await routesWith(open).listApprovals({ actor } as never);
  return body.items.length === 0 ? 'not seen' : (body.items[0]?.refusal ?? null);
};
const decider: readonly Right[] = ['nets.read', 'nets.approve'];

test('approvals: who may decide: the right, and being named by user or role where the unit names any', async () => {
  assert.equal(await refusal(asked({}), actorWith(decider)), null);
  assert.equal(await refusal(asked({}), actorWith([])), 'not seen');
  assert.match((await refusal(asked({}), actorWith(['nets.read']))) ?? '', /nets\.approve/);
  const named = asked({ users: ['bob'], roles: ['chief'] });
  assert.match((await refusal(named, actorWith(decider))) ?? '', /not among them/);
  assert.equal(await refusal(named, actorWith(decider, { name: 'bob' })), null);
  assert.equal(await refusal(named, actorWith(decider, { roles: ['chief'] })), null);
});

test('approvals: who started the session, and who has decided, may not', async () => {
  assert.match(
    (await refusal(asked({ notBy: ['carol'] }), actorWith(decider))) ?? '',
    /started this session/,
  );
  const decided = asked({ decisions: [{ by: 'carol', at: 0, approve: true, comment: null }], needed: 2 });
  assert.match((await refusal(decided, actorWith(decider))) ?? '', /decided "ask" already/);
});

test('approvals: a decision for a run that is over: refused', async () => {
  const request = {
    params: { id: 7 },
    body: { unit: 'ask', approve: true, run: 2 },
    actor: actorWith(decider),
  };
  await assert.rejects(
    async () => await routesWith(asked({})).decideApproval(request as never),
    /has been run again since/,
  );
});

const net = (units: readonly object[], more: object = {}) =>
  jobNetSchema.parse({ kind: 'jobnet', name: 'night', units, ...more });
const plain = net([{ name: 'a', type: 'or' }]);

for (const [what, definition, right, isOfWhole] of [
  ['starts another net', net([{ name: 'a', type: 'net_start', net: 'other' }]), 'nets.run', true],
  ['refers to another net', net([{ name: 'a', type: 'net_ref', net: 'other' }]), 'nets.run', true],
  [
    'starts by a schedule',
    net([{ name: 'a', type: 'or' }], { schedules: [{ name: 's', cron: '0 1 * * *' }] }),
    'nets.run',
    true,
  ],
  ['starts itself', net([{ name: 'a', type: 'net_start', net: 'night' }]), 'nets.run', true],
  ['waits for another net', net([{ name: 'a', type: 'net_wait', nets: ['other'] }]), 'nets.read', false],
  [
    'waits for events',
    net([{ name: 'a', type: 'event_wait', event: { keys: ['x'] } }]),
    'events.read',
    false,
  ],
  [
    'begins after another net',
    net([{ name: 'a', type: 'or' }], { start_conditions: { any: [{ name: 'c', net: 'other' }] } }),
    'nets.read',
    false,
  ],
  [
    'sends mail',
    net([{ name: 'a', type: 'mail_send', channel: 'office', subject: 'x', body: 'y' }]),
    'notifications.use',
    true,
  ],
  [
    'names a secret',
    net([{ name: 'a', command: 'true', environment: { PW: '{{secret.db}}' } }]),
    'secrets.use',
    true,
  ],
] as const)
  test(`saving: a net that ${what}: needs ${right}${isOfWhole ? '' : ', unless it stood there before'}`, () => {
    const rights: readonly Right[] = [
      'nets.read',
      'nets.write',
      'nets.run',
      'events.read',
      'notifications.read',
      'notifications.use',
      'secrets.use',
    ];
    const lacking = actorWith(rights.filter((each) => each !== right));
    const again = () => assertMayUseElsewhere(lacking, { before: definition, after: definition });
    assert.doesNotThrow(() => assertMayUseElsewhere(actorWith(rights), { before: null, after: definition }));
    assert.throws(() => assertMayUseElsewhere(lacking, { before: plain, after: definition }), CodedError);
    if (isOfWhole) assert.throws(again, CodedError);
    else assert.doesNotThrow(again);
  });
