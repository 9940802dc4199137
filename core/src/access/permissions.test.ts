// Properties of permissions against a naive reading of grants, place by place.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rightPlaces, rights } from '@nezuban/protocol/access/rights';
import type { Right } from '@nezuban/protocol/access/rights';
import { builtinRoles, grantSchema, rightPatterns } from '@nezuban/protocol/access/role';
import type { Grant } from '@nezuban/protocol/access/role';
import type { TokenLimits } from '@nezuban/protocol/access/views';
import fc from 'fast-check';
import { createPermissions, covers } from './permissions.ts';

/** Every net of a small world: folders of two letters, three deep, and `z`, which no grant names. */
const letters = ['a', 'b', 'z'];
const nets = letters.flatMap((one) => [
  one,
  ...letters.flatMap((two) => [`${one}/${two}`, ...letters.map((three) => `${one}/${two}/${three}`)]),
]);
/** `inner` lies in `outer`, `deep` in `inner`; `side` lies beside them. */
const parents: Readonly<Record<string, readonly string[]>> = {
  outer: [],
  inner: ['outer'],
  deep: ['inner', 'outer'],
  side: [],
};
const scopeNames = Object.keys(parents);
const parentsOf = (scope: string): readonly string[] => parents[scope] ?? [];
/** Every set of scopes that a node can lie in. */
const nodes = Array.from({ length: 2 ** scopeNames.length }, (_, bits) =>
  scopeNames.filter((_name, index) => (bits & (1 << index)) !== 0),
).map((scopes) => new Set(scopes.flatMap((scope) => [scope, ...parentsOf(scope)])));

const folder = fc.constantFrom('a', 'b', 'a/a', 'a/b', 'b/a', 'a/a/b');
const scope = fc.constantFrom(...scopeNames);
const pattern = fc.constantFrom(...rightPatterns);
const grant: fc.Arbitrary<Grant> = fc
  .record(
    {
      effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
      rights: fc.array(pattern, { minLength: 1, maxLength: 3 }),
      folder,
      scope,
    },
    { requiredKeys: ['effect', 'rights'] },
  )
  .filter((value) => grantSchema.safeParse(value).success);
const grants = fc.array(grant, { maxLength: 6 });
const limits: fc.Arbitrary<TokenLimits | null> = fc.option(
  fc.record({
    rights: fc.option(fc.array(pattern, { minLength: 1, maxLength: 2 })),
    folder: fc.option(folder),
    scope: fc.option(scope),
  }),
  { freq: 2 },
);

type Holder = { readonly grants: readonly Grant[]; readonly limits: TokenLimits | null };
type Place = { readonly net: string } | { readonly scopes: ReadonlySet<string> } | null;

const names = (patterns: readonly string[], right: Right): boolean =>
  patterns.some((one) => one === '*' || one === right || one === `${right.split('.')[0]}.*`);
/** Whether a place limited so speaks of the object, read as the manual says it. */
const speaksOf = (
  right: Right,
  limited: { folder?: string | null | undefined; scope?: string | null | undefined },
  place: Place,
): boolean => {
  const folderGiven = limited.folder ?? null;
  const scopeGiven = limited.scope ?? null;
  if (folderGiven === null && scopeGiven === null) return true;
  if (rightPlaces[right] === 'folder' && folderGiven !== null)
    return place !== null && 'net' in place && `${place.net}/`.startsWith(`${folderGiven}/`);
  if (rightPlaces[right] === 'scope' && scopeGiven !== null)
    return place !== null && 'scopes' in place && place.scopes.has(scopeGiven);
  return false;
};
const naive = (holder: Holder, right: Right, place: Place): boolean => {
  const fits = holder.grants.filter((one) => names(one.rights, right) && speaksOf(right, one, place));
  return (
    fits.some(({ effect }) => effect === 'allow') &&
    !fits.some(({ effect }) => effect === 'deny') &&
    (holder.limits === null ||
      ((holder.limits.rights === null || names(holder.limits.rights, right)) &&
        speaksOf(right, holder.limits, place)))
  );
};
const placesOf = (right: Right): readonly Place[] =>
  rightPlaces[right] === 'folder'
    ? nets.map((net) => ({ net }))
    : rightPlaces[right] === 'scope'
      ? nodes.map((scopes) => ({ scopes }))
      : [null];

