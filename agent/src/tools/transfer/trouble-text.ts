// Errors of a file system as sentences with host and path, and the exit code that they mean. Used by both sides of a file transfer.
import os from 'node:os';
import { toolExitCodes } from '@nezuban/protocol/agent/tool-inputs';
import { ToolFailure } from '../tool-failure.ts';

const says: Readonly<Record<string, string>> = {
  EACCES: 'permission is missing',
  EPERM: 'permission is missing',
  ENOENT: 'it is not there',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a symbolic link where none is followed',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the user is used up',
  EFBIG: 'the file system takes no file of that size',
  EROFS: 'the file system can only be read',
  EIO: 'the disk failed',
  ENAMETOOLONG: 'its name is too long',
};
const codes: Readonly<Record<string, number>> = {
  EACCES: toolExitCodes.permission,
  EPERM: toolExitCodes.permission,
  EROFS: toolExitCodes.permission,
  ENOENT: toolExitCodes.usage,
  ENOTDIR: toolExitCodes.usage,
  EISDIR: toolExitCodes.usage,
  ELOOP: toolExitCodes.usage,
  ENAMETOOLONG: toolExitCodes.usage,
};

/** The rest of a sentence about a path. */
export function troubleOf(error: unknown): string {
  const code = codeOf(error);
  return says[code] ?? (error instanceof Error ? error.message : String(error));
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** `what`: what was tried, such as "cannot write". */
export function fileFailure(error: unknown, path: string, what: string): ToolFailure {
  if (error instanceof ToolFailure) return error;
  return new ToolFailure(
    codes[codeOf(error)] ?? toolExitCodes.trouble,
    `${os.hostname()} ${what} ${path}: ${troubleOf(error)}.`,
    error,
  );
}
