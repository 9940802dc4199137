// Tells browsers that a watched session's output has grown, or that no more will come. Folded: a command that writes all the time is one
// message now and then. Called after commits by the output store and the engine.
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { LiveBus } from '../ports.ts';
import { sessionOfAttempt } from './attempt-key.ts';
import { jobsLimits } from './jobs-limits.ts';
import type { OutputPlace } from './output-pieces.ts';
import type { OutputReader } from './output-reader.ts';

export type OutputPublisherPorts = {
  readonly live: LiveBus;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly reader: Pick<OutputReader, 'progress'>;
};
export type OutputPublisher = { readonly grown: (place: OutputPlace) => void; readonly stop: () => void };

export const createOutputPublisher = ({
  live,
  timers,
  logger,
  reader,
}: OutputPublisherPorts): OutputPublisher => {
  const pending = new Map<string, OutputPlace>();
  let timer: CancelTimer | null = null;

  const publish = async (place: OutputPlace): Promise<void> => {
    const progress = await reader.progress(place);
    if (progress !== null)
      live.publish({ type: 'output', sessionId: sessionOfAttempt(place.attemptId), ...place, ...progress });
  };
  const flush = async (): Promise<void> => {
    timer = null;
    const places = [...pending.values()];
    pending.clear();
    for (const place of places) await publish(place);
  };

  return {
    grown(place) {
      if (!live.watches(sessionOfAttempt(place.attemptId))) return;
      pending.set(`${place.attemptId} ${place.stream}`, place);
      timer ??= timers.after(jobsLimits.liveIntervalMs, () => {
        // The database is away: the browser asks for more by itself when its stream opens again.
        flush().catch((error: unknown) =>
          logger.debug({ err: error }, 'A live message about output was not sent'),
        );
      });
    },
    stop() {
      timer?.();
      timer = null;
      pending.clear();
    },
  };
};
