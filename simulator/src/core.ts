/**
 * The decision core as a value, so that a run can take the real one or a mutated copy of it.
 */
import type { Effect } from '@nezuban/ha/decision/effects';
import type { Input } from '@nezuban/ha/decision/inputs';
import type { State, StateOptions } from '@nezuban/ha/decision/state';
import type { DiskPorts, RecordDisk } from './disk.ts';

export interface Decision {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export interface Core {
  readonly decide: (state: State, input: Input, now: number) => Decision;
  /** The next time at which the state wants a `tick`, by the same clock as `now`; Infinity if none. */
  readonly wakeAt: (state: State) => number;
  readonly createState: (options: StateOptions) => State;
}

/** What a run puts to the test: the core, and the disk that keeps its promises. */
export interface Subject extends Core {
  readonly createDisk: (ports: DiskPorts) => RecordDisk;
}
