// Tests of the editor's form of a role.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinRoles, roleDefinitionSchema } from '@nezuban/protocol/access/role';
import { createPermissions } from '@nezuban/core/access/permissions';
import { rights } from '@nezuban/protocol/access/rights';
import { emptyGrant, faultOf, movedTo, toRole, toRoleDraft } from './role-draft.ts';

test('role: to the form and back: allows the same', () => {
  const own = roleDefinitionSchema.parse({
    name: 'own',
    title: 'Own',
    grants: [
      { rights: ['*'], folder: 'night', scope: 'batch' },
      { rights: ['events.*', 'audit.read'] },
      { effect: 'deny', rights: ['nets.*'], folder: 'night/payroll' },
    ],
  });
  for (const role of [...builtinRoles, own]) {
    const back = roleDefinitionSchema.parse(toRole(role.name, toRoleDraft(role)));
    const [before, after] = [createPermissions(role.grants), createPermissions(back.grants)];
    for (const right of rights)
      assert.deepEqual(after.area(right), before.area(right), `${role.name} ${right}`);
    assert.equal(back.title, role.title);
  }
});

test('role: all rights everywhere: one star, so that later releases are meant too', () => {
  assert.deepEqual(toRole('a', { title: '', description: '', grants: [{ ...emptyGrant, rights }] }).grants, [
    { effect: 'allow', rights: ['*'] },
  ]);
});

test('role: a grant moved to a folder: what cannot be limited so is dropped', () => {
  const moved = movedTo({ ...emptyGrant, rights: ['nets.read', 'nodes.read', 'audit.read'] }, 'folder');
  assert.deepEqual(moved.rights, ['nets.read']);
  assert.equal(faultOf(moved), 'noPlace');
  assert.equal(faultOf({ ...moved, at: 'night' }), null);
  assert.equal(faultOf(emptyGrant), 'noRights');
});
