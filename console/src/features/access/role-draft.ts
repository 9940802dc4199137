// The editor's form of a role, and its way to and from the role. Pure.
import { rightPlaces, rights, type Right } from '@nezuban/protocol/access/rights';
import {
  rightsOfPattern,
  type Grant,
  type RightPattern,
  type RoleDefinition,
} from '@nezuban/protocol/access/role';

/** Where a grant holds: everywhere, or in one folder or scope. */
export type GrantPlace = 'all' | 'folder' | 'scope';

export type GrantDraft = {
  readonly effect: Grant['effect'];
  /** Single rights. All of them, at a grant that holds everywhere, stand for `*`. */
  readonly rights: readonly Right[];
  readonly place: GrantPlace;
  /** Name of the folder or scope. */
  readonly at: string;
};

export type RoleDraft = {
  readonly title: string;
  readonly description: string;
  readonly grants: readonly GrantDraft[];
};

export const emptyGrant: GrantDraft = { effect: 'allow', rights: [], place: 'all', at: '' };
export const emptyRole: RoleDraft = { title: '', description: '', grants: [emptyGrant] };

/** Rights that can be given in such a place. */
export const rightsForPlace = (place: GrantPlace): readonly Right[] =>
  place === 'all' ? rights : rights.filter((right) => rightPlaces[right] === place);

export const toRoleDraft = (role: RoleDefinition): RoleDraft => ({
  title: role.title ?? '',
  description: role.description ?? '',
  grants: role.grants.flatMap(toGrantDrafts),
});

/** A grant that names a folder and a scope is two: rights on nets in the one, rights on nodes in the other. */
const toGrantDrafts = (grant: Grant): readonly GrantDraft[] => {
  const meant = new Set(grant.rights.flatMap(rightsOfPattern));
  const draft = (place: GrantPlace, at: string): GrantDraft => ({
    effect: grant.effect,
    rights: rightsForPlace(place).filter((right) => meant.has(right)),
    place,
    at,
  });
  const places = [
    ...(grant.folder === undefined ? [] : [draft('folder', grant.folder)]),
    ...(grant.scope === undefined ? [] : [draft('scope', grant.scope)]),
  ];
  return places.length === 0 ? [draft('all', '')] : places.filter((each) => each.rights.length > 0);
};

/** Keeps what fits when a grant is moved to another kind of place. */
export const movedTo = (grant: GrantDraft, place: GrantPlace): GrantDraft => {
  const fitting = new Set(rightsForPlace(place));
  return { ...grant, place, at: '', rights: grant.rights.filter((right) => fitting.has(right)) };
};

export type GrantFault = 'noRights' | 'noPlace';
export const faultOf = (grant: GrantDraft): GrantFault | null =>
  grant.rights.length === 0 ? 'noRights' : grant.place !== 'all' && grant.at.trim() === '' ? 'noPlace' : null;

export const toRole = (name: string, draft: RoleDraft): RoleDefinition => ({
  name,
  ...(draft.title.trim() === '' ? {} : { title: draft.title.trim() }),
  ...(draft.description.trim() === '' ? {} : { description: draft.description.trim() }),
  grants: draft.grants.map((grant) => ({
    effect: grant.effect,
    rights: toPatterns(grant),
    ...(grant.place === 'folder' ? { folder: grant.at.trim() } : {}),
    ...(grant.place === 'scope' ? { scope: grant.at.trim() } : {}),
  })),
});

const toPatterns = (grant: GrantDraft): RightPattern[] => {
  if (grant.place === 'all' && grant.rights.length === rights.length) return ['*'];
  return rights.filter((right) => grant.rights.includes(right));
};
