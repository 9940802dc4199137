/**
 * Reads MIB modules of SMIv1 (RFC 1155, 1212, 1215) and SMIv2 (RFC 2578 to 2580) as vendors really write them.
 *
 * Responsible for what names, values and traps need: IMPORTS, OIDs, enumerations, textual conventions, notifications and descriptions. What it
 * does not need it steps over; what it cannot read becomes a problem with its line, and it goes on behind it. Names are resolved by
 * `mib-tree.ts`, when all modules are known. Pure, never throws, takes time in proportion to the text.
 */
import { mibLimits } from './mib-module.ts';
import type { MibDefinition, MibModule, MibOid, MibProblem } from './mib-module.ts';
import { parseSyntax, skipBraces } from './mib-syntax.ts';
import { createMibTokens } from './mib-tokens.ts';
import type { MibToken, MibTokens } from './mib-tokens.ts';

/** All modules of a file. Empty: it holds none. */
export const parseMib = (text: string): readonly MibModule[] => {
  const tokens = createMibTokens(text.slice(0, mibLimits.textCharsMax));
  const modules: MibModule[] = [];
  let before: MibToken = { type: 'end', text: '', line: 1 };
  for (let token = tokens.next(); token.type !== 'end'; token = tokens.next()) {
    // `NAME DEFINITIONS ::= BEGIN`, with an OID in braces between by ASN.1's rules.
    if (token.type === 'word' && token.text === 'DEFINITIONS' && before.type === 'word') {
      if (modules.length >= mibLimits.modulesPerFileMax) break;
      modules.push(parseModule(tokens, before.text));
    } else if (token.text === '{') {
      skipBraces(tokens);
      continue;
    }
    before = token;
  }
  return modules;
};

type Reading = {
  readonly tokens: MibTokens;
  readonly imports: Map<string, string>;
  readonly definitions: MibDefinition[];
  readonly problems: MibProblem[];
};

const complain = ({ problems }: Reading, line: number | null, message: string): void => {
  if (problems.length < mibLimits.problemsMax) problems.push({ line, message });
};

const parseModule = (tokens: MibTokens, name: string): MibModule => {
  const reading: Reading = { tokens, imports: new Map(), definitions: [], problems: [] };
  while (tokens.peek().type !== 'end' && tokens.next().text !== 'BEGIN');
  for (;;) {
    const token = tokens.next();
    if (token.type === 'end') {
      complain(reading, token.line, 'the text ends before the END of the module');
      break;
    }
    if (token.type !== 'word') {
      complain(reading, token.line, `"${token.text.slice(0, 40)}" is not expected here`);
      skipToDefinition(reading);
      continue;
    }
    if (token.text === 'END') break;
    if (token.text === 'IMPORTS') parseImports(reading);
    else if (token.text === 'EXPORTS') while (!isEnd(tokens.peek()) && tokens.next().text !== ';');
    else if (reading.definitions.length >= mibLimits.definitionsMax) {
      complain(reading, token.line, `only the first ${mibLimits.definitionsMax} definitions are taken`);
      while (!isEnd(tokens.peek())) tokens.next();
    } else parseDefinition(reading, token);
  }
  const { imports, definitions, problems } = reading;
  return { name: name.slice(0, mibLimits.nameCharsMax), imports, definitions, problems };
};

const isEnd = (token: MibToken): boolean =>
  token.type === 'end' || (token.type === 'word' && token.text === 'END');

/** Behind something that could not be read: to what looks like the next definition's `::=`, and behind its value. */
const skipToDefinition = ({ tokens }: Reading): void => {
  while (!isEnd(tokens.peek())) {
    const token = tokens.next();
    if (token.text !== '::=') continue;
    if (tokens.peek().text === '{') {
      tokens.next();
      skipBraces(tokens);
    }
    return;
  }
};

const parseImports = (reading: Reading): void => {
  const { tokens, imports } = reading;
  let symbols: string[] = [];
  for (let token = tokens.next(); token.text !== ';' || token.type === 'string'; token = tokens.next()) {
    if (token.type === 'end') return complain(reading, token.line, 'IMPORTS has no ";" at its end');
    if (token.type !== 'word') continue;
    if (token.text === 'FROM') {
      const from = tokens.next();
      for (const symbol of symbols) imports.set(symbol, from.text);
      symbols = [];
    } else symbols.push(token.text);
  }
};

const parseDefinition = (reading: Reading, token: MibToken): void => {
  const { tokens } = reading;
  const name = token.text.slice(0, mibLimits.nameCharsMax);
  const next = tokens.peek();
  if (next.text === 'MACRO') {
    while (tokens.peek().type !== 'end' && tokens.next().text !== 'END');
    return;
  }
  if (next.text === '::=') {
    tokens.next();
    return parseType(reading, { name, line: token.line });
  }
  if (next.text === 'OBJECT') {
    tokens.next();
    if (tokens.next().text !== 'IDENTIFIER' || tokens.next().text !== '::=') {
      complain(reading, token.line, `"${name}" should be an OBJECT IDENTIFIER ::= { ... }`);
      return skipToDefinition(reading);
    }
    return addNode(reading, { kind: 'node', name, line: token.line, syntax: null, description: null });
  }
  if (next.type === 'word') {
    const macro = tokens.next().text;
    return parseMacro(reading, { name, line: token.line, macro });
  }
  complain(reading, token.line, `"${name}" is followed by "${next.text.slice(0, 40)}", which begins nothing`);
  skipToDefinition(reading);
};

