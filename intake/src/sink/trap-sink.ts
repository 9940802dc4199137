/**
 * Where receivers give what they hear: the one way into the journal.
 *
 * Responsible for who may send, for sources that say too much, for a journal that is full, and for telling of all that is not kept. Nothing is
 * left out silently: it is answered to the receiver, counted for the status, and told among the records. Called by the receivers.
 */
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { IntakeStatus } from '@nezuban/protocol/intake/hand-over';
import type { IntakeSettings } from '@nezuban/protocol/intake/orders';
import {
  RECORD_EXTRA_MAX,
  RECORD_PAYLOAD_MAX,
  recordFlags,
  trapProtocols,
} from '@nezuban/protocol/intake/record';
import type { Journal } from '../journal/journal.ts';
import type { Heard, SinkAnswer, TrapSink } from '../receivers/receiver.ts';
import type { ControlNotes } from './control-notes.ts';
import { createSources, type Source, type SourceLimits } from './sources.ts';

export type RunningSink = TrapSink & {
  readonly obey: (settings: IntakeSettings) => void;
  /** Once a second. */
  readonly tick: () => void;
  readonly status: () => Pick<IntakeStatus, 'refusedFull' | 'summarised' | 'sources'>;
};

export type TrapSinkPorts = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly journal: Journal;
  readonly notes: ControlNotes;
};

/** While the journal stays full: a first word at once, then at this pace, so that the words do not fill what is left. */
const FULL_TOLD_EVERY_MS = 10_000;
const SOURCES_SHOWN_MAX = 50;
const SAMPLE_CHARS_MAX = 500;
const NOTHING = new Uint8Array(0);

export function createTrapSink(ports: TrapSinkPorts, settings: IntakeSettings): RunningSink {
  const { clock, logger, journal, notes } = ports;
  const sources = createSources(limitsOf(settings), clock);
  let refusedFull = 0;
  let summarised = 0;
  let full: { refused: number; readonly fromUs: number; toUs: number } | null = null;
  let fullToldMs = -Infinity;

  const nowUs = (): number => Math.trunc(clock.epochMs()) * 1000;

  function judge(source: Source, heard: Heard): SinkAnswer | null {
    if (!source.isAllowed) return 'denied';
    if (sources.mayKeep(source, heard)) return null;
    summarised += 1;
    return 'counted';
  }

  /** Its number; 0: full. */
  function keep(source: Source, heard: Heard): number {
    const isCut = heard.payload.length > RECORD_PAYLOAD_MAX;
    const seq = journal.append({
      receivedUs: nowUs(),
      protocol: trapProtocols.indexOf(heard.protocol),
      flags: isCut ? heard.flags | recordFlags.truncated : heard.flags,
      address: source.address,
      port: heard.port,
      extra: heard.extra === null ? NOTHING : encodeExtra(heard.extra),
      payload: isCut ? heard.payload.subarray(0, RECORD_PAYLOAD_MAX) : heard.payload,
    });
    if (seq === 0) countFull();
    return seq;
  }

  function countFull(): void {
    const us = nowUs();
    refusedFull += 1;
    full ??= { refused: 0, fromUs: us, toUs: us };
    full.refused += 1;
    full.toUs = us;
  }

  function tellFull(): void {
    if (full === null) return;
    const nowMs = clock.monotonicMs();
    const isOver = !journal.isPressed();
    if (!isOver && nowMs - fullToldMs < FULL_TOLD_EVERY_MS) return;
    logger.warn(full, 'the journal had no room: messages were not taken');
    notes.tell({ note: 'full', ...full });
    fullToldMs = nowMs;
    full = null;
  }

  return {
    hear(heard) {
      const source = sources.of(heard.address);
      return judge(source, heard) ?? (keep(source, heard) === 0 ? 'full' : 'taken');
    },
    async hearDurably(heard) {
      const source = sources.of(heard.address);
      const answer = judge(source, heard);
      if (answer !== null) return answer;
      // Known to be of no use: the sender comes again, and must not be heard twice then.
      if (journal.isFailing()) throw new Error('The journal cannot be written now; send it again.');
      const seq = keep(source, heard);
      if (seq === 0) return 'full';
      await journal.whenDurable(seq);
      return 'taken';
    },
    mayHear: (address) => sources.of(address).isAllowed,
    isPressed: journal.isPressed,
    onRelief: journal.onRelief,
    obey: (next) => sources.setLimits(limitsOf(next)),
    tick() {
      const nowMs = clock.monotonicMs();
      const epochUs = nowUs();
      const toUs = (ms: number): number => Math.trunc(epochUs - (nowMs - ms) * 1000);
      for (const { text, over } of sources.tick()) {
        const { protocol, count, fromMs, toMs } = over;
        const sample = Buffer.from(over.sample).toString('utf8').slice(0, SAMPLE_CHARS_MAX);
        notes.tell({
          note: 'summarised',
          address: text,
          protocol,
          count,
          fromUs: toUs(fromMs),
          toUs: toUs(toMs),
          sample,
        });
      }
      tellFull();
      for (const says of journal.takeDamaged()) notes.tell({ note: 'damaged', says });
      notes.retry();
    },
    status: () => ({ refusedFull, summarised, sources: [...sources.loudest(SOURCES_SHOWN_MAX)] }),
  };
}

function limitsOf(settings: IntakeSettings): SourceLimits {
  return {
    perSecondMax: settings.source_per_second_max,
    allowed: settings.allowed,
    denied: settings.denied,
  };
}

/** What is too long says so instead: a record is not lost for its ornament. */
function encodeExtra(extra: Readonly<Record<string, string>>): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(extra));
  return bytes.length <= RECORD_EXTRA_MAX ? bytes : Buffer.from('{"truncated":"true"}');
}
