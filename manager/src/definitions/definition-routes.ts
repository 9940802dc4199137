// Routes of definitions of every kind: export of what is in force, and what an applying would change.
// Responsible for pages over all kinds, for rights on each definition, and for the two texts of a comparison. Not responsible for what a kind
// holds (its source) nor for applying (jobs/definition-apply.ts). Made by master.ts.
import { thing } from '@nezuban/protocol/sentences/thing';
import { say } from '@nezuban/protocol/sentences/sentence';
import { formatDefinition } from '@nezuban/core/definitions/format-definition';
import type { Definition } from '@nezuban/core/definitions/parse-definition-value';
import { kinds } from '@nezuban/core/definitions/known-keys';
import type { DefinitionComparison } from '@nezuban/protocol/api/definitions-operations';
import { CodedError } from '@nezuban/protocol/errors';
import * as z from 'zod';
import { decodeCursor, encodeCursor } from '../http/paging.ts';
import type { Handlers, RequestActor } from '../ports.ts';
import type { DefinitionSource } from './definition-source.ts';

/** A document of a file that came with the request. */
type GivenDocument = Definition & { readonly file: string; readonly line: number };

export type DefinitionRouteServices = {
  /** In the order in which export lists them. */
  readonly sources: readonly DefinitionSource[];
  /** Throws `invalid_definition` with every place. */
  readonly read: (
    files: readonly { readonly name: string; readonly text: string }[],
  ) => Promise<readonly GivenDocument[]>;
};

/** Names that a pruning looks through in one question. */
const PRUNE_PAGE = 500;

const cursorSchema = z.tuple([z.enum(kinds), z.string()]);

export const createDefinitionRoutes = ({
  sources,
  read,
}: DefinitionRouteServices): Pick<Handlers, 'exportDefinitions' | 'compareDefinitions'> => {
  const sourceOf = (kind: string): DefinitionSource => {
    const source = sources.find((each) => each.kind === kind);
    if (source === undefined)
      throw new CodedError(
        'not_found',
        say('problem_there_is_no_kind_of_definition_known', {
          kind: thing(kind),
          value: sources.map((each) => each.kind).join(', '),
        }),
      );
    return source;
  };

  const compare = async (document: GivenDocument, actor: RequestActor): Promise<DefinitionComparison> => {
    const { kind, value, file, line } = document;
    const source = sourceOf(kind);
    if (!source.mayRead(actor, value.name))
      throw new CodedError(
        'forbidden',
        say('problem_you_may_not_see_line', { kind: thing(kind), name: value.name, file, line }),
      );
    const inForce = await source.find(value.name);
    const before = inForce === null ? null : formatDefinition(source.applied(inForce));
    const after = formatDefinition(appliedWithPlace(source, document));
    const change = before === null ? 'created' : before === after ? 'unchanged' : 'updated';
    return { kind, name: value.name, change, file, line, before, after };
  };

  const findPruned = async (
    folder: string,
    documents: readonly GivenDocument[],
    actor: RequestActor,
  ): Promise<readonly DefinitionComparison[]> => {
    const source = sourceOf('jobnet');
    const kept = new Set(documents.flatMap(({ kind, value }) => (kind === 'jobnet' ? [value.name] : [])));
    const pruned: DefinitionComparison[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await source.list({ after, folder, limit: PRUNE_PAGE });
      for (const definition of page) {
        const { name } = definition.value;
        if (kept.has(name) || !source.mayRead(actor, name)) continue;
        const place = { change: 'deleted', file: null, line: null } as const;
        pruned.push({ kind: 'jobnet', name, ...place, before: formatDefinition(definition), after: null });
      }
      after = page.at(-1)?.value.name;
      if (page.length < PRUNE_PAGE) return pruned;
    }
  };

  return {
    async exportDefinitions({ query, actor }) {
      const { kind, folder, limit } = query;
      const position = decodeCursor(query.cursor, cursorSchema);
      const asked = (kind === undefined ? sources : [sourceOf(kind)]).filter(
        ({ hasFolders }) => folder === undefined || hasFolders,
      );
      const from = position === undefined ? 0 : asked.findIndex((source) => source.kind === position[0]);
      const found: Definition[] = [];
      for (const source of asked.slice(Math.max(0, from))) {
        const after = source.kind === position?.[0] ? position[1] : undefined;
        found.push(...(await source.list({ after, folder, limit: limit + 1 - found.length })));
        if (found.length > limit) break;
      }
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const mayRead = (definition: Definition) =>
        sourceOf(definition.kind).mayRead(actor, definition.value.name);
      return {
        body: {
          items: page.filter(mayRead).map((definition) => ({
            kind: definition.kind,
            name: definition.value.name,
            yaml: formatDefinition(definition),
          })),
          nextCursor:
            found.length > limit && last !== undefined ? encodeCursor([last.kind, last.value.name]) : null,
        },
      };
    },
    async compareDefinitions({ body, actor }) {
      const documents = await read(body.files);
      const changes: DefinitionComparison[] = [];
      for (const document of documents) changes.push(await compare(document, actor));
      const pruned = body.prune === null ? [] : await findPruned(body.prune, documents, actor);
      return { body: { changes: [...changes, ...pruned] } };
    },
  };
};

/** The file and line of what its source refuses. */
const appliedWithPlace = (
  source: DefinitionSource,
  { file, line, ...definition }: GivenDocument,
): Definition => {
  try {
    return source.applied(definition);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const issues = error.issues.map((issue) => ({ file, line, ...issue }));
    throw new CodedError(error.code, error.message, { issues, cause: error });
  }
};
