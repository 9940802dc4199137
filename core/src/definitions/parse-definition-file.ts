// A definition file: YAML text with one or more documents turned into judged definitions, or into everything that is wrong with it, each
// with file, line and column. Pure; blocks its caller for about a second with the largest file, so servers call it in a worker.
// Called by the API for uploaded files and by the CLI's `apply`.
import type { Issue } from '@nezuban/protocol/errors';
import { say } from '@nezuban/protocol/sentences/sentence';
import { isScalar } from 'yaml';
import { issueOf } from './path-issue.ts';
import { parseDefinitionPaths } from './parse-definition-value.ts';
import type { Definition } from './parse-definition-value.ts';
import { issuesMax } from './reading-bounds.ts';
import { LinePositions, readSourceText } from './source-text.ts';
import { readYamlDocuments } from './yaml-documents.ts';
import type { YamlDocument, YamlProblem } from './yaml-documents.ts';
import { offsetOfIssue } from './yaml-place.ts';
import { yamlValue } from './yaml-value.ts';

export type FileDocument = Definition & { /** Line on which the document begins. */ readonly line: number };
export type ParsedFile =
  | { readonly ok: true; readonly documents: readonly FileDocument[] }
  | { readonly ok: false; readonly issues: readonly Issue[] };

export function parseDefinitionFile(
  source: string | Uint8Array,
  { file }: { readonly file: string },
): ParsedFile {
  const read = readSourceText(source);
  if (!read.ok) return { ok: false, issues: [{ ...read.issue, file }] };
  const positions = new LinePositions(read.text);
  const issues: Issue[] = [];
  const report = ({ offset, path = '', ...said }: YamlProblem & { readonly path?: string }): void => {
    if (issues.length < issuesMax) issues.push({ path, ...said, file, ...positions.at(offset) });
  };

  const { documents, problems } = readYamlDocuments(read.text);
  for (const problem of problems) report(problem);
  if (issues.length > 0) return { ok: false, issues };

  const parsed: FileDocument[] = [];
  const names = new Map<string, number>();
  for (const document of documents) {
    if (isEmpty(document)) continue;
    const result = parseDocument(document);
    if (!result.ok) {
      for (const problem of result.problems) report(problem);
      continue;
    }
    const { line } = positions.at(document.contents?.range[0] ?? 0);
    const key = `${result.definition.kind} ${result.definition.value.name}`;
    const before = names.get(key);
    if (before !== undefined)
      report({
        offset: offsetOfIssue(document, { path: ['name'] }),
        path: 'name',
        ...say('file_holds_twice', { kind: result.definition.kind, line: before }),
      });
    names.set(key, line);
    parsed.push({ ...result.definition, line });
  }
  if (issues.length > 0) return { ok: false, issues };
  if (parsed.length === 0)
    return {
      ok: false,
      issues: [
        {
          path: '',
          ...say('file_holds_nothing'),
          file,
          line: 1,
          column: 1,
        },
      ],
    };
  return { ok: true, documents: parsed };
}

/** Nothing stands between two lines of dashes, or behind the last. */
function isEmpty({ contents }: YamlDocument): boolean {
  return (
    contents === null ||
    (isScalar(contents) && contents.value === null && contents.range[0] === contents.range[1])
  );
}

type ParsedDocument =
  | { readonly ok: true; readonly definition: Definition }
  | { readonly ok: false; readonly problems: readonly (YamlProblem & { readonly path?: string })[] };

function parseDocument(document: YamlDocument): ParsedDocument {
  const plain = yamlValue(document);
  if (!plain.ok) return plain;
  const result = parseDefinitionPaths(plain.value);
  if (result.ok) return result;
  const problems = result.issues.map((issue) => ({
    ...issueOf(issue),
    offset: offsetOfIssue(document, issue),
  }));
  return { ok: false, problems: problems.toSorted((a, b) => a.offset - b.offset) };
}
