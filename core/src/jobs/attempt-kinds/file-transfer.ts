// The order of a file transfer, for the agent that writes. The manager reads from it whom to ask for the files.
// What a try has left is found by the next one of the same run on the node, so it may be begun again by itself.
import type { FileTransferInput } from '@nezuban/protocol/agent/tool-inputs';
import type { FileTransferUnit } from '@nezuban/protocol/jobs/units/file-transfer';
import type { AttemptKind, AttemptPlace } from './attempt-kind.ts';
import { capturesOf } from './captures.ts';
import { recordAt } from '../step.ts';
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
      path: sourcePath(from.path, fill),
      filesMax: from.files_max,
    },
    path: fill(to.path, 'the path of the target'),
  };
}

/** Values are names as they are, never patterns. A pattern is read in the last part alone, so nothing is quoted before it. */
function sourcePath(text: string, fill: Fill): string {
  const what = 'the path of the source';
  const plain = fill(text, what);
  const quoted = fill(text, what, (value) => value.replaceAll(/[*?[\\]/g, String.raw`\$&`));
  return plain.slice(0, plain.lastIndexOf('/') + 1) + quoted.slice(quoted.lastIndexOf('/') + 1);
}

/** The attempt's id without the number of the try. */
function nameOf({ session, attempt }: AttemptPlace): string {
  const { number } = recordAt(session, attempt.unit).unit;
  return `${session.id}-${session.nonce}-${number}.${attempt.run}.${attempt.nodeIndex}`;
}
