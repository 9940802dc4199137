// Which nodes a command runs on: a target of the definition looked up in the inventory of this moment.
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { waitSaid } from '../operations/frozen-places.ts';
import type { Target } from '@nezuban/protocol/jobs/units/unit-base';
import type { Inventory } from './session-inputs.ts';

/** A node with its position in the scope, which is part of the attempt's id. */
export type TargetNode = { readonly node: string; readonly nodeIndex: number };
export type TargetNodes =
  | { readonly ok: true; readonly nodes: readonly TargetNode[] }
  /** `frozen`: the unit waits until a node is resumed. Else there is none, and waiting would not help. */
  | { readonly ok: false; readonly frozen: boolean; readonly reason: Said };

/**
 * A single node, and each node of a scope in mode `all`, gets its attempt even while it is disconnected: the order waits for it.
 * Mode `any` takes the first node that is connected and not frozen; without one there is nothing to choose, unless a resume can give one.
 * Where all nodes are frozen no attempt is made. Of a scope in mode `all` with some frozen nodes, all get theirs, and those of the frozen
 * ones are kept back by the manager.
 */
export function nodesOf(target: Target | null, inventory: Inventory): TargetNodes {
  if (target === null) return none(say('reason_no_target'));
  if ('node' in target) {
    if (!inventory.nodes.has(target.node)) return none(say('reason_no_node', { node: target.node }));
    const frozen = inventory.frozen?.get(target.node);
    if (frozen !== undefined) return { ok: false, frozen: true, reason: waitSaid(frozen) };
    return { ok: true, nodes: [{ node: target.node, nodeIndex: 0 }] };
  }
  const names = inventory.scopes.get(target.scope);
  if (names === undefined) return none(say('reason_no_scope', { scope: target.scope }));
  if (names.length === 0) return none(say('reason_scope_empty', { scope: target.scope }));
  if (target.mode === 'all') {
    const allFrozen = names.every((name) => inventory.frozen?.has(name) === true);
    return allFrozen
      ? { ok: false, frozen: true, reason: frozenScope(names, inventory) }
      : { ok: true, nodes: names.map((node, nodeIndex) => ({ node, nodeIndex })) };
  }
  const chosen = choose(target, names, { inventory });
  if (chosen !== null) return { ok: true, nodes: [chosen] };
  if (names.some((name) => inventory.frozen?.has(name) === true))
    return { ok: false, frozen: true, reason: frozenScope(names, inventory) };
  return none(say('reason_none_connected', { scope: target.scope, count: names.length }));
}

/** Where a failed node's command is tried again: where one node is chosen, wherever one is connected, else on the same node. */
export function nextNodeOf(target: Target | null, previous: TargetNode, inventory: Inventory): TargetNode {
  const same = { node: previous.node, nodeIndex: previous.nodeIndex };
  if (!choosesOne(target)) return same;
  return choose(target, inventory.scopes.get(target.scope) ?? [], { inventory }) ?? same;
}

/** Another node for an order that these nodes have not answered; null if none is left. */
export function fallOverNode(
  target: Target | null,
  asked: ReadonlySet<string>,
  inventory: Inventory,
): TargetNode | null {
  if (!choosesOne(target)) return null;
  return choose(target, inventory.scopes.get(target.scope) ?? [], { inventory, without: asked });
}

/** A node of a scope, by its name, with its position in it. */
export function nodeInScope(target: Target | null, node: string, inventory: Inventory): TargetNode | null {
  if (!choosesOne(target)) return null;
  const nodeIndex = (inventory.scopes.get(target.scope) ?? []).indexOf(node);
  return nodeIndex === -1 ? null : { node, nodeIndex };
}

type ScopeTarget = Extract<Target, { readonly scope: string }>;

/** One node of several, perhaps another one at each try. */
export function choosesOne(target: Target | null): target is ScopeTarget {
  return target !== null && !('node' in target) && target.mode !== 'all';
}

/** The scope's nodes in the order in which they are asked. */
export function inTurn({ scope, order }: ScopeTarget, { scopes }: Inventory): readonly string[] {
  const names = scopes.get(scope) ?? [];
  if (order === undefined) return names;
  const first = order.filter((name) => names.includes(name));
  return [...first, ...names.filter((name) => !first.includes(name))];
}

/** Why commands that are on their way to these nodes wait; null if none of the nodes is frozen. */
export function frozenReason(nodes: Iterable<string>, inventory: Inventory): Said | null {
  for (const node of nodes) {
    const frozen = inventory.frozen?.get(node);
    if (frozen !== undefined) return waitSaid(frozen);
  }
  return null;
}

function none(reason: Said): TargetNodes {
  return { ok: false, frozen: false, reason };
}

function frozenScope(names: readonly string[], inventory: Inventory): Said {
  return frozenReason(names, inventory) ?? waitSaid('');
}

function choose(
  target: ScopeTarget,
  names: readonly string[],
  { inventory, without }: { readonly inventory: Inventory; readonly without?: ReadonlySet<string> },
): TargetNode | null {
  const free = inTurn(target, inventory).filter(
    (name) =>
      inventory.nodes.get(name)?.connected === true &&
      inventory.frozen?.has(name) !== true &&
      without?.has(name) !== true,
  );
  const load = (name: string): number => inventory.openAttempts?.(name) ?? 0;
  const [node] = target.mode === 'least_loaded' ? free.toSorted((a, b) => load(a) - load(b)) : free;
  return node === undefined ? null : { node, nodeIndex: names.indexOf(node) };
}