const holder = fc.record({ grants, limits });

describe('permissions', () => {
  test('permissions: any grants and limits: the same answer as the naive reading, for every right at every place', () => {
    fc.assert(
      fc.property(holder, fc.constantFrom(...rights), (one, right) => {
        const permissions = createPermissions(one.grants, one.limits);
        for (const place of placesOf(right)) {
          const actual =
            place === null
              ? permissions.holds(right)
              : 'net' in place
                ? permissions.onNet(right, place.net)
                : permissions.onScopes(right, place.scopes);
          assert.equal(actual, naive(one, right, place));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('permissions: a right that is held somewhere: said so; of folders, said so only then', () => {
    fc.assert(
      fc.property(holder, fc.constantFrom(...rights), (one, right) => {
        const somewhere = placesOf(right).some((place) => naive(one, right, place));
        const holds = createPermissions(one.grants, one.limits).holds(right);
        if (rightPlaces[right] === 'scope') assert.ok(holds || !somewhere);
        else assert.equal(holds, somewhere);
      }),
      { numRuns: 500 },
    );
  });

  test('permissions: held everywhere: held at every place', () => {
    fc.assert(
      fc.property(holder, fc.constantFrom(...rights), (one, right) => {
        const everywhere = createPermissions(one.grants, one.limits).everywhere(right);
        const naively = placesOf(right).every((place) => naive(one, right, place));
        if (everywhere) assert.ok(naively);
      }),
    );
  });

  test('permissions: one covers another: exactly if it allows all that the other allows', () => {
    fc.assert(
      fc.property(holder, holder, (mine, other) => {
        const expected = rights.every((right) =>
          placesOf(right).every((place) => !naive(other, right, place) || naive(mine, right, place)),
        );
        const [one, two] = [mine, other].map((each) => createPermissions(each.grants, each.limits));
        assert.ok(one !== undefined && two !== undefined);
        assert.equal(covers(one, two, parentsOf), expected);
      }),
      { numRuns: 1000 },
    );
  });

  test('permissions: of limited grants and small ones too: covering is reflexive, and nothing is covered by all', () => {
    fc.assert(
      fc.property(holder, (one) => {
        const permissions = createPermissions(one.grants, one.limits);
        assert.ok(covers(permissions, permissions, parentsOf));
        assert.ok(covers(permissions, createPermissions([]), parentsOf));
        assert.ok(covers(createPermissions([{ effect: 'allow', rights: ['*'] }]), permissions, parentsOf));
      }),
    );
  });

  test('permissions: the built-in roles: the administrator may everything, a viewer reads no output, an auditor changes nothing', () => {
    const of = (name: string) =>
      createPermissions(builtinRoles.find((role) => role.name === name)?.grants ?? []);
    assert.deepEqual(rights.filter(of('administrator').everywhere), rights);
    assert.equal(of('viewer').holds('output.read'), false);
    for (const name of ['viewer', 'auditor'])
      assert.deepEqual(
        rights.filter(of(name).holds).filter((right) => !right.endsWith('.read')),
        [],
      );
    for (const { name } of builtinRoles)
      assert.ok(
        covers(of('administrator'), of(name), () => []),
        name,
      );
  });
});

describe('grants', () => {
  const refused = (value: unknown): string =>
    grantSchema.safeParse(value).error?.issues[0]?.message ?? 'accepted';
  test('grants: a right that cannot be limited so: refused, and the place it has is named', () => {
    assert.match(refused({ rights: ['settings.write'], folder: 'night' }), /concerns the whole manager/);
    assert.match(refused({ rights: ['nodes.read'], folder: 'night' }), /limited to a scope only/);
    assert.match(refused({ rights: ['nets.*'], scope: 'batch' }), /limited to a folder only/);
    assert.match(refused({ rights: ['nets.fly'] }), /must be "\*", an area/);
    assert.equal(refused({ rights: ['*'], folder: 'night' }), 'accepted');
    assert.equal(refused({ rights: ['nets.*', 'events.read'], folder: 'night', scope: 'batch' }), 'accepted');
  });
});
