/**
 * Types in MIB modules: what stands behind SYNTAX or `Name ::=`.
 *
 * Responsible for the name of the type and its labels; ranges, sizes and members of sequences are stepped over. Pure, bounded by the text.
 */
import { mibLimits } from './mib-module.ts';
import type { MibSyntax } from './mib-module.ts';
import type { MibTokens } from './mib-tokens.ts';

const CLOSING: Readonly<Record<string, string>> = { '{': '}', '(': ')', '[': ']' };

/** Behind an opening brace: to its end, those within it included. */
export const skipBraces = (tokens: MibTokens): void => skipTo(tokens, '{');

const skipTo = (tokens: MibTokens, opening: string): void => {
  const closing = CLOSING[opening];
  let depth = 1;
  while (depth > 0 && tokens.peek().type !== 'end') {
    const token = tokens.next();
    if (token.type !== 'sign') continue;
    if (token.text === opening) depth += 1;
    else if (token.text === closing) depth -= 1;
  }
};

const skipIf = (tokens: MibTokens, opening: string): boolean => {
  const token = tokens.peek();
  if (token.type !== 'sign' || token.text !== opening) return false;
  tokens.next();
  skipTo(tokens, opening);
  return true;
};

export const parseSyntax = (tokens: MibTokens): MibSyntax => {
  // [APPLICATION 4] IMPLICIT, as in the modules of the SMI itself.
  skipIf(tokens, '[');
  if (tokens.peek().text === 'IMPLICIT') tokens.next();
  const token = tokens.peek();
  if (token.type !== 'word') return { type: '?', labels: null };
  tokens.next();
  let type = token.text.slice(0, mibLimits.nameCharsMax);
  if (
    (type === 'OCTET' && tokens.peek().text === 'STRING') ||
    (type === 'OBJECT' && tokens.peek().text === 'IDENTIFIER')
  )
    type = `${type} ${tokens.next().text}`;
  if (type === 'SEQUENCE' || type === 'CHOICE') {
    if (tokens.peek().text === 'OF') {
      tokens.next();
      tokens.next();
    } else skipIf(tokens, '{');
    return { type, labels: null };
  }
  const brace = tokens.peek();
  const labels = brace.type === 'sign' && brace.text === '{' ? parseLabels(tokens) : null;
  skipIf(tokens, '(');
  return { type, labels };
};

/** `{ up(1), down(2) }`. */
const parseLabels = (tokens: MibTokens): MibSyntax['labels'] => {
  tokens.next();
  const labels: [number, string][] = [];
  let label: string | null = null;
  for (;;) {
    const token = tokens.next();
    if (token.type === 'end' || (token.type === 'sign' && token.text === '}')) return labels;
    if (token.type === 'word') label = token.text.slice(0, mibLimits.nameCharsMax);
    else if (token.type === 'number' && label !== null && labels.length < mibLimits.labelsMax) {
      labels.push([Number(token.text), label]);
      label = null;
    }
  }
};
