/**
 * The readable trace of one run: faults, messages, inputs and effects with their sentences.
 *
 * Only `--trace` makes one; without it nothing is formatted.
 */
import type { Effect } from '@nezuban/ha/decision/effects';
import type { Input } from '@nezuban/ha/decision/inputs';
import type { PairMessage } from '@nezuban/protocol/pair/messages';
import type { EventQueue } from './event-queue.ts';
import type { Host } from './host.ts';

export class Trace {
  readonly #queue: EventQueue;
  readonly #print: (line: string) => void;

  constructor(queue: EventQueue, print: (line: string) => void) {
    this.#queue = queue;
    this.#print = print;
  }

  note(who: string, says: string): void {
    this.#print(`${this.#queue.now.toFixed(2).padStart(9)} ${who.padEnd(6)} ${says}`);
  }

  input(host: Host, input: Input): void {
    if (input.type === 'tick' || input.type === 'replication') return;
    if (input.type === 'database') {
      const { runs, token, lineage, flushed, streaming, healthy } = input;
      this.note(
        host.name,
        `  ? database ${runs} ${token} line ${lineage} at ${flushed}${streaming ? ' streaming' : ''}${healthy ? '' : ' sick'}`,
      );
    } else if (input.type === 'message') {
      if (!isRoutine(input.message)) this.note(host.name, `  < ${describeMessage(input.message)}`);
    } else this.note(host.name, `  ? ${JSON.stringify(input)}`);
  }

  effect(host: Host, effect: Effect): void {
    switch (effect.type) {
      case 'log':
        this.note(host.name, `[${effect.state}] ${effect.says}`);
        return;
      case 'send':
        if (!isRoutine(effect.message)) this.note(host.name, `  > ${describeMessage(effect.message)}`);
        return;
      case 'persist': {
        const { term, votedFor, roster, fence } = effect.record;
        const held = roster === null ? 'no roster' : `roster ${roster.term}/${roster.revision}`;
        this.note(
          host.name,
          `  ! persist ${effect.sequence}: term ${term}, voted ${votedFor}, ${held}${fence === null ? '' : `, fence ${fence.peer}`}`,
        );
        return;
      }
      case 'guard':
        return;
      default:
        this.note(host.name, `  ! ${JSON.stringify(effect)}`);
    }
  }
}

/** Heartbeats and their answers would drown everything else. */
function isRoutine({ body }: PairMessage): boolean {
  return body.type === 'heartbeat' || body.type === 'heartbeat-ack';
}

function describeMessage({ from, to, term, body }: PairMessage): string {
  const parts = Object.entries(body)
    .filter(([key]) => key !== 'type')
    .map(([key, value]) => `${key}=${key === 'roster' ? describePosition(value) : JSON.stringify(value)}`);
  return `${from}>${to} t${term} ${body.type} ${parts.join(' ')}`;
}

function describePosition(value: unknown): string {
  if (value === null || typeof value !== 'object') return 'none';
  const { term, revision, phase, inSync } = value as {
    term: number;
    revision: number;
    phase: string;
    inSync: object;
  };
  return `${term}/${revision} ${phase} {${Object.keys(inSync).join(',')}}`;
}
