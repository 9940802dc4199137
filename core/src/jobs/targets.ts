// Which nodes a command runs on: a target of the definition looked up in the inventory of this moment.
import type { Target } from '@nezuban/protocol/jobs/definition';
import type { Inventory } from './session-inputs.ts';

/** A node with its position in the scope, which is part of the attempt's id. */
export type TargetNode = { readonly node: string; readonly nodeIndex: number };
export type TargetNodes =
  | { readonly ok: true; readonly nodes: readonly TargetNode[] }
  | { readonly ok: false; readonly reason: string };

/**
 * A single node, and each node of a scope in mode `all`, gets its attempt even while it is disconnected: the order waits for it.
 * Mode `any` takes the first node that is connected now; without one there is nothing to choose.
 */
export function nodesOf(target: Target | null, inventory: Inventory): TargetNodes {
  if (target === null)
    return { ok: false, reason: 'No target: neither the unit nor a net around it names a node or scope.' };
  if ('node' in target) {
    if (!inventory.nodes.has(target.node)) return { ok: false, reason: `There is no node "${target.node}".` };
    return { ok: true, nodes: [{ node: target.node, nodeIndex: 0 }] };
  }
  const names = inventory.scopes.get(target.scope);
  if (names === undefined) return { ok: false, reason: `There is no scope "${target.scope}".` };
  if (names.length === 0) return { ok: false, reason: `Scope "${target.scope}" holds no node.` };
  if (target.mode === 'all')
    return { ok: true, nodes: names.map((node, nodeIndex) => ({ node, nodeIndex })) };
  const chosen = firstConnected(names, inventory);
  if (chosen === null)
    return { ok: false, reason: `No node of scope "${target.scope}" is connected (${names.length} in it).` };
  return { ok: true, nodes: [chosen] };
}

/** Where a failed node's command is tried again: in mode `any` wherever a node is connected, else on the same node. */
export function nextNodeOf(target: Target | null, previous: TargetNode, inventory: Inventory): TargetNode {
  const same = { node: previous.node, nodeIndex: previous.nodeIndex };
  if (target === null || 'node' in target || target.mode === 'all') return same;
  return firstConnected(inventory.scopes.get(target.scope) ?? [], inventory) ?? same;
}

function firstConnected(names: readonly string[], inventory: Inventory): TargetNode | null {
  const nodeIndex = names.findIndex((name) => inventory.nodes.get(name)?.connected === true);
  const node = names[nodeIndex];
  return node === undefined ? null : { node, nodeIndex };
}
