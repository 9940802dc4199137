// The order of a command, and what its exit codes mean.
import type { CommandUnit } from '@nezuban/protocol/jobs/units/command';
import { exitCodeClasses, retryCodesOf } from '../exit-codes.ts';
import type { AttemptKind, AttemptPlace, OwnOrder } from './attempt-kind.ts';
import { ownVariables } from './own-variables.ts';

export const commandKind: AttemptKind<CommandUnit> = {
  rulesOf: (definition) => ({
    exitCodes: exitCodeClasses(definition.exit_codes),
    endBy: definition.end_by,
    retryCodes: retryCodesOf(definition.retry),
    repeatable: false,
  }),
  orderOf(definition, place) {
    const order: OwnOrder = {
      command: definition.command,
      environment: environmentOf(definition, place),
    };
    if (definition.working_directory !== undefined) order.workingDirectory = definition.working_directory;
    if (definition.supplementary_groups !== undefined)
      order.supplementaryGroups = definition.supplementary_groups;
    if (definition.stdin_file !== undefined) order.stdinFile = definition.stdin_file;
    if (definition.umask !== undefined) order.umask = definition.umask;
    const { end_by: endBy } = definition;
    if (typeof endBy === 'object') order.endFile = { path: endBy.file, is: endBy.is };
    return order;
  },
};

/** Parameters of the session, then what Nezuban tells every command about itself, then the unit's own environment, which wins. */
function environmentOf(definition: CommandUnit, place: AttemptPlace): Record<string, string> {
  return { ...place.session.parameters, ...ownVariables(place), ...definition.environment };
}
