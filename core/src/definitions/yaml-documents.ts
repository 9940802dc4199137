// YAML text turned into documents of nodes. Bounds are kept while reading: what exceeds one is refused before it costs time.
// Not responsible for values and schemas: `yaml-value.ts` and `shape-issues.ts`.
import { say, type Said, type SentenceCode } from '@nezuban/protocol/sentences/sentence';
import { Composer, Lexer, Parser } from 'yaml';
import type { Document, ParsedNode, YAMLParseError, YAMLWarning } from 'yaml';
import { documentsMax, issuesMax, tokensMax } from './reading-bounds.ts';

export type YamlDocument = Document.Parsed<ParsedNode>;
export type YamlProblem = Said & { readonly offset: number };
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
      if (count > tokensMax) return tooMuch(parser.offset, say('file_too_many_tokens', { max: tokensMax }));
      if (!take(parser.next(lexeme)))
        return tooMuch(parser.offset, say('file_too_many_documents', { max: documentsMax }));
    }
    take(parser.end());
    documents.push(...(composer.end() as Iterable<YamlDocument>));
  } catch (error) {
    // The library's own recursion; nothing else in it is meant to throw.
    if (error instanceof RangeError) return tooMuch(parser.offset, say('file_nested_too_deeply'));
    throw error;
  }
  return { documents, problems: documents.flatMap(problemsOf).slice(0, issuesMax) };
}

function tooMuch(offset: number, said: Said): YamlDocuments {
  return { documents: [], problems: [{ offset, ...said }] };
}

function problemsOf(document: YamlDocument): YamlProblem[] {
  if (document.directives.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    return [
      {
        offset: 0,
        ...say('yaml_version', { version: document.directives.yaml.version }),
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
    .map((error) => ({ offset: error.pos[0], ...problemOf(error) }));
}

const plainSentences = {
  TAB_AS_INDENT: 'yaml_tab',
  BLOCK_AS_IMPLICIT_KEY: 'yaml_block_does_not_fit',
  MULTILINE_IMPLICIT_KEY: 'yaml_line_does_not_fit',
  RESOURCE_EXHAUSTION: 'file_nested_too_deeply',
} as const satisfies Partial<Record<YAMLParseError['code'], SentenceCode>>;
const sentenceOfCode: Partial<
  Record<YAMLParseError['code'], (typeof plainSentences)[keyof typeof plainSentences]>
> = plainSentences;

function problemOf(error: YAMLParseError | YAMLWarning): Said {
  const code = sentenceOfCode[error.code];
  return code === undefined ? say('yaml_not_valid', { detail: lowerFirst(error.message) }) : say(code);
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
