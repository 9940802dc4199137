// Which of the possible operations the user may do with sessions of a net. The manager asks for the same rights.
import { useCallback } from 'react';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { useMayOnNet } from '../../../app/use-may.ts';

export const useAllowed = (net: string): ((operations: readonly OperationName[]) => OperationName[]) => {
  const mayRun = useMayOnNet('nets.run', net);
  const mayKill = useMayOnNet('nets.kill', net);
  const mayCorrect = useMayOnNet('nets.correct', net);
  return useCallback(
    (operations) =>
      operations.filter((operation) => {
        if (operation === 'kill') return mayRun && mayKill;
        return operation === 'set_status' ? mayRun && mayCorrect : mayRun;
      }),
    [mayRun, mayKill, mayCorrect],
  );
};
