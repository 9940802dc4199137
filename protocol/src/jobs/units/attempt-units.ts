// The types of units that make attempts on nodes, put together. A new one is a file beside this one, a line in each list here, and its kind
// in core/src/jobs/attempt-kinds.
import { commandUnitSchema, type CommandUnit } from './command.ts';
import { containerUnitSchema, type ContainerUnit } from './container.ts';
import { fileTransferUnitSchema, type FileTransferUnit } from './file-transfer.ts';
import { fileWatchUnitSchema, type FileWatchUnit } from './file-watch.ts';
import { httpUnitSchema, type HttpUnit } from './http.ts';
import { sshUnitSchema, type SshUnit } from './ssh.ts';

export type AttemptUnit = CommandUnit | FileWatchUnit | HttpUnit | SshUnit | ContainerUnit | FileTransferUnit;

export const attemptUnitSchemas = [
  commandUnitSchema,
  fileWatchUnitSchema,
  httpUnitSchema,
  sshUnitSchema,
  containerUnitSchema,
  fileTransferUnitSchema,
] as const;

const types: ReadonlySet<string> = new Set(attemptUnitSchemas.map(({ shape }) => shape.type.value));

/** Whether units of this type make attempts on nodes. */
export function isAttemptType(type: string): boolean {
  return types.has(type);
}

export function isAttemptUnit<Unit extends { readonly type: string }>(
  unit: Unit,
): unit is Extract<Unit, AttemptUnit> {
  return isAttemptType(unit.type);
}