/** `Name ::= TEXTUAL-CONVENTION ... SYNTAX type`, or `Name ::= type`. */
const parseType = (reading: Reading, about: { readonly name: string; readonly line: number }): void => {
  const { tokens, definitions } = reading;
  let hint: string | null = null;
  if (tokens.peek().text === 'TEXTUAL-CONVENTION') {
    for (let token = tokens.next(); ; token = tokens.next()) {
      if (token.type === 'word' && token.text === 'SYNTAX') break;
      if (token.type === 'word' && token.text === 'DISPLAY-HINT' && tokens.peek().type === 'string')
        hint = tokens.next().text.slice(0, mibLimits.nameCharsMax);
      if (tokens.peek().type === 'end' || tokens.peek().text === '::=')
        return complain(reading, about.line, `the textual convention "${about.name}" has no SYNTAX`);
    }
  }
  definitions.push({ kind: 'type', ...about, syntax: parseSyntax(tokens), hint });
};

const objectMacros: ReadonlySet<string> = new Set(['OBJECT-TYPE']);
const notificationMacros: ReadonlySet<string> = new Set(['NOTIFICATION-TYPE']);

/** Any macro is `name MACRO clauses ::= value`; only of some the clauses matter. */
const parseMacro = (
  reading: Reading,
  about: { readonly name: string; readonly line: number; readonly macro: string },
): void => {
  const { tokens } = reading;
  const { name, line, macro } = about;
  let syntax: ReturnType<typeof parseSyntax> | null = null;
  let description: string | null = null;
  let enterprise: MibOid | null = null;
  for (;;) {
    const token = tokens.peek();
    if (isEnd(token)) return complain(reading, line, `"${name}" (${macro}) has no "::=" before the end`);
    tokens.next();
    if (token.text === '::=' && token.type === 'sign') break;
    if (token.type !== 'word') continue;
    if (token.text === 'SYNTAX' && syntax === null && objectMacros.has(macro)) syntax = parseSyntax(tokens);
    else if (token.text === 'DESCRIPTION' && description === null && tokens.peek().type === 'string')
      description = shorten(tokens.next().text);
    else if (token.text === 'ENTERPRISE' && macro === 'TRAP-TYPE') enterprise = parseEnterprise(reading);
  }
  if (macro === 'TRAP-TYPE') {
    const number = tokens.next();
    if (number.type === 'number' && enterprise !== null)
      reading.definitions.push({
        kind: 'trap',
        name,
        line,
        enterprise,
        number: Number(number.text),
        description,
      });
    else complain(reading, line, `the TRAP-TYPE "${name}" needs an ENTERPRISE and a number`);
    return;
  }
  const kind = objectMacros.has(macro) ? 'object' : notificationMacros.has(macro) ? 'notification' : 'node';
  addNode(reading, { kind, name, line, syntax, description });
};

const parseEnterprise = (reading: Reading): MibOid | null => {
  const { tokens } = reading;
  if (tokens.peek().text === '{') return parseOid(reading);
  const token = tokens.next();
  return token.type === 'word' ? { parent: token.text, rest: [] } : null;
};

const addNode = (
  reading: Reading,
  node: Omit<Extract<MibDefinition, { kind: 'node' | 'object' | 'notification' }>, 'oid'>,
): void => {
  const oid = parseOid(reading);
  if (oid === null)
    return complain(reading, node.line, `"${node.name}" has no object identifier as its value`);
  reading.definitions.push({ ...node, oid });
};

/** `{ parent 1 2 }`, `{ iso org(3) dod(6) 1 }`, `{ 1 3 6 }`. Null: it is none; the braces are read to their end. */
const parseOid = ({ tokens }: Reading): MibOid | null => {
  if (tokens.peek().text !== '{') return null;
  tokens.next();
  let parent: string | null = null;
  const rest: number[] = [];
  for (;;) {
    const token = tokens.next();
    if (token.type === 'end') return null;
    if (token.text === '}') break;
    const number = token.type === 'number' ? token.text : numberInBrackets(tokens);
    const isFirst = parent === null && rest.length === 0;
    if (token.type === 'word' && isFirst && (number === null || token.text === 'iso')) parent = token.text;
    else if (number !== null && isSubId(number) && rest.length < mibLimits.subIdsMax)
      rest.push(Number(number));
    else {
      skipBraces(tokens);
      return null;
    }
  }
  return parent === null && rest.length === 0 ? null : { parent, rest };
};

/** `(3)` behind a name. */
const numberInBrackets = (tokens: MibTokens): string | null => {
  if (tokens.peek().text !== '(') return null;
  tokens.next();
  const number = tokens.next();
  while (tokens.peek().type !== 'end' && tokens.next().text !== ')');
  return number.type === 'number' ? number.text : null;
};

const isSubId = (text: string): boolean => !text.startsWith('-') && Number(text) <= 0xff_ff_ff_ff;

const shorten = (text: string): string => {
  const trimmed = text
    .slice(0, 4 * mibLimits.descriptionCharsMax)
    .replaceAll(/[ \t]*\r?\n[ \t]*/g, '\n')
    .trim();
  const max = mibLimits.descriptionCharsMax;
  return trimmed.length <= max ? trimmed : `${trimmed.slice(0, max)}...`;
};
