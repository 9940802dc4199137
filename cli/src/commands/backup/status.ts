// `nezuban backup status`: how backups are, with an exit code for monitoring.
import { exitCodes } from '../../exit-codes.ts';
import type { CommandRun } from '../command.ts';
import { isOlder, renderBackupStatus } from './render-status.ts';

export const run: CommandRun = async (context) => {
  const status = await (await context.api()).call('getBackupStatus');
  await context.out.result(status, () => renderBackupStatus(status));
  const { lastMade, lastFailed } = status;
  const isWell = lastMade !== null && (lastFailed === null || isOlder(lastFailed, lastMade));
  return isWell ? exitCodes.ok : exitCodes.refused;
};
