// Changes of scopes, by YAML file.
// Responsible for a scope that makes sense (its nodes and parent exist, the tree stays a tree) and for the audit entry of a change.
import { isDeepStrictEqual } from 'node:util';
import { CodedError } from '@nezuban/protocol/errors';
import type { Issue } from '@nezuban/protocol/errors';
import type { AuditLog, Inventory } from '../ports.ts';
import { inventoryLimits } from './inventory-limits.ts';
import type { NodeRegistry } from './node-registry.ts';
import { findUnknownNodes, lockScopes, saveScope } from './scope-store.ts';
import type { ScopeRow } from './scope-store.ts';

/** Issues in one answer; a list of ten thousand unknown nodes is one mistake. */
const ISSUES_MAX = 100;

export const createApplyScope =
  (ports: { readonly registry: NodeRegistry; readonly audit: AuditLog }): Inventory['applyScope'] =>
  async (transaction, definition, actor) => {
    const scopes = await lockScopes(transaction);
    const next: ScopeRow = {
      name: definition.name,
      title: definition.title ?? null,
      parent: definition.parent ?? null,
      nodes: [...new Set(definition.nodes)].sort(),
    };
    const unknown = await findUnknownNodes(transaction, next.nodes);
    const issues: Issue[] = definition.nodes.flatMap((node, index) =>
      unknown.has(node)
        ? [
            {
              path: `nodes[${index}]`,
              message: `there is no node "${node}"; its agent must have joined first`,
            },
          ]
        : [],
    );
    const parentIssue = judgeParent(next, scopes);
    if (parentIssue !== null) issues.push({ path: 'parent', message: parentIssue });
    if (issues.length > 0) {
      const [first] = issues;
      throw new CodedError(
        'invalid_definition',
        `Scope "${next.name}": ${first?.path ?? ''}: ${first?.message ?? ''}`,
        { issues: issues.slice(0, ISSUES_MAX) },
      );
    }
    const before = scopes.get(next.name);
    if (before !== undefined && isDeepStrictEqual({ ...before, nodes: [...before.nodes].sort() }, next))
      return { change: 'unchanged', afterCommit: () => undefined };
    const change = before === undefined ? 'created' : 'updated';
    await saveScope(transaction, next, actor.name);
    await ports.audit.record(transaction, {
      actor,
      action: 'applyScope',
      target: next.name,
      details: { change, nodes: next.nodes.length },
    });
    return { change, afterCommit: () => ports.registry.putScope(next) };
  };

/** What is wrong with its place in the tree; null if nothing. Pure. */
export const judgeParent = (scope: ScopeRow, scopes: ReadonlyMap<string, ScopeRow>): string | null => {
  if (scope.parent === null) return null;
  if (scope.parent === scope.name) return 'a scope cannot lie in itself';
  if (!scopes.has(scope.parent))
    return `there is no scope "${scope.parent}"; define it first, in the same file if you like`;
  let at: string | null = scope.parent;
  for (let depth = 1; at !== null; depth += 1) {
    if (at === scope.name) return `would make a ring: "${scope.parent}" lies in "${scope.name}" already`;
    if (depth >= inventoryLimits.scopeDepthMax)
      return `would lie deeper than ${inventoryLimits.scopeDepthMax} scopes`;
    at = scopes.get(at)?.parent ?? null;
  }
  return null;
};
