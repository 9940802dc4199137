/** What happened in a run, counted. */
export class Count {
  copies = 0;
  fences = 0;
  diverged = 0;
  guardFired = 0;
  faults = 0;
  scenarios = 0;
  commands = 0;
  forced = 0;
  readonly rows = new Map<string, number>();

  /** A sentence of the core's log was taken. */
  log(row: string): void {
    this.rows.set(row, (this.rows.get(row) ?? 0) + 1);
  }
}
