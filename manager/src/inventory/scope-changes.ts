// Changes of scopes, by API and by YAML file.
// Responsible for a scope that makes sense (its nodes and parent exist, the tree stays a tree), for not overwriting what somebody has not
// seen, and for the audit entry of a change. Called by the routes and, through the port Inventory, by the applying of files.
import { isDeepStrictEqual } from 'node:util';
import { CodedError } from '@nezuban/protocol/errors';
import type { Issue } from '@nezuban/protocol/errors';
import { type Said, say } from '@nezuban/protocol/sentences/sentence';
import type { AuditLog, Inventory, RequestActor, Transaction } from '../ports.ts';
import { forbidden } from '../access/actor-permissions.ts';
import { inventoryLimits } from './inventory-limits.ts';
import type { NodeRegistry } from './node-registry.ts';
import { assertRulesStay, scopesOfRules } from './scope-rules.ts';
import { deleteScope, findUnknownNodes, lockScopes, saveScope } from './scope-store.ts';
import type { ScopeRow, StoredScope } from './scope-store.ts';

/** Issues in one answer; a list of ten thousand unknown nodes is one mistake. */
const ISSUES_MAX = 100;
/** Names in one sentence. */
const NAMED_MAX = 5;

/** What must be there before; null: anything. */
export type Expected = { readonly revision: number } | 'absent' | null;

export type ScopeChange = {
  readonly scope: ScopeRow;
  readonly expected: Expected;
  readonly actor: RequestActor;
};

type Applied = {
  readonly change: 'created' | 'updated' | 'unchanged';
  readonly stored: StoredScope;
  readonly afterCommit: () => void;
};

export type ScopeChanges = {
  readonly apply: Inventory['applyScope'];
  put(transaction: Transaction, change: ScopeChange): Promise<Applied>;
  remove(
    transaction: Transaction,
    change: { readonly name: string; readonly expected: Expected; readonly actor: RequestActor },
  ): Promise<() => void>;
};

export type ScopeChangesPorts = {
  readonly registry: NodeRegistry;
  readonly audit: AuditLog;
  /** Names of job nets whose commands run on the scope, at most so many. */
  readonly netsOnScope: (
    transaction: Transaction,
    scope: string,
    limit: number,
  ) => Promise<readonly string[]>;
  /** Names of roles with a rule for the scope, at most so many; none changes until the transaction ends. */
  readonly rolesOnScope: ScopeChangesPorts['netsOnScope'];
};

export const createScopeChanges = ({
  registry,
  audit,
  netsOnScope,
  rolesOnScope,
}: ScopeChangesPorts): ScopeChanges => {
  const change = async (
    transaction: Transaction,
    { scope, expected, actor }: ScopeChange,
    action: 'applyScope' | 'putScope',
  ): Promise<Applied> => {
    const scopes = await lockScopes(transaction);
    const before = scopes.get(scope.name);
    const next: ScopeRow = { ...scope, nodes: [...new Set(scope.nodes)].sort() };
    assertMayChange(actor, before, next);
    assertExpected(scope.name, before, expected);
    const unknown = await findUnknownNodes(transaction, next.nodes);
    const issues: Issue[] = scope.nodes.flatMap((node, index) =>
      unknown.has(node)
        ? [
            {
              path: `nodes[${index}]`,
              ...say('no_node_joined', { name: node }),
            },
          ]
        : [],
    );
    const parentIssue = judgeParent(next, scopes);
    if (parentIssue !== null) issues.push({ path: 'parent', ...parentIssue });
    if (issues.length > 0) {
      const [first] = issues;
      throw new CodedError(
        'invalid_definition',
        say('problem_scope', { name: next.name, value: first?.path ?? '', value2: first?.message ?? '' }),
        { issues: issues.slice(0, ISSUES_MAX) },
      );
    }
    if (before !== undefined && isSame(before, next))
      return { change: 'unchanged', stored: before, afterCommit: () => undefined };
    await assertRulesStay(transaction, { actor, before: scopes, next });
    const what = before === undefined ? 'created' : 'updated';
    const stored = await saveScope(transaction, next, actor.name);
    await audit.record(transaction, {
      actor,
      action,
      target: next.name,
      details: { change: what, ...differenceOf(before, next) },
    });
    return { change: what, stored, afterCommit: () => registry.putScope(stored) };
  };

  return {
    async apply(transaction, definition, actor) {
      const scope = {
        name: definition.name,
        title: definition.title ?? null,
        parent: definition.parent ?? null,
        nodes: definition.nodes,
      };
      return await change(transaction, { scope, expected: null, actor }, 'applyScope');
    },
    put: (transaction, asked) => change(transaction, asked, 'putScope'),
    async remove(transaction, { name, expected, actor }) {
      const scopes = await lockScopes(transaction);
      const before = scopes.get(name);
      if (before === undefined || !actor.permissions.onScope('nodes.read', name)) throw noSuchScope(name);
      assertMayChange(actor, before, null);
      assertExpected(name, before, expected);
      const children = [...scopes.values()].filter(({ parent }) => parent === name);
      if (children.length > 0)
        throw new CodedError(
          'operation_refused',
          say('problem_scope_holds_move_or_delete_what_it', {
            name,
            value: nameSome(children.map((child) => child.name)),
          }),
        );
      const nets = await netsOnScope(transaction, name, NAMED_MAX + 1);
      if (nets.length > 0)
        throw new CodedError(
          'operation_refused',
          say('problem_job_nets_run_on_scope_give_them', { name, value: nameSome(nets) }),
        );
      const roles = await rolesOnScope(transaction, name, NAMED_MAX + 1);
      // What is forbidden there would be allowed from then on, and what is allowed there would be again in a new scope of that name.
      if (roles.length > 0)
        throw new CodedError(
          'operation_refused',
          say('problem_roles_have_rules_for_scope_without_the', { name, value: nameSome(roles) }),
        );
      // Whoever made a new scope of that name would choose the nodes for which they hold.
      if ((await scopesOfRules(transaction)).has(name))
        throw new CodedError('operation_refused', say('problem_rules_of_the_settings_run_as_name', { name }));
      await deleteScope(transaction, name);
      await audit.record(transaction, {
        actor,
        action: 'deleteScope',
        target: name,
        details: { parent: before.parent, nodes: before.nodes.slice(0, ISSUES_MAX) },
      });
      return () => registry.removeScope(name);
    },
  };
};

