/**
 * One process of a host as the simulator sees it: it may be dead, paused, or restarted under the same roof.
 *
 * An event of an earlier life is dropped; one that falls due during a pause runs when the pause ends, in its order.
 * Called by everything that schedules events.
 */

/** More would mean that a paused process is fed without end. */
const BACKLOG_MAX = 10_000;

interface Held {
  readonly life: number;
  readonly action: () => void;
}

export class Process {
  /** Names the process in the trace's hash. */
  readonly code: number;
  life = 0;
  paused = false;
  #backlog: Held[] = [];

  constructor(code: number) {
    this.code = code;
  }

  /** Everything that was scheduled for it so far never happens. */
  end(): void {
    this.life += 1;
    this.#backlog.length = 0;
  }

  /** Runs the action now, or after the pause, or never. */
  run(life: number, action: () => void): void {
    if (life !== this.life) return;
    if (!this.paused) action();
    else if (this.#backlog.length < BACKLOG_MAX) this.#backlog.push({ life, action });
  }

  /** Ends the pause; what fell due meanwhile happens now, as far as the process lives on. */
  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    const due = this.#backlog;
    this.#backlog = [];
    for (const { life, action } of due) this.run(life, action);
  }
}
