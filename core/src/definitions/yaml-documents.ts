// YAML text turned into documents of nodes. Bounds are kept while reading: what exceeds one is refused before it costs time.
// Not responsible for values and schemas: `yaml-value.ts` and `shape-issues.ts`.
import { Composer, Lexer, Parser } from 'yaml';
import type { Document, ParsedNode, YAMLParseError, YAMLWarning } from 'yaml';
import { documentsMax, issuesMax, tokensMax } from './reading-bounds.ts';

export type YamlDocument = Document.Parsed<ParsedNode>;
export type YamlProblem = { readonly offset: number; readonly message: string };
export type YamlDocuments = {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly YamlProblem[];
};

export function readYamlDocuments(text: string): YamlDocuments {
  // Duplicate keys are found by yaml-value.ts: the library compares each key with each other one.
  const composer = new Composer({
    version: '1.2',
    prettyErrors: false,
    uniqueKeys: false,
    merge: false,
    logLevel: 'silent',
  });
  const parser = new Parser();
  const documents: YamlDocument[] = [];
  const take = (tokens: Iterable<Parameters<typeof composer.next>[0]>): boolean => {
    for (const token of tokens) documents.push(...(composer.next(token) as Iterable<YamlDocument>));
    return documents.length <= documentsMax;
  };
  let count = 0;
  try {
    for (const lexeme of new Lexer().lex(text)) {
      count += 1;
      if (count > tokensMax)
        return tooMuch(
          parser.offset,
          `the file has more than ${tokensMax} YAML tokens; split it into several files`,
        );
      if (!take(parser.next(lexeme)))
        return tooMuch(
          parser.offset,
          `the file has more than ${documentsMax} documents; split it into several files`,
        );
    }
    take(parser.end());
    documents.push(...(composer.end() as Iterable<YamlDocument>));
  } catch (error) {
    // The library's own recursion; nothing else in it is meant to throw.
    if (error instanceof RangeError) return tooMuch(parser.offset, 'the file is nested too deeply');
    throw error;
  }
  return { documents, problems: documents.flatMap(problemsOf).slice(0, issuesMax) };
}

function tooMuch(offset: number, message: string): YamlDocuments {
  return { documents: [], problems: [{ offset, message }] };
}

function problemsOf(document: YamlDocument): YamlProblem[] {
  if (document.directives.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    return [
      {
        offset: 0,
        message: `the file asks for YAML ${document.directives.yaml.version}; remove the %YAML line, YAML 1.2 is read`,
      },
    ];
  }
  const found: (YAMLParseError | YAMLWarning)[] = [
    ...document.errors,
    ...document.warnings.filter((warning) => warning.code !== 'TAG_RESOLVE_FAILED'),
  ];
  // What follows the first broken place of a document is mostly an echo of it.
  return found
    .toSorted((a, b) => a.pos[0] - b.pos[0])
    .slice(0, 1)
    .map((error) => ({ offset: error.pos[0], message: problemText(error) }));
}

const plainTexts: Partial<Record<YAMLParseError['code'], string>> = {
  TAB_AS_INDENT: 'a tab is used for indentation; YAML allows only spaces there',
  BLOCK_AS_IMPLICIT_KEY:
    'the line does not fit: it is indented deeper than the key it should stand beside, or a value that holds ": " needs quotes',
  MULTILINE_IMPLICIT_KEY:
    'the line does not fit: it is indented deeper than the key it should stand beside, or a ":" is missing',
  RESOURCE_EXHAUSTION: 'the file is nested too deeply',
};

function problemText(error: YAMLParseError | YAMLWarning): string {
  return plainTexts[error.code] ?? `this is not valid YAML: ${lowerFirst(error.message)}`;
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
