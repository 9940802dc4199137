// The order of a container. Its name is the same for all tries of a run on a node, so that a try that follows one of
// unknown result finds the container and takes its result: it may be begun again by itself, and nothing runs twice.
import type { ContainerInput } from '@nezuban/protocol/agent/tool-inputs';
import type { ContainerUnit } from '@nezuban/protocol/jobs/units/container';
import { recordAt } from '../step.ts';
import type { AttemptKind, AttemptPlace } from './attempt-kind.ts';
import { capturesOf } from './captures.ts';
import { isUnbounded, limitsAt } from './limits.ts';
import { ownVariables } from './own-variables.ts';
import { filled, programEnvironment, textsAt, type Fill } from './tool-texts.ts';

export const containerKind: AttemptKind<ContainerUnit> = {
  orderOf(definition, place) {
    const { fill } = textsAt(place);
    const input: ContainerInput = {
      engine: definition.engine,
      name: nameOf(place),
      ...contentOf(definition, fill),
      ...boundsOf(definition, place),
      environment: programEnvironment(place, definition.environment, fill),
      pull: definition.pull,
      stopAfterMs: definition.kill_after_s * 1000,
      resume: place.afterUnknown,
    };
    return {
      tool: { name: 'container', input },
      environment: ownVariables(place),
      ...capturesOf(definition),
    };
  },
  problemOf(definition, place) {
    const texts = textsAt(place);
    contentOf(definition, texts.fill);
    filled(definition.environment, texts.fill, 'the environment variable');
    return texts.tooLong();
  },
};

function contentOf(definition: ContainerUnit, fill: Fill) {
  const { command = [], entrypoint, network, run_as: runAs, workdir } = definition;
  const shell = typeof command === 'string';
  return {
    image: fill(definition.image, 'the image'),
    arguments: shell ? ['-c', command] : command.map((word) => fill(word, 'an argument')),
    volumes: (definition.volumes ?? []).map((volume) => fill(volume, 'a volume')),
    ...(entrypoint === undefined && !shell ? {} : { entrypoint: entrypoint ?? '/bin/sh' }),
    ...(network === undefined ? {} : { network }),
    ...(runAs === undefined ? {} : { runAs }),
    ...(workdir === undefined ? {} : { workdir }),
  };
}

/** `memory` and `cpus` of the unit itself come before those of its net. */
function boundsOf(
  definition: ContainerUnit,
  place: AttemptPlace,
): Pick<ContainerInput, 'memory' | 'cpus' | 'limits'> {
  const { memory: bytes, cpus: processors, ...limits } = limitsAt(definition.limits, place);
  const memory = definition.memory ?? (bytes === undefined ? undefined : String(bytes));
  const cpus = definition.cpus ?? processors;
  return {
    ...(memory === undefined ? {} : { memory }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(isUnbounded(limits) ? {} : { limits }),
  };
}

/** The attempt's id without the number of the try. */
function nameOf({ session, attempt }: AttemptPlace): string {
  const { number } = recordAt(session, attempt.unit).unit;
  return `nezuban-${session.id}-${session.nonce}-${number}.${attempt.run}.${attempt.nodeIndex}`;
}
