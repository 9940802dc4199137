// Waits until the other host of the pair has the same keys as this one.
// Asking its keeper makes it fetch them. Called by the rotation of the key, before a new key is used.
import { setTimeout as delay } from 'node:timers/promises';
import type { KeeperClient } from '../keeper-client.ts';
import { ToolError, toolExitCodes } from '../tool-error.ts';

const WAIT_MAX_MS = 90_000;
const POLL_MS = 500;

/** `paired`: this home has been part of a pair. */
export const shareKeys = async (keeper: KeeperClient, paired: boolean): Promise<void> => {
  const deadline = performance.now() + WAIT_MAX_MS;
  for (;;) {
    const state = await keeper.sharedFiles();
    if (state === null && paired)
      throw new ToolError(
        'The keeper of this host does not answer, so nobody can say what the other host has.',
        {
          exitCode: toolExitCodes.unreachable,
          hints: ['See what is wrong with: nezuban doctor'],
        },
      );
    const behind = state?.others.filter(({ digest }) => digest !== state.digest) ?? [];
    if (behind.length === 0) return;
    const absent = behind.filter(({ digest }) => digest === null);
    const isLate = performance.now() > deadline;
    if (absent.length > 0 || isLate)
      throw new ToolError(
        absent.length > 0
          ? `${absent.map(({ name }) => name).join(', ')} is not reached, and must have the new key before it is used.`
          : `${behind.map(({ name }) => name).join(', ')} has not taken the new key within ${WAIT_MAX_MS / 1000} s.`,
        {
          exitCode: toolExitCodes.refused,
          hints: [
            'Everything goes on with the old key. See "nezuban pair status", and type this again when both hosts are there.',
            'A host that does not come back is taken out with: nezuban pair leave --host NAME',
          ],
        },
      );
    await delay(POLL_MS);
  }
};
