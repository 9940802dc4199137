/**
 * The disk on which one host keeps its voter's record.
 *
 * One write at a time; what is asked for meanwhile is written together afterwards, so a later record stands for earlier ones. A crash
 * loses what was not finished, or not quite: the write under way may have reached the plate. Mutants may replace this file.
 */
import type { VoterRecord } from '@nezuban/protocol/pair/roster';
import type { EventQueue } from './event-queue.ts';
import type { Process } from './process.ts';
import type { Random } from './random.ts';

const WRITE_MIN_MS = 0.2;
const WRITE_MAX_MS = 2;
const SLOW_MIN_MS = 100;
const SLOW_MAX_MS = 4000;

export interface DiskPorts {
  readonly queue: EventQueue;
  readonly random: Random;
  /** The writing thread with its kernel: goes on while the host is paused, ends with keeper or host. */
  readonly hardware: Process;
  /** All records that are on the plate now, oldest first; `sequence` is that of the last. */
  readonly written: (records: readonly VoterRecord[], sequence: number) => void;
  readonly failed: () => void;
}

interface Batch {
  sequence: number;
  readonly records: VoterRecord[];
}

export class RecordDisk {
  slow = false;
  failing = false;
  #durable: VoterRecord | null = null;
  #writing: Batch | null = null;
  #waiting: Batch | null = null;
  readonly #ports: DiskPorts;

  constructor(ports: DiskPorts) {
    this.#ports = ports;
  }

  get durable(): VoterRecord | null {
    return this.#durable;
  }

  get isWriting(): boolean {
    return this.#writing !== null;
  }

  /** A new or wiped disk with its first record. */
  format(record: VoterRecord): void {
    this.#durable = record;
    this.#writing = null;
    this.#waiting = null;
    this.#ports.written([record], 0);
  }

  write(sequence: number, record: VoterRecord): void {
    if (this.#waiting === null) this.#waiting = { sequence, records: [record] };
    else {
      this.#waiting.sequence = sequence;
      this.#waiting.records.push(record);
    }
    if (this.#writing === null) this.#begin();
  }

  /** Keeper or host has died. `reached`: the write under way is on the plate. */
  crash(reached: boolean): void {
    const batch = this.#writing;
    this.#ports.hardware.end();
    this.#writing = null;
    this.#waiting = null;
    if (batch !== null && reached) this.#keep(batch);
  }

  #begin(): void {
    const { queue, random, hardware } = this.#ports;
    this.#writing = this.#waiting;
    this.#waiting = null;
    const duration = this.slow
      ? random.between(SLOW_MIN_MS, SLOW_MAX_MS)
      : random.between(WRITE_MIN_MS, WRITE_MAX_MS);
    queue.after(duration, hardware, () => this.#finish());
  }

  #finish(): void {
    const batch = this.#writing;
    this.#writing = null;
    if (batch === null) return;
    if (this.failing) {
      this.#waiting = null;
      this.#ports.failed();
      return;
    }
    this.#keep(batch);
    if (this.#waiting !== null) this.#begin();
  }

  #keep(batch: Batch): void {
    this.#durable = batch.records.at(-1) ?? this.#durable;
    this.#ports.written(batch.records, batch.sequence);
  }
}
