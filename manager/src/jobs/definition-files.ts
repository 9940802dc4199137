// The documents of definition files that came by the API, or everything that is wrong with them.
// Responsible for one sentence with all places, and for what only shows over several files: the same definition twice. Called by the routes.
import { CodedError, type Issue } from '@nezuban/protocol/errors';
import { say } from '@nezuban/protocol/sentences/sentence';
import type { SetDocument } from './definition-apply.ts';
import type { DefinitionParser, SourceFile } from './definition-parser.ts';

/** Places in one answer. */
const ISSUES_MAX = 500;

/** Throws `invalid_definition` with the places of all files. */
export const readDefinitionFiles = async (
  parser: DefinitionParser,
  files: readonly SourceFile[],
): Promise<readonly SetDocument[]> => {
  const parsed = await parser.parseAll(files);
  const issues = parsed.flatMap((result) => (result.ok ? [] : result.issues));
  const documents = parsed.flatMap((result, index) =>
    result.ok ? result.documents.map((document) => ({ ...document, file: files[index]?.name ?? '' })) : [],
  );
  const all = [...issues, ...findDuplicates(documents)].slice(0, ISSUES_MAX);
  if (all.length > 0) throw invalidDefinition(all[0]?.file ?? '', all);
  return documents;
};

/** Within one file the reading finds them. Pure. */
const findDuplicates = (documents: readonly SetDocument[]): readonly Issue[] => {
  const first = new Map<string, SetDocument>();
  return documents.flatMap((document) => {
    const { kind, value, file, line } = document;
    const key = `${kind} ${value.name}`;
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, document);
      return [];
    }
    const said = say('files_hold_twice', { kind, name: value.name, file: before.file, line: before.line });
    return [{ path: 'name', ...said, file, line, column: 1 }];
  });
};

export const invalidDefinition = (what: string, issues: readonly Issue[]): CodedError => {
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const place = first?.line === undefined ? '' : `:${first.line}:${first.column ?? 1}`;
  return new CodedError(
    'invalid_definition',
    `${what}${place}: ${first?.path === '' ? '' : `${first?.path} `}${first?.message}${more}`,
    { issues },
  );
};
