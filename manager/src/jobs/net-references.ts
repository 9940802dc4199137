// Which job nets refer to which: read before a session is planned, and before a net is saved or deleted, so that no circle and no gap comes
// into force.
// Responsible for asking `expandNet` with what is in force. The rows are those of the map of nets (net-map.ts). Not responsible for what a reference does in a session (core/jobs).
import { expandNet, referencesOf, type NetLookup, type ReferencedNet } from '@nezuban/core/jobs/expand-net';
import { CodedError, type Issue } from '@nezuban/protocol/errors';
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import { type Said, type Sentence, say } from '@nezuban/protocol/sentences/sentence';
import type { Database } from '../database/database.ts';
import type { RequestActor, Transaction } from '../ports.ts';

type Row = { readonly name: string; readonly revision: number; readonly definition: JobNetDefinition };
type Query = (names: readonly string[]) => Promise<readonly Row[]>;

const IN_FORCE = `SELECT n.name, n.revision, r.definition FROM net n
  JOIN net_revision r ON r.net = n.name AND r.revision = n.revision WHERE n.name = ANY ($1)`;
/** How many nets a refusal names. */
const NAMED_MAX = 5;

/** What a net refers to, at any depth, as it is in force now. */
export const loadReferences = async (
  database: Pick<Database, 'query'>,
  definition: JobNetDefinition,
): Promise<NetLookup> =>
  await lookupOf(definition, async (names) =>
    database.query<Row>({ name: 'nets_in_force', text: IN_FORCE, values: [names] }),
  );

const lookupOf = async (definition: JobNetDefinition, query: Query): Promise<NetLookup> => {
  const found = new Map<string, ReferencedNet | null>();
  let wanted = namesIn(definition);
  // A round a level; deeper ones are refused by `expandNet`.
  for (let round = 0; wanted.length > 0 && round <= definitionLimits.depthMax; round += 1) {
    for (const name of wanted) found.set(name, null);
    const rows = await query(wanted);
    for (const { name, revision, definition: inner } of rows)
      found.set(name, { revision, definition: inner });
    wanted = [...new Set(rows.flatMap((row) => namesIn(row.definition)))].filter((name) => !found.has(name));
  }
  return (name) => found.get(name) ?? null;
};

const namesIn = (definition: JobNetDefinition): string[] => [
  ...new Set(referencesOf(definition.units).map(({ unit }) => unit.net)),
];

export type ReferenceFault = { readonly net: string; readonly error: CodedError };

/**
 * Looks at nets that have been saved or deleted in this transaction, and at all that refer to them: each must be able to run. Call it when
 * everything that belongs to the change is written. `sees`: whether the one who changes may see a net. Null: nothing is wrong.
 */
export const findReferenceFault = async (
  transaction: Transaction,
  changed: readonly string[],
  sees: (net: string) => boolean,
): Promise<ReferenceFault | null> => {
  if (changed.length === 0) return null;
  const query: Query = async (names) => (await transaction.query<Row>(IN_FORCE, [names])).rows;
  const rows = await query(await withReferring(transaction, changed));
  // What was changed is told of first: there is the mistake.
  const isChanged = ({ name }: Row): number => (changed.includes(name) ? 0 : 1);
  for (const { name, definition } of rows.toSorted((a, b) => isChanged(a) - isChanged(b))) {
    if (namesIn(definition).length === 0) continue;
    const { problems } = expandNet(definition, await lookupOf(definition, query), sees);
    const [problem] = problems;
    if (problem === undefined) continue;
    const isOwn = changed.includes(name);
    if (!isOwn && !sees(name)) return { net: name, error: hiddenFault() };
    const what: Sentence = { code: changed.length === 1 ? 'reference_to_it' : 'reference_to_changed' };
    const issues = problems.map((each): Issue & Said =>
      isOwn
        ? each
        : { path: '', ...say('referring_net_broken', { net: name, what, path: each.path, why: each }) },
    );
    const says = isOwn
      ? `The job net "${name}" cannot refer to others like this: ${problem.path}: ${problem.message}.`
      : upperFirst(`${issues[0]?.message ?? ''}.`);
    return {
      net: name,
      error: new CodedError('invalid_definition', says, {
        issues,
      }),
    };
  }
  return null;
};

const upperFirst = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** What stands in a net is told to nobody who may not see it. */
const hiddenFault = (): CodedError => {
  const said = say('hidden_net_broken');
  return new CodedError(
    'invalid_definition',
    { ...said, message: `${upperFirst(said.message)}.` },
    {
      issues: [{ path: '', ...said }],
    },
  );
};

export const assertReferences = async (
  transaction: Transaction,
  changed: readonly string[],
  sees: (net: string) => boolean,
): Promise<void> => {
  const fault = await findReferenceFault(transaction, changed, sees);
  if (fault !== null) throw fault.error;
};

/** The nets and all that refer to them, directly or through others. */
const withReferring = async (transaction: Transaction, names: readonly string[]): Promise<string[]> => {
  const { rows } = await transaction.query<{ net: string }>(
    `WITH RECURSIVE referring (net) AS (
       SELECT unnest($1::text[]) UNION SELECT r.net FROM net_relation r JOIN referring ON r.other = referring.net AND r.kind = 'contains'
     ) SELECT net FROM referring`,
    [names],
  );
  return rows.map(({ net }) => net);
};

/** Throws `operation_refused` while others refer to a net that is to go. */
export const assertNotReferred = async (
  transaction: Transaction,
  name: string,
  { permissions }: RequestActor,
): Promise<void> => {
  const { rows } = await transaction.query<{ net: string }>(
    "SELECT net FROM net_relation WHERE other = $1 AND kind = 'contains' AND net <> $1 ORDER BY net LIMIT $2",
    [name, NAMED_MAX + 1],
  );
  if (rows.length === 0) return;
  const named = rows
    .slice(0, NAMED_MAX)
    .map(({ net }) =>
      permissions.onNet('nets.read', net)
        ? ({ code: 'name_quoted', values: { name: net } } as const)
        : ({ code: 'net_hidden' } as const),
    );
  throw new CodedError(
    'operation_refused',
    say(rows.length === 1 ? 'refused_net_referred_once' : 'refused_net_referred', {
      name,
      names: rows.length > NAMED_MAX ? { code: 'names_and_others', values: { names: named } } : named,
    }),
  );
};
