// Names in a job net of what is not there: nodes, scopes, queues, kept secrets, channels, nets that it starts or waits for, users and roles that approve.
// They may come later, so a definition that names them is saved all the same; whoever saves it is told, since a name that was mistyped would
// else show at night, when its unit ends abnormally or waits for ever. Called by definition-apply.ts, after all of a change has been applied.
import type { FileDocument } from '@nezuban/core/definitions/parse-definition-file';
import type { DefinitionChange } from '@nezuban/protocol/api/definitions-operations';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { builtinRoleNames } from '@nezuban/protocol/access/role';
import { secretsNamedIn } from '../secrets/secret-uses.ts';
import type { Transaction } from '../ports.ts';

/** As many as a person reads. */
const namedMax = 20;

const kinds = ['node', 'scope', 'queue', 'secret', 'channel', 'job net', 'user', 'role'] as const;
type Kind = (typeof kinds)[number];
type Names = Record<Kind, Set<string>>;

/** Each job net of a set with what it names in vain, `node "loca"`, in the order of kinds and names. The documents of the set are there by now. */
export const withAbsentNames = async <Change extends DefinitionChange>(
  transaction: Transaction,
  changes: readonly Change[],
  documents: readonly FileDocument[],
): Promise<(Change & Pick<DefinitionChange, 'absent'>)[]> => {
  const named = new Map(
    documents.flatMap((document) =>
      document.kind === 'jobnet' ? [[document.value.name, namesIn(document.value)] as const] : [],
    ),
  );
  const all = kinds.map((kind) => [...new Set([...named.values()].flatMap((names) => [...names[kind]]))]);
  const { rows } = await transaction.query<{ kind: Kind; name: string }>(ABSENT, all);
  if (rows.length === 0) return [...changes];
  const sorted = rows.toSorted(
    (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || (a.name < b.name ? -1 : 1),
  );
  return changes.map((change) => {
    const names = change.kind === 'jobnet' ? named.get(change.name) : undefined;
    if (names === undefined) return change;
    const absent = sorted.filter(({ kind, name }) => names[kind].has(name)).slice(0, namedMax);
    return absent.length === 0
      ? change
      : { ...change, absent: absent.map(({ kind, name }) => `${kind} "${name}"`) };
  });
};

/** As it is told: without what else is known of it. */
export const changeAlone = (of: DefinitionChange): DefinitionChange => {
  const { kind, name, change, file, line, absent } = of;
  return { kind, name, change, file, line, ...(absent !== undefined && { absent }) };
};

const ABSENT = [
  ['node', 'SELECT FROM node t WHERE t.name = w.name'],
  ['scope', 'SELECT FROM scope t WHERE t.name = w.name'],
  ['queue', "SELECT FROM job_limit t WHERE t.kind = 'queue' AND t.name = w.name"],
  ['secret', 'SELECT FROM secret t WHERE t.name = w.name'],
  ['channel', 'SELECT FROM notification_channel t WHERE t.name = w.name'],
  ['job net', 'SELECT FROM net t WHERE t.name = w.name'],
  ['user', 'SELECT FROM app_user t WHERE t.name = w.name'],
  ['role', 'SELECT FROM role t WHERE t.name = w.name'],
]
  .map(
    ([kind, there], at) =>
      `SELECT '${kind ?? ''}' AS kind, w.name FROM unnest($${at + 1}::text[]) AS w (name) WHERE NOT EXISTS (${there ?? ''})`,
  )
  .join(' UNION ALL ');

const namesIn = (definition: JobNetDefinition): Names => {
  const named = Object.fromEntries(kinds.map((kind) => [kind, new Set<string>()])) as Names;
  const target = (of: JobNetDefinition['target']): void => {
    if (of === undefined) return;
    if ('node' in of) named.node.add(of.node);
    else named.scope.add(of.scope);
  };
  const look = (unit: UnitDefinition): void => {
    if ('target' in unit) target(unit.target);
    if ('queue' in unit && unit.queue !== undefined) named.queue.add(unit.queue);
    switch (unit.type) {
      case 'net':
        unit.units.forEach(look);
        return;
      case 'file_transfer':
        named.node.add(unit.from.node);
        return;
      case 'net_start':
        named['job net'].add(unit.net);
        return;
      case 'net_wait':
        for (const { net } of 'any' in unit.nets ? unit.nets.any : unit.nets.all) named['job net'].add(net);
        return;
      case 'approval':
        if (unit.channel !== undefined) named.channel.add(unit.channel);
        for (const user of unit.users ?? []) named.user.add(user);
        for (const role of unit.roles ?? []) if (!builtinRoleNames.has(role)) named.role.add(role);
        return;
      case 'mail_send':
        named.channel.add(unit.channel);
        return;
      default:
    }
  };
  target(definition.target);
  if (definition.queue !== undefined) named.queue.add(definition.queue);
  definition.units.forEach(look);
  for (const net of definition.exclusive_with ?? []) named['job net'].add(net);
  const { any, all } = definition.start_conditions ?? {};
  for (const watcher of any ?? all ?? []) {
    if ('files' in watcher) named.node.add(watcher.files.node);
    if ('net' in watcher) named['job net'].add(watcher.net);
  }
  for (const secret of secretsNamedIn(definition)) named.secret.add(secret);
  return named;
};
