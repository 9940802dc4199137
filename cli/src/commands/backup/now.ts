// `nezuban backup now`: asks the manager for a backup and waits until it is made.
import { setTimeout as delay } from 'node:timers/promises';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import { visible } from '../../output/visible.ts';
import type { CommandRun } from '../command.ts';
import { megabytes, progressWords } from './render-status.ts';

const LOOK_MS = 500;

export const run: CommandRun = async (context) => {
  const { out, signal } = context;
  const api = await context.api();
  const began = await api.call('createBackup');
  const before = began.last?.id ?? 0;
  let shown = '';
  for (;;) {
    const status = await api.call('getBackupStatus');
    const { last, running } = status;
    if (running === null && last !== null && last.id > before) {
      if (!last.ok)
        throw new Failure(visible(last.says), { exitCode: exitCodes.refused, code: 'backup_refused' });
      await out.result(last, () => [
        `The backup ${last.name ?? ''} was made and verified: ${megabytes(last.bytes ?? 0)} in ${visible(last.directory)} on ${visible(last.host)}.`,
      ]);
      return exitCodes.ok;
    }
    if (running === null && last?.id === before)
      throw new Failure(
        'The manager that was making it has ended; the next one on duty makes it up if it is scheduled.',
        {
          exitCode: exitCodes.refused,
          code: 'backup_refused',
        },
      );
    const words = running === null ? '' : progressWords(running);
    if (words !== shown) out.note(`  ${words}`);
    shown = words;
    await delay(LOOK_MS, undefined, { signal });
  }
};
