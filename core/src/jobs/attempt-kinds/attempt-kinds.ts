// The registry of the types of units that make attempts on nodes.
import type { AttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { AttemptKind } from './attempt-kind.ts';
import { commandKind } from './command.ts';
import { containerKind } from './container.ts';
import { fileTransferKind } from './file-transfer.ts';
import { fileWatchKind } from './file-watch.ts';
import { httpKind } from './http.ts';
import { sshKind } from './ssh.ts';

const kinds: { readonly [Type in AttemptUnit['type']]: AttemptKind<Extract<AttemptUnit, { type: Type }>> } = {
  command: commandKind,
  file_watch: fileWatchKind,
  http: httpKind,
  ssh: sshKind,
  container: containerKind,
  file_transfer: fileTransferKind,
};

/** The kind of this unit's type. */
export function kindOf<Unit extends AttemptUnit>(unit: Unit): AttemptKind<Unit> {
  // The table pairs each type with its own kind.
  return kinds[unit.type] as unknown as AttemptKind<Unit>;
}
