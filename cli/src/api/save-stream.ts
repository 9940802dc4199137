// A long answer (an export) written as it comes: to a file, or to standard output.
// Responsible for never leaving half a file under the name that was asked for.
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { CommandContext } from '../commands/command.ts';
import { unreachable } from './http.ts';

/** Bytes written. `to` undefined: standard output. */
export const saveStream = async (
  stream: AsyncIterable<Uint8Array>,
  to: string | undefined,
  { out, signal }: CommandContext,
): Promise<number> => {
  let bytes = 0;
  const counted = async function* (source: AsyncIterable<Uint8Array>) {
    try {
      for await (const chunk of source) {
        bytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable('The answer of the manager broke off', error);
    }
  };
  if (to === undefined) {
    for await (const chunk of counted(stream)) await out.write(chunk);
    return bytes;
  }
  const half = `${to}.part`;
  try {
    await pipeline(Readable.from(stream), counted, createWriteStream(half, { mode: 0o600 }));
    await rename(half, to);
  } catch (error) {
    await rm(half, { force: true });
    if (error instanceof Failure || signal.aborted) throw error;
    throw new Failure(`${to} cannot be written: ${(error as Error).message}.`, {
      exitCode: exitCodes.refused,
      code: 'unwritable',
      cause: error,
    });
  }
  return bytes;
};
