// What each kind of definition offers to export and compare. Every domain that owns a kind gives one; master.ts hands them to the routes.
import type { Definition } from '@nezuban/core/definitions/parse-definition-value';
import type { RequestActor } from '../ports.ts';

export type DefinitionPage = {
  /** Names behind this one; undefined: from the first. */
  readonly after: string | undefined;
  readonly limit: number;
  /** Only of folders: names below it. */
  readonly folder: string | undefined;
};

export type DefinitionSource = {
  readonly kind: Definition['kind'];
  /** Names lie in folders, as those of job nets do. */
  readonly hasFolders: boolean;
  /** Whether this person may see the one of that name. */
  readonly mayRead: (actor: RequestActor, name: string) => boolean;
  /** Those in force by name, as they are exported: secrets are placeholders. */
  readonly list: (page: DefinitionPage) => Promise<readonly Definition[]>;
  /** The one in force, as it is exported; null: there is none. */
  readonly find: (name: string) => Promise<Definition | null>;
  /** What would be in force if this were applied, as it would be exported. Throws a CodedError where it would be refused for its secrets. */
  readonly applied: (definition: Definition) => Definition;
};
