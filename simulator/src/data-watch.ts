/**
 * Watches what was acknowledged or acted on, and who holds it.
 *
 * The rule that it checks at every acknowledgement and every change of roster: whatever somebody relies on lies flushed on every member
 * that could still be elected. Called by `checks.ts`.
 */
import type { Roster, Token } from '@nezuban/protocol/pair/roster';
import type { Host } from './host.ts';
import { Violation } from './violation.ts';
import { contains, countRelied, lastVisibleRow, type Entry } from './wal.ts';

/** A member that could be elected, with the directory that the roster means. */
interface Holder {
  readonly host: Host;
  readonly token: Token;
}

export class DataWatch {
  /** Everything that somebody relies on. */
  relied: Entry[] = [];
  forgiven = 0;
  acknowledged = 0;
  #holders: Holder[] = [];

  /** `entry` was acknowledged, or acted on, by this host. */
  relyOn(host: Host, entry: Entry, how: 'acknowledged' | 'dispatched'): void {
    if (how === 'acknowledged') this.acknowledged += 1;
    if (entry.relied) return;
    entry.relied = true;
    this.relied.push(entry);
    for (const { host: holder, token } of this.#holders) {
      const { directory } = holder.postgres;
      if (directory !== null && directory.token === token && !contains(directory.flushed, entry))
        throw new Violation(
          'acked-on-every-electable',
          `${host.name} ${how} row ${entry.id}, and ${holder.name}, which could be elected, does not hold it`,
        );
    }
  }

  /** Rosters that could win have changed: new holders must hold everything. */
  setElectable(rosters: readonly Roster[], find: (id: string) => Host | undefined): void {
    const holders: Holder[] = [];
    for (const roster of rosters) {
      for (const id in roster.inSync) {
        const host = find(id);
        const token = roster.inSync[id];
        // Another directory than the one that the roster names cannot be elected.
        if (host === undefined || token === undefined || host.postgres.directory?.token !== token) continue;
        if (!holders.some((one) => one.host === host)) holders.push({ host, token });
      }
    }
    const before = this.#holders;
    this.#holders = holders;
    for (const { host, token } of holders) {
      if (!before.some((one) => one.host === host && one.token === token))
        this.assertHolds(host, 'acked-on-every-electable');
    }
  }

  assertHolds(host: Host, checker: string): void {
    const { directory } = host.postgres;
    const missing = directory === null ? this.relied[0] : this.#missingIn(directory.flushed);
    if (missing === undefined) return;
    throw new Violation(checker, `${host.name} lacks row ${missing.id} of term ${missing.lineage}`);
  }

  #missingIn(head: Entry): Entry | undefined {
    if (countRelied(head) === this.relied.length) return undefined;
    return this.relied.find((entry) => !contains(head, entry));
  }

  /** An operator has forced a master: what it lacks is lost by his word. Returns how much that is. */
  forgive(host: Host): number {
    const head = host.postgres.directory?.flushed;
    if (head === undefined) return 0;
    const lost = this.relied.filter((entry) => !contains(head, entry));
    for (const entry of lost) entry.relied = false;
    this.relied = this.relied.filter(({ relied }) => relied);
    this.forgiven += lost.length;
    return lost.length;
  }

  /** Rows that the application would see now must be on every other member that is in sync. */
  assertGated(host: Host, others: readonly Host[]): void {
    const { directory, waiters } = host.postgres;
    // A commit that still waits is not visible to others.
    const isHidden = (entry: Entry): boolean => waiters.some((waiter) => waiter.entry === entry);
    const last = directory === null ? null : lastVisibleRow(directory.flushed, isHidden);
    if (last === null) return;
    for (const other of others) {
      const held = other.postgres.directory;
      if (held !== null && !contains(held.flushed, last))
        throw new Violation(
          'start-gate',
          `${host.name} lets the application in and shows row ${last.id}, which ${other.name} does not hold`,
        );
    }
  }
}
