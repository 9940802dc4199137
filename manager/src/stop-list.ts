// What has been started, to be stopped in the opposite order, each once, whatever happens to the others.
import type { Logger } from '@nezuban/platform/logger';

export type StopList = {
  readonly add: (name: string, stop: () => Promise<void> | void) => void;
  /** Stops everything. Later calls wait for the first. Never rejects: failures are logged. */
  readonly run: () => Promise<void>;
};

export const createStopList = (logger: Logger): StopList => {
  const parts: { readonly name: string; readonly stop: () => Promise<void> | void }[] = [];
  let running: Promise<void> | undefined;

  const stopAll = async (): Promise<void> => {
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      try {
        await part.stop();
      } catch (error) {
        logger.error({ err: error, part: part.name }, 'A part of the manager could not be stopped in order');
      }
    }
  };

  return {
    add(name, stop) {
      parts.push({ name, stop });
    },
    run() {
      running ??= stopAll();
      return running;
    },
  };
};
