/**
 * How far the journal was processed and until when this host listened, over restarts.
 *
 * Responsible for writing that cheaply: at most once a second, replaced as a whole, without a sync. What is lost with a power failure makes a
 * manager read some records twice, which it takes no harm from. Called by `intake.ts`.
 */
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { Logger } from '@nezuban/platform/logger';

const positionsSchema = z.object({
  journalId: z.string(),
  processedSeq: z.int().min(0),
  /** It listened at this moment. */
  aliveUs: z.int().min(0),
});
export type Positions = z.infer<typeof positionsSchema>;

export type PositionFile = {
  /** Null: never written, or nothing that can be read. */
  readonly load: () => Positions | null;
  readonly save: (positions: Positions) => Promise<void>;
};

const MODE_PRIVATE = 0o600;

export function createPositionFile(logger: Logger, file: string): PositionFile {
  let isBroken = false;
  return {
    load() {
      try {
        return positionsSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
          logger.warn(
            { err: error },
            `${path.basename(file)} cannot be read: the journal is handed over from its beginning`,
          );
        return null;
      }
    },
    async save(positions) {
      try {
        const draft = `${file}.draft`;
        await fs.promises.writeFile(draft, JSON.stringify(positions), { mode: MODE_PRIVATE });
        await fs.promises.rename(draft, file);
        isBroken = false;
      } catch (error) {
        if (!isBroken)
          logger.warn({ err: error }, `${path.basename(file)} cannot be written; it is tried again`);
        isBroken = true;
      }
    },
  };
}
