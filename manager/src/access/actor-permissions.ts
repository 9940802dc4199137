// What one actor may do, as the domains ask it: core's decision put together with the inventory's scopes, and conditions for lists.
// Made by the role book for each request; holds no state of its own, so a change of scopes counts at once.
import { say, type SentenceValue } from '@nezuban/protocol/sentences/sentence';
import { isNetBelow, type Area } from '@nezuban/core/access/area';
import type { Permissions } from '@nezuban/core/access/permissions';
import { createPermissions } from '@nezuban/core/access/permissions';
import { rights } from '@nezuban/protocol/access/rights';
import { CodedError } from '@nezuban/protocol/errors';
import type { Condition } from '../database/where.ts';
import type { ActorPermissions, ScopePlaces } from '../ports.ts';

export const createActorPermissions = (decided: Permissions, places: () => ScopePlaces): ActorPermissions => {
  const onNode: ActorPermissions['onNode'] = (right, node) =>
    decided.everywhere(right) || decided.onScopes(right, places().scopesOfNode(node));
  const onScope: ActorPermissions['onScope'] = (right, scope) =>
    decided.everywhere(right) || decided.onScopes(right, places().withParents(scope));
  const nodesIn: ActorPermissions['nodesIn'] = (right, column) => {
    if (decided.everywhere(right)) return undefined;
    if (!decided.holds(right)) return () => 'false';
    const area = decided.area(right);
    const nodes = places().nodes();
    // With denies alone, nodes that are gone or have yet to come are seen as before.
    if (area.all && area.within === null) {
      const hidden = nodes.filter((node) => !onNode(right, node));
      return (place) => `(${column} IS NULL OR ${column} <> ALL (${place(hidden)}::text[]))`;
    }
    const seen = nodes.filter((node) => onNode(right, node));
    return (place) => `(${column} IS NULL OR ${column} = ANY (${place(seen)}::text[]))`;
  };
  const netsIn: ActorPermissions['netsIn'] = (right, column) =>
    decided.everywhere(right) ? undefined : folderCondition(decided.area(right), column);
  return {
    decided,
    rights: () => rights.filter(decided.holds),
    holds: decided.holds,
    everywhere: decided.everywhere,
    onNet: decided.onNet,
    onNode,
    onScope,
    onWholeFolder: (right, folder) =>
      decided.onNet(right, `${folder}/`) &&
      !decided.area(right).notIn.some((denied) => isNetBelow(denied, folder)),
    onWholeScope: (right, scope) =>
      onScope(right, scope) &&
      places()
        .nodes()
        .every((node) => !places().scopesOfNode(node).has(scope) || onNode(right, node)),
    onEvent: (right, { node, net }) =>
      (node === null ? decided.holds(right) : onNode(right, node)) &&
      (net === null || decided.onNet('nets.read', net)),
    netsIn,
    nodesIn,
    eventsIn(right) {
      const conditions = [
        nodesIn(right, 'node'),
        netsIn('nets.read', "coalesce(details->>'net', details->>'folder')"),
      ];
      const [first, second] = conditions.filter((condition) => condition !== undefined);
      if (first === undefined || second === undefined) return first;
      return (place) => `${first(place)} AND ${second(place)}`;
    },
    requireOnNet(right, net, missing) {
      if (!decided.onNet('nets.read', net)) throw new CodedError('not_found', missing);
      if (!decided.onNet(right, net)) throw forbidden(right, { code: 'on_net', values: { net } });
    },
    requireOnNode(right, node, missing) {
      if (!onNode('nodes.read', node)) throw new CodedError('not_found', missing);
      if (!onNode(right, node)) throw forbidden(right, { code: 'on_node', values: { node } });
    },
    require(right) {
      if (!decided.holds(right)) throw forbidden(right, null);
    },
  };
};

/** What a person reads who lacks a right: which, and where. */
export const forbidden = (right: string, where: SentenceValue | null): CodedError =>
  new CodedError(
    'forbidden',
    where === null ? say('refused_right', { right }) : say('refused_right_there', { right, where }),
  );

/** Rows without a net (the column is null) are not hidden by it. */
const folderCondition = (area: Area, column: string): Condition => {
  const inAny = (folders: readonly string[], place: (value: unknown) => string): string =>
    folders.length === 0
      ? 'false'
      : `(${folders
          .map((folder) => {
            // Names are compared byte by byte, and "0" follows "/": a range that an index serves.
            const [own, from, to] = [folder, `${folder}/`, `${folder}0`].map(place);
            return `${column} = ${own} OR (${column} >= ${from} AND ${column} < ${to})`;
          })
          .join(' OR ')})`;
  return (place) => {
    const parts = [
      ...(area.all ? [] : [inAny(area.in, place)]),
      ...(area.notIn.length === 0 ? [] : [`NOT ${inAny(area.notIn, place)}`]),
      ...(area.within === null ? [] : [inAny([area.within], place)]),
    ];
    return `(${column} IS NULL OR (${parts.join(' AND ')}))`;
  };
};

/** Of nobody: holds nothing. */
export const noPermissions: ActorPermissions = createActorPermissions(createPermissions([]), () => ({
  nodes: () => [],
  scopesOfNode: () => new Set(),
  withParents: () => new Set(),
}));
/** Of the manager itself and of the command line on its host. */
export const allPermissions: ActorPermissions = createActorPermissions(
  createPermissions([{ effect: 'allow', rights: ['*'] }]),
  () => ({ nodes: () => [], scopesOfNode: () => new Set(), withParents: () => new Set() }),
);
