// The order of a command.
import type { CommandUnit } from '@nezuban/protocol/jobs/units/command';
import { recordAt } from '../step.ts';
import { outputVariables, parameterVariables, scopeOf } from '../variables/place-values.ts';
import { programTexts } from '../variables/unit-texts.ts';
import type { AttemptKind, AttemptPlace, OwnOrder } from './attempt-kind.ts';
import { capturesOf } from './captures.ts';
import { isUnbounded, limitsAt } from './limits.ts';
import { ownVariables } from './own-variables.ts';

export const commandKind: AttemptKind<CommandUnit> = {
  orderOf(definition, place) {
    const texts = programTexts(place.session, recordAt(place.session, place.attempt.unit));
    const { command, script, working_directory: directory } = definition;
    const order: OwnOrder = {
      ...(command === undefined
        ? {}
        : {
            command:
              typeof command === 'string' ? command : command.map((word) => texts.fill(word, 'an argument')),
          }),
      environment: environmentOf(definition, place, texts.fill),
    };
    if (script !== undefined)
      order.script = {
        text: script,
        arguments: (definition.arguments ?? []).map((word) => texts.fill(word, 'an argument')),
      };
    if (directory !== undefined) order.workingDirectory = texts.fill(directory, 'the working directory');
    if (definition.supplementary_groups !== undefined)
      order.supplementaryGroups = definition.supplementary_groups;
    if (definition.stdin_file !== undefined) order.stdinFile = definition.stdin_file;
    if (definition.stdin !== undefined) order.stdin = texts.fill(definition.stdin, 'the standard input');
    if (definition.files !== undefined)
      order.files = Object.entries(definition.files).map(([variable, text]) => ({
        variable,
        text: texts.fill(text, `the file ${variable}`),
      }));
    if (definition.umask !== undefined) order.umask = definition.umask;
    const limits = limitsAt(definition.limits, place);
    if (!isUnbounded(limits)) order.limits = limits;
    const { end_by: endBy, stop } = definition;
    if (stop !== undefined)
      order.stop = {
        command:
          typeof stop.command === 'string'
            ? stop.command
            : stop.command.map((word) => texts.fill(word, 'an argument of the stop command')),
        timeoutMs: stop.timeout_s * 1000,
      };
    if (typeof endBy === 'object')
      order.endFile = { path: texts.fill(endBy.file, 'the file that judges it'), is: endBy.is };
    return { ...order, ...capturesOf(definition) };
  },
  problemOf(definition, place) {
    const texts = programTexts(place.session, recordAt(place.session, place.attempt.unit));
    const { command, working_directory: directory, stdin, files } = definition;
    const words = [
      ...wordsOf(command),
      ...(definition.arguments ?? []),
      ...wordsOf(definition.stop?.command),
    ];
    for (const word of words) texts.fill(word, 'an argument');
    if (directory !== undefined) texts.fill(directory, 'the working directory');
    if (stdin !== undefined) texts.fill(stdin, 'the standard input');
    for (const [name, text] of Object.entries(files ?? {})) texts.fill(text, `the file ${name}`);
    for (const [name, text] of Object.entries(definition.environment ?? {}))
      texts.fill(text, `the environment variable ${name}`);
    return texts.tooLong();
  },
};

/** A shell line has no places. */
function wordsOf(command: string | readonly string[] | undefined): readonly string[] {
  return typeof command === 'string' ? [] : (command ?? []);
}

/**
 * Parameters of the net that it stands in, outputs of the units that it waits for, what Nezuban tells every command about itself, then the
 * unit's own environment, which wins.
 */
function environmentOf(
  definition: CommandUnit,
  place: AttemptPlace,
  fill: (text: string, what: string) => string,
): Record<string, string> {
  const { session, attempt } = place;
  const { unit } = recordAt(session, attempt.unit);
  const own = Object.entries(definition.environment ?? {}).map(([name, text]) => [
    name,
    fill(text, `the environment variable ${name}`),
  ]);
  return {
    ...parameterVariables(session, scopeOf(session, unit)),
    ...outputVariables(session, unit),
    ...ownVariables(place),
    ...(Object.fromEntries(own) as Record<string, string>),
  };
}
