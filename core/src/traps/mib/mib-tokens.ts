/**
 * Cuts the text of a MIB module into tokens.
 *
 * Responsible for comments, strings and line numbers. A comment ends at the end of its line alone: modules of vendors draw lines of hyphens
 * that ASN.1's own rule (a second `--` ends it) would read as text. Pure; takes time in proportion to the text, whatever it holds.
 */

export type MibToken = {
  readonly type: 'word' | 'number' | 'string' | 'sign' | 'end';
  /** Of a string: what stands between the quotes. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
};

export type MibTokens = {
  readonly next: () => MibToken;
  /** The one that `next` will give. */
  readonly peek: () => MibToken;
};

/** Words may hold single hyphens; underscores are no ASN.1, but vendors write them. */
const TOKEN =
  /\s+|--[^\n]*|([A-Za-z](?:\w|-(?=[A-Za-z0-9_]))*)|(-?\d+)|"([^"]*)"|'([0-9A-Fa-f]*)'[BbHh]|(::=|\.\.|[\s\S])/y;

export const createMibTokens = (text: string): MibTokens => {
  let at = 0;
  let line = 1;
  let ahead: MibToken | null = null;

  const countLines = (from: number, to: number): void => {
    for (
      let found = text.indexOf('\n', from);
      found !== -1 && found < to;
      found = text.indexOf('\n', found + 1)
    )
      line += 1;
  };

  const read = (): MibToken => {
    while (at < text.length) {
      TOKEN.lastIndex = at;
      const found = TOKEN.exec(text);
      if (found === null) break;
      const from = at;
      const startLine = line;
      at = TOKEN.lastIndex;
      countLines(from, at);
      const [, word, number, string, octets, sign] = found;
      if (word !== undefined) return { type: 'word', text: word, line: startLine };
      if (number !== undefined) return { type: 'number', text: number, line: startLine };
      if (string !== undefined) return { type: 'string', text: string, line: startLine };
      if (octets !== undefined) return { type: 'string', text: octets, line: startLine };
      if (sign !== undefined) return { type: 'sign', text: sign, line: startLine };
    }
    return { type: 'end', text: '', line };
  };

  return {
    next() {
      const token = ahead ?? read();
      ahead = null;
      return token;
    },
    peek() {
      ahead ??= read();
      return ahead;
    },
  };
};
