// What each operation does, in a sentence, for a whole session or for a unit.
import type { TFunction } from 'i18next';
import type { OperationName } from '@nezuban/protocol/jobs/session';

const ofSessions = [
  'stop',
  'kill',
  'interrupt',
  'suspend',
  'rerun',
  'rerun_failed',
  'rerun_failed_nets',
  'rerun_after_failed',
  'rerun_warnings',
  'take_definition',
  'release',
] as const satisfies readonly OperationName[];
const ofUnits = [
  'stop',
  'kill',
  'suspend',
  'rerun',
  'rerun_only',
  'rerun_next',
  'hold',
  'release',
  'skip',
  'to_front',
  'set_status',
] as const satisfies readonly OperationName[];

export const operationText = (t: TFunction, operation: OperationName, isSession: boolean): string => {
  if (isSession) {
    const name = ofSessions.find((each) => each === operation);
    return name === undefined ? '' : t(`sessionOperations.textSession.${name}`);
  }
  const name = ofUnits.find((each) => each === operation);
  return name === undefined ? '' : t(`sessionOperations.textUnit.${name}`);
};

/** What ends running commands or changes a result: shown apart, in the colour of danger. */
export const isDangerous = (operation: OperationName): boolean =>
  operation === 'stop' || operation === 'kill' || operation === 'interrupt';
