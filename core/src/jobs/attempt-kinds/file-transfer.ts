// The order of a file transfer, for the agent that writes. The manager reads from it whom to ask for the files.
// What a try has left is found by the next one of the same run on the node, so it may be begun again by itself.
import type { FileTransferInput } from '@nezuban/protocol/agent/tool-inputs';
import type { FileTransferUnit } from '@nezuban/protocol/jobs/units/file-transfer';
import type { AttemptKind, AttemptPlace } from './attempt-kind.ts';
import { capturesOf } from './captures.ts';
import { ownVariables } from './own-variables.ts';
import { textsAt, type Fill } from './tool-texts.ts';

const bytesPerMegabyte = 1_000_000;

export const fileTransferKind: AttemptKind<FileTransferUnit> = {
  orderOf(definition, place) {
    const { to, mb_per_second: megabytes, retry } = definition;
    const input: FileTransferInput = {
      ...pathsOf(definition, textsAt(place).fill),
      ifExists: to.if_exists,
      ...(to.mode === undefined ? {} : { mode: to.mode }),
      ...(to.owner === undefined ? {} : { owner: to.owner }),
      ...(to.group === undefined ? {} : { group: to.group }),
      keepTimes: to.keep_times,
      noProgressMs: definition.no_progress_s * 1000,
      ...(megabytes === undefined ? {} : { bytesPerSecond: Math.round(megabytes * bytesPerMegabyte) }),
      name: nameOf(place),
      takeUp: place.attempt.try > 1,
      resume: place.afterUnknown,
      keepPart: retry !== undefined && place.attempt.try <= retry.count,
    };
    return {
      tool: { name: 'file_transfer', input },
      environment: ownVariables(place),
      ...capturesOf(definition),
    };
  },
  problemOf(definition, place) {
    const texts = textsAt(place);
    pathsOf(definition, texts.fill);
    return texts.tooLong();
  },
};

function pathsOf(definition: FileTransferUnit, fill: Fill): Pick<FileTransferInput, 'from' | 'path'> {
  const { from, to } = definition;
  const user = from.user ?? definition.user;
  return {
    from: {
      node: from.node,
      ...(user === undefined ? {} : { user }),
      ...(from.group === undefined ? {} : { group: from.group }),
      path: fill(from.path, 'the path of the source'),
      filesMax: from.files_max,
    },
    path: fill(to.path, 'the path of the target'),
  };
}

/** The attempt's id without the number of the try. */
function nameOf({ session, attempt }: AttemptPlace): string {
  return `${session.id}-${session.nonce}-${attempt.unit}.${attempt.run}.${attempt.nodeIndex}`;
}
