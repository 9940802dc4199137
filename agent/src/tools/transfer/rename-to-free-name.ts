// Gives a file another name in one step, never over another file: for file systems without hard links, such as vfat, exFAT and many shares of CIFS.
// Node has no call for that, so Perl makes it, which every agent has. Called by part-file.ts where a link cannot be made.
import { execFile } from 'node:child_process';
import os from 'node:os';
import { promisify } from 'node:util';
import { toolExitCodes } from '@nezuban/protocol/agent/tool-inputs';
import { ToolFailure } from '../tool-failure.ts';

const run = promisify(execFile);
/** The number of renameat2(2) in Linux. */
const callNumbers: Readonly<Record<string, number>> = {
  x64: 316,
  arm64: 276,
  riscv64: 276,
  loong64: 276,
  ppc64: 357,
  s390x: 347,
};
/** A share that does not answer must not hold the transfer for ever. */
const timeoutMs = 60_000;

/** Codes of link(2) that say that there are no hard links here. */
export const noHardLinks: readonly string[] = ['EPERM', 'EOPNOTSUPP', 'ENOTSUP', 'ENOSYS'];

/** False: there is one of that name already. */
export async function renameToFreeName(from: Buffer, to: Buffer): Promise<boolean> {
  const number = callNumbers[process.arch];
  // -100: AT_FDCWD; 1: RENAME_NOREPLACE. Names are bytes, so they come as hexadecimal digits.
  const program = `my ($from, $to) = map { pack 'H*', $_ } @ARGV; exit(syscall(${number ?? 0}, -100, $from, -100, $to, 1) == 0 ? 0 : 0 + $!);`;
  const errno =
    number === undefined
      ? os.constants.errno.ENOSYS
      : await run('perl', ['-e', program, from.toString('hex'), to.toString('hex')], {
          timeout: timeoutMs,
        }).then(
          () => 0,
          (error: unknown) => exitCodeOf(error),
        );
  if (errno === 0) return true;
  if (errno === os.constants.errno.EEXIST) return false;
  const name = Object.entries(os.constants.errno).find(([, each]) => each === errno)?.[0];
  throw new ToolFailure(
    toolExitCodes.trouble,
    `${os.hostname()} cannot put ${to.toString()} in its place without replacing what may be there (${name ?? 'no answer'}): the file system has no hard links. Use "if_exists: replace" there.`,
  );
}

function exitCodeOf(error: unknown): number {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : -1;
}
