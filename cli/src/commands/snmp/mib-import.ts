// `nezuban mib import`: uploads MIB files, several at once, and says what each holds and lacks.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Operations } from '@nezuban/protocol/api/operations';
import type { OperationOutput } from '@nezuban/protocol/api/operation';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';
import { problemText } from './problem-text.ts';

/** As the protocol's mibUploadLimits; a test compares. */
export const uploadLimits = { fileCharsMax: 5 * 1024 * 1024, filesMax: 200 } as const;
/** Of one request: far below what the manager takes, so that each is answered soon. */
const batchCharsMax = 4 * 1024 * 1024;

type Uploaded = OperationOutput<Operations['uploadMibs']>;
type MibFile = { readonly name: string; readonly text: string };

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const files = await Promise.all(args.positionals('FILE').map(readMib));
  const api = await context.api();
  const modules: Uploaded['modules'][number][] = [];
  const refused: Uploaded['refused'][number][] = [];
  for (const batch of batchesOf(files)) {
    const answer = await api.call('uploadMibs', { body: { files: batch } });
    modules.push(...answer.modules);
    refused.push(...answer.refused);
  }
  await out.result({ modules, refused }, () => [
    ...modules.flatMap(({ name, replaced, definitions, problems }) => [
      `${name}: ${replaced ? 'replaced' : 'imported'}, ${definitions} definitions`,
      ...problems.map((problem) => `  ${problemText(problem)}`),
    ]),
    ...refused.map(({ fileName, message }) => `${fileName}: not imported. ${message}`),
  ]);
  return refused.length === 0 ? exitCodes.ok : exitCodes.refused;
};

const readMib = async (file: string): Promise<MibFile> => {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new Failure(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      exitCode: exitCodes.usage,
      code: 'usage',
      cause,
    });
  });
  const text = decode(bytes);
  if (text.length > uploadLimits.fileCharsMax)
    throw new Failure(
      `${file} is larger than the ${uploadLimits.fileCharsMax} characters that a MIB file may have.`,
      {
        exitCode: exitCodes.usage,
        code: 'usage',
      },
    );
  return { name: path.basename(file).slice(0, 255), text };
};

/** Old modules hold a name in Latin-1 here and there; what matters in them is ASCII. */
const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
};

const batchesOf = (files: readonly MibFile[]): MibFile[][] => {
  const batches: MibFile[][] = [];
  let chars = Number.POSITIVE_INFINITY;
  for (const file of files) {
    if (chars + file.text.length > batchCharsMax || (batches.at(-1)?.length ?? 0) >= uploadLimits.filesMax) {
      batches.push([]);
      chars = 0;
    }
    batches.at(-1)?.push(file);
    chars += file.text.length;
  }
  return batches;
};
