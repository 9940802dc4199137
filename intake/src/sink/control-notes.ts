/**
 * What the intake says of its own hearing, as records among what it heard (`controlNoteSchema`).
 *
 * Responsible for getting each note into the journal, later if it is full now, and for the bound of those that wait. Called by the sink and
 * by `intake.ts`.
 */
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { ControlNote } from '@nezuban/protocol/intake/hand-over';
import { trapProtocols } from '@nezuban/protocol/intake/record';
import type { Journal } from '../journal/journal.ts';

export type ControlNotes = {
  readonly tell: (note: ControlNote) => void;
  /** Once a second: what had to wait. */
  readonly retry: () => void;
};

/** More of them wait only while a full journal stays full for long, and then the oldest say the most. */
const WAITING_MAX = 1_000;
const CONTROL = trapProtocols.indexOf('control');
const NOBODY = new Uint8Array(16);
const NOTHING = new Uint8Array(0);

export function createControlNotes(ports: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly journal: Pick<Journal, 'append'>;
}): ControlNotes {
  const { clock, logger, journal } = ports;
  let waiting: Buffer[] = [];

  const write = (payload: Buffer, receivedUs: number): boolean =>
    journal.append(
      { receivedUs, protocol: CONTROL, flags: 0, address: NOBODY, port: 0, extra: NOTHING, payload },
      'control',
    ) !== 0;

  return {
    tell(note) {
      const payload = Buffer.from(JSON.stringify(note));
      const receivedUs = Math.trunc(clock.epochMs()) * 1000;
      if (waiting.length === 0 && write(payload, receivedUs)) return;
      if (waiting.length < WAITING_MAX) waiting.push(payload);
      else logger.error({ note }, 'the journal has no room for what is to be said of it');
    },
    retry() {
      const now = Math.trunc(clock.epochMs()) * 1000;
      // With the time of now: nothing older than what a reader was told may come.
      const written = waiting.findIndex((payload) => !write(payload, now));
      waiting = written === -1 ? [] : waiting.slice(written);
    },
  };
}
