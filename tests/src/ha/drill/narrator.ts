/**
 * How the drill speaks on a terminal: lines with the time since its start, colours where there is a terminal, columns that hold in Japanese.
 *
 * Called by all of the drill.
 */
import { monotonicMs } from '../http-call.ts';

export interface Narrator {
  readonly paint: Paint;
  /** A line as it is. */
  say(line?: string): void;
  /** A line with the seconds since the start. */
  tell(line: string): void;
}

const codes = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33', cyan: '36' } as const;
export type Style = keyof typeof codes;
export type Paint = (style: Style, text: string) => string;

export interface NarratorOptions {
  readonly write: (text: string) => void;
  readonly colours: boolean;
}

export const plain: Paint = (_style, text) => text;

export function createNarrator({ write, colours }: NarratorOptions): Narrator {
  const began = monotonicMs();
  const paint: Paint = (style, text) => (colours ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
  return {
    paint,
    say: (line = '') => write(`${line}\n`),
    tell(line) {
      const seconds = ((monotonicMs() - began) / 1000).toFixed(1).padStart(6);
      write(`${paint('dim', `${seconds} s`)}  ${line}\n`);
    },
  };
}

/** Letters that take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu;

export const widthOf = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0);

export const padded = (text: string, width: number, side: 'left' | 'right' = 'left'): string => {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return side === 'left' ? text + space : space + text;
};
