/**
 * What the keeper says to its guard and hears from it: short lines on two pipes.
 *
 * Responsible for their form. Kept free of everything but types: the guard, which imports it, stays small.
 */
import type { Root } from './kill-tree.ts';

export type GuardOrder =
  /** Until when the tree may live, in milliseconds of CLOCK_MONOTONIC; null: no bound. */
  | { readonly type: 'deadline'; readonly until: number | null }
  | { readonly type: 'tree'; readonly roots: readonly Root[]; readonly dataDirectory: string | null }
  /** "Are you there?" Answered at once. */
  | { readonly type: 'ping' }
  /** The keeper ends in order: the end of the pipe means nothing. */
  | { readonly type: 'quit' };

export type GuardReport =
  | { readonly type: 'ready' }
  | { readonly type: 'pong' }
  /** Nothing of the tree is left; it took so long after the deadline. */
  | { readonly type: 'fired'; readonly lateMs: number };

export function formatOrder(order: GuardOrder): string {
  switch (order.type) {
    case 'deadline':
      return `d${order.until ?? ''}\n`;
    case 'tree': {
      const { roots, dataDirectory } = order;
      return `t${JSON.stringify([roots.map(({ pid, startTime }) => [pid, startTime]), dataDirectory])}\n`;
    }
    case 'ping':
      return 'p\n';
    case 'quit':
      return 'q\n';
    default:
      return order satisfies never;
  }
}

/** Throws where the line is none of ours. */
export function parseOrder(line: string): GuardOrder {
  const rest = line.slice(1);
  switch (line[0]) {
    case 'd':
      return { type: 'deadline', until: rest === '' ? null : numberOf(rest) };
    case 't': {
      const [roots, dataDirectory] = JSON.parse(rest) as [[number, string][], string | null];
      return { type: 'tree', roots: roots.map(([pid, startTime]) => ({ pid, startTime })), dataDirectory };
    }
    case 'p':
      return { type: 'ping' };
    case 'q':
      return { type: 'quit' };
    default:
      throw new Error(`the guard was told ${JSON.stringify(line)}, which means nothing`);
  }
}

export function formatReport(report: GuardReport): string {
  return report.type === 'fired' ? `fired ${Math.round(report.lateMs)}\n` : `${report.type}\n`;
}

/** Null where the line is none of ours. */
export function parseReport(line: string): GuardReport | null {
  const [type, lateMs] = line.split(' ');
  switch (type) {
    case 'ready':
    case 'pong':
      return { type };
    case 'fired':
      return { type, lateMs: Number(lateMs) };
    default:
      return null;
  }
}

function numberOf(text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number)) throw new Error(`the guard was told the time ${text}, which is none`);
  return number;
}
