/**
 * Judges what became of the writes: everything acknowledged is there exactly once, nothing is there that was refused or never sent, what was
 * read never vanishes, and each writer's order is kept.
 *
 * Pure. Called by `pair-load.ts`.
 */
import type { LoadRecord, WriteRecord } from './load-records.ts';
import { surelyNotDone } from './write-load.ts';

export interface AuditEntry {
  readonly id: number;
  /** `operation name`, as in the records. */
  readonly what: string;
}

export interface WriteReport {
  readonly acked: number;
  /** No answer, and found in the end; or not. Both are right. */
  readonly unknownDone: number;
  readonly unknownNotDone: number;
  readonly notDone: number;
  readonly reads: number;
  /** Sentences, each a broken promise. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly ghosts: readonly string[];
  readonly vanished: readonly string[];
  readonly disordered: readonly string[];
}

export function judgeWrites(records: readonly LoadRecord[], audit: readonly AuditEntry[]): WriteReport {
  const writes = records.filter((one) => one.type === 'write');
  const found = new Map<string, number[]>();
  for (const { what, id } of audit) found.set(what, [...(found.get(what) ?? []), id]);
  const known = new Map(writes.map((one) => [one.id, one]));
  const unknown = writes.filter((one) => one.outcome !== 'acked' && !surelyNotDone(one));
  return {
    acked: writes.filter((one) => one.outcome === 'acked').length,
    unknownDone: unknown.filter((one) => found.has(one.id)).length,
    unknownNotDone: unknown.filter((one) => !found.has(one.id)).length,
    notDone: writes.filter(surelyNotDone).length,
    reads: records.filter((one) => one.type === 'read').length,
    lost: writes
      .filter((one) => one.outcome === 'acked' && !found.has(one.id))
      .map((one) => `${one.id} was acknowledged by ${one.host} (${span(one)}) and is not there`),
    doubled: [...found]
      .filter(([, ids]) => ids.length > 1)
      .map(([what, ids]) => `${what} is there ${ids.length} times (audit entries ${ids.join(', ')})`),
    ghosts: [
      ...writes
        .filter((one) => surelyNotDone(one) && found.has(one.id))
        .map((one) => `${one.id} is there, though ${one.host} said ${one.outcome} ${one.status} ${one.code}`),
      ...[...found.keys()]
        .filter((what) => !known.has(what))
        .map((what) => `${what} is there, and nobody sent it`),
    ],
    vanished: records
      .filter((one) => one.type === 'vanished')
      .map((one) => `${one.id}, seen on ${one.host}: ${one.says}`),
    disordered: disorder(writes, found),
  };
}

/** Of one writer, who sends one after the other, later acknowledged writes have higher numbers. */
function disorder(writes: readonly WriteRecord[], found: ReadonlyMap<string, readonly number[]>): string[] {
  const last = new Map<string, { readonly id: string; readonly number: number }>();
  const sentences: string[] = [];
  for (const write of writes.toSorted((a, b) => a.sentAt - b.sentAt)) {
    const number = found.get(write.id)?.[0];
    if (write.outcome !== 'acked' || number === undefined) continue;
    const writer = /(.*)-\d+$/.exec(write.id.split(' ')[1] ?? '')?.[1] ?? '';
    const before = last.get(writer);
    if (before !== undefined && before.number > number)
      sentences.push(`${write.id} (entry ${number}) came after ${before.id} (entry ${before.number})`);
    last.set(writer, { id: write.id, number });
  }
  return sentences;
}

function span(one: WriteRecord): string {
  return `sent at ${one.sentAt.toFixed(0)}, answered at ${one.endedAt.toFixed(0)}`;
}
