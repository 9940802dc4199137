/**
 * The watchdog of the kernel: a device that restarts the whole host when nobody touches it for its time.
 *
 * Responsible for opening it, touching it and letting go of it in order. Used only where an operator has named the device: it stands
 * behind keeper and guard for the case that the kernel still runs and neither of them does. Called by the keeper.
 *
 * While it is open, whoever opened it must touch it; a keeper that dies leaves it ticking, which is its purpose (Linux,
 * Documentation/watchdog/watchdog-api.rst).
 */
import fs from 'node:fs';
import type { Logger } from '@nezuban/platform/logger';

export type Watchdog = {
  /** False if it cannot be opened, which is logged: the host then runs without it. */
  readonly open: () => boolean;
  /** To be called several times within its time. Never throws, never waits. */
  readonly pet: () => void;
  /** Takes it off its guard ("magic close"), so that the host is not restarted when the keeper ends in order. Idempotent. */
  readonly close: () => Promise<void>;
};

/** Any byte but the magic one. */
const TOUCH = '\0';
const MAGIC_CLOSE = 'V';

export function createWatchdog(ports: { readonly logger: Logger }, device: string): Watchdog {
  const { logger } = ports;
  let descriptor: number | null = null;
  /** The kernel answers at once; should a driver not, touches do not pile up. */
  let touching: Promise<void> | null = null;
  let isFailing = false;

  /** Off the event loop: some devices take their time. */
  async function touch(open: number): Promise<void> {
    const error = await write(open, TOUCH);
    if (error !== null && !isFailing)
      logger.error({ err: error }, `the watchdog ${device} cannot be touched; it may restart this host`);
    isFailing = error !== null;
    touching = null;
  }

  return {
    open() {
      if (descriptor !== null) return true;
      try {
        descriptor = fs.openSync(device, 'w');
        return true;
      } catch (error) {
        logger.error({ err: error }, `the watchdog ${device} cannot be opened; this host runs without it`);
        return false;
      }
    },
    pet() {
      if (descriptor !== null) touching ??= touch(descriptor);
    },
    async close() {
      if (descriptor === null) return;
      const open = descriptor;
      descriptor = null;
      // A touch after the magic byte would undo it.
      await touching;
      const error = await write(open, MAGIC_CLOSE);
      if (error !== null)
        logger.error(
          { err: error },
          `the watchdog ${device} could not be let go of; it may restart this host`,
        );
      fs.closeSync(open);
    },
  };
}

function write(descriptor: number, text: string): Promise<Error | null> {
  return new Promise((done) => fs.write(descriptor, text, (error) => done(error)));
}
