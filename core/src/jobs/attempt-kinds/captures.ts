// The variables that an agent is to take out of what a command or a tool writes.
import type { AttemptOrder, CaptureOrder } from '@nezuban/protocol/agent/link';
import type { AttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { UnitOutput } from '@nezuban/protocol/jobs/units/unit-output';
import { declaredOutputs } from '../declared-outputs.ts';

export function capturesOf(definition: AttemptUnit): Pick<AttemptOrder, 'captures'> {
  const items = (declaredOutputs(definition) ?? []).map(captureOf);
  return items.length === 0 ? {} : { captures: { encoding: definition.output_encoding, items } };
}

function captureOf({
  name,
  from = 'stdout',
  regex,
  ignore_case: ignoreCase,
  take,
  json,
  secret,
}: UnitOutput): CaptureOrder {
  return {
    name,
    from,
    ...(regex === undefined ? {} : { regex }),
    ...(ignoreCase === undefined ? {} : { ignoreCase }),
    ...(take === undefined ? {} : { take }),
    ...(json === undefined ? {} : { json }),
    ...(secret === undefined ? {} : { secret }),
  };
}