/**
 * Rights are given on scopes, so who moves nodes and scopes about would give himself what he has not: he must hold `nodes.write` on the scope, on
 * each node that comes or goes, and on the scopes in which it lay and will lie. Throws `forbidden`.
 */
const assertMayChange = (
  { permissions }: RequestActor,
  before: StoredScope | undefined,
  next: ScopeRow | null,
): void => {
  if (permissions.everywhere('nodes.write')) return;
  const assertScope = (name: string): void => {
    if (!permissions.onScope('nodes.write', name)) throw forbidden('nodes.write', `on the scope "${name}"`);
  };
  // What lies in no other scope is nobody's who is limited to one.
  if (before === undefined && next?.parent === null)
    throw forbidden('nodes.write', 'without limit, for a scope that lies in no other');
  if (before !== undefined) assertScope(before.name);
  const parents = new Set([before?.parent, next?.parent]);
  if (before !== undefined && next !== null && before.parent !== next.parent && parents.has(null))
    throw forbidden('nodes.write', 'without limit, for a scope that lies in no other');
  if (before === undefined || next === null || before.parent !== next.parent)
    for (const parent of parents) if (typeof parent === 'string') assertScope(parent);
  const [had, has] = [new Set(before?.nodes), new Set(next?.nodes)];
  for (const node of had.symmetricDifference(has))
    if (!permissions.onNode('nodes.write', node)) throw forbidden('nodes.write', `on the node "${node}"`);
};

export const noSuchScope = (name: string): CodedError =>
  new CodedError('not_found', say('problem_there_is_no_scope_2', { name }));

const nameSome = (names: readonly string[]): string => {
  const shown = names.slice(0, NAMED_MAX).map((name) => `"${name}"`);
  return `${shown.join(', ')}${names.length > NAMED_MAX ? ' and more' : ''}`;
};

const isSame = (before: StoredScope, next: ScopeRow): boolean =>
  isDeepStrictEqual(
    { name: before.name, title: before.title, parent: before.parent, nodes: [...before.nodes].sort() },
    next,
  );

/** What the audit log says of a change: not ten thousand nodes, but which came and went. */
const differenceOf = (before: StoredScope | undefined, next: ScopeRow) => {
  const had = new Set(before?.nodes);
  const has = new Set(next.nodes);
  return {
    title: next.title,
    parent: next.parent,
    nodes: next.nodes.length,
    added: next.nodes.filter((node) => !had.has(node)).slice(0, ISSUES_MAX),
    removed: [...had].filter((node) => !has.has(node)).slice(0, ISSUES_MAX),
  };
};

const assertExpected = (name: string, before: StoredScope | undefined, expected: Expected): void => {
  if (expected === null) return;
  if (expected === 'absent') {
    if (before === undefined) return;
    throw new CodedError(
      'precondition_failed',
      say('problem_there_is_a_scope_already_revision', { name, revision: before.revision }),
    );
  }
  if (before?.revision === expected.revision) return;
  throw new CodedError(
    'precondition_failed',
    before === undefined
      ? `The scope "${name}" has been deleted meanwhile.`
      : `The scope "${name}" was changed by ${before.updated_by} meanwhile (revision ${before.revision}).`,
  );
};

/** What is wrong with its place in the tree; null if nothing. Pure. */
export const judgeParent = (scope: ScopeRow, scopes: ReadonlyMap<string, ScopeRow>): Said | null => {
  if (scope.parent === null) return null;
  if (scope.parent === scope.name) return say('scope_in_itself');
  if (!scopes.has(scope.parent)) return say('no_scope_yet', { name: scope.parent });
  let at: string | null = scope.parent;
  for (let depth = 1; at !== null; depth += 1) {
    if (at === scope.name) return say('scope_ring', { parent: scope.parent, scope: scope.name });
    if (depth >= inventoryLimits.scopeDepthMax)
      return say('scope_too_deep', { max: inventoryLimits.scopeDepthMax });
    at = scopes.get(at)?.parent ?? null;
  }
  return null;
};
