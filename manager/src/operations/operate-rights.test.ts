// Who may freeze and resume which place: what is denied inside a folder or scope is not reached through it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPermissions } from '@nezuban/core/access/permissions';
import type { Grant } from '@nezuban/protocol/access/role';
import type { Place } from '@nezuban/protocol/operations/place';
import { createActorPermissions } from '../access/actor-permissions.ts';
import { tester } from '../testing/jobs-domain.ts';
import { mayOperate } from './operate-rights.ts';

/** `db1` lies in `prod` and in `batch`. */
const scopesOf: Readonly<Record<string, readonly string[]>> = { web1: ['batch'], db1: ['batch', 'prod'] };
const actorOf = (...grants: readonly Grant[]) => ({
  ...tester,
  permissions: createActorPermissions(createPermissions(grants), () => ({
    nodes: () => Object.keys(scopesOf),
    scopesOfNode: (node) => new Set(scopesOf[node]),
    withParents: (scope) => new Set([scope]),
  })),
});
const folder = (name: string): Place => ({ kind: 'folder', name });
const scope = (name: string): Place => ({ kind: 'scope', name });

test('operate rights: a folder with a denied one inside: not frozen as a whole; the others, and its nets, are', () => {
  const actor = actorOf(
    { effect: 'allow', rights: ['nets.*'], folder: 'night' },
    { effect: 'deny', rights: ['nets.run'], folder: 'night/payments' },
  );
  assert.equal(mayOperate(actor, folder('night')), false);
  assert.equal(mayOperate(actor, folder('night/payments')), false);
  assert.equal(mayOperate(actor, folder('night/payments/eu')), false);
  assert.equal(mayOperate(actor, folder('night/load')), true);
  assert.equal(mayOperate(actor, { kind: 'net', name: 'night/load' }), true);
  assert.equal(mayOperate(actor, folder('nightly')), false);
});

test('operate rights: a scope with a node that is denied by another scope: not frozen as a whole', () => {
  const batch: Grant = { effect: 'allow', rights: ['nodes.*'], scope: 'batch' };
  assert.equal(mayOperate(actorOf(batch), scope('batch')), true);
  const actor = actorOf(batch, { effect: 'deny', rights: ['nodes.write'], scope: 'prod' });
  assert.equal(mayOperate(actor, scope('batch')), false);
  assert.equal(mayOperate(actor, { kind: 'node', name: 'web1' }), true);
  assert.equal(mayOperate(actor, { kind: 'node', name: 'db1' }), false);
});
