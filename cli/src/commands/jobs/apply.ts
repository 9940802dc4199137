// `nezuban apply`: reads files, sends each whole, prints what changed or every place that is wrong.
import { readFile } from 'node:fs/promises';
import type { ApplyResult } from '@nezuban/protocol/api/jobs-operations';
import type { Issue } from '@nezuban/protocol/errors';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import type { TerminalInput } from '../../ports.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { fileBytesMax, findInvalidUtf8, placeOf } from './definition-file.ts';
import { renderIssues } from '../../output/issues.ts';

type Outcome = { readonly file: string } & (
  | { readonly result: ApplyResult }
  | { readonly error: { code: string; detail: string; issues: readonly Issue[] } }
);

export const run: CommandRun = async (context) => {
  const files = context.args.positionals('FILE');
  const outcomes: Outcome[] = [];
  for (const file of files) {
    const outcome = await applyFile(file, context);
    outcomes.push(outcome);
    if (!context.out.json) await printOutcome(outcome, context);
  }
  if (context.out.json) await context.out.result({ files: outcomes }, () => []);
  return outcomes.some((outcome) => 'error' in outcome) ? exitCodes.refused : exitCodes.ok;
};

const applyFile = async (file: string, context: CommandContext): Promise<Outcome> => {
  const name = file === '-' ? '<stdin>' : file;
  try {
    const text = await readDefinition(file, context.ports.stdin);
    const api = await context.api();
    const query = { file: name, ...(context.args.flag('dry-run') && { dry_run: 'true' }) };
    return { file: name, result: await api.call('applyDefinitions', { query, body: text }) };
  } catch (error) {
    // Only what concerns this file; a manager that is away or does not know us concerns all.
    if (!(error instanceof Failure) || error.exitCode !== exitCodes.refused) throw error;
    return { file: name, error: { code: error.code, detail: error.message, issues: error.issues } };
  }
};

const printOutcome = async (outcome: Outcome, { out }: CommandContext): Promise<void> => {
  if ('error' in outcome) {
    const { code, issues, detail } = outcome.error;
    for (const line of renderIssues(issues, outcome.file)) out.error(line);
    // The detail of a bad definition repeats its first place, which has just been named.
    const sum =
      code !== 'invalid_definition'
        ? detail
        : `${issues.length} ${issues.length === 1 ? 'error' : 'errors'}.`;
    out.error(`${outcome.file}: ${sum}${/[.!]$/.test(sum) ? '' : '.'} Nothing of this file was applied.`);
    return;
  }
  const { changes, dryRun } = outcome.result;
  for (const { kind, name, change, line } of changes) {
    const said = dryRun && change !== 'unchanged' ? `would be ${change}` : change;
    const place = line === null ? '' : out.paint('dim', `  ${outcome.file}:${line}`);
    await out.write(`${kind} ${name} ${out.paint(change === 'unchanged' ? 'dim' : 'green', said)}${place}\n`);
  }
};

const readDefinition = async (file: string, stdin: TerminalInput): Promise<string> => {
  const bytes = file === '-' ? await readAll(stdin) : await readFile(file).catch(refuseUnreadable);
  const refuse = (code: string, detail: string, issues: readonly Issue[] = []): never => {
    throw new Failure(detail, { exitCode: exitCodes.refused, code, issues });
  };
  if (bytes.length > fileBytesMax) {
    const { line, column } = placeOf(bytes, fileBytesMax);
    const limit = `${fileBytesMax / 1024 / 1024} MiB that one file may hold`;
    return refuse('body_too_large', `It has more than the ${limit}; split it.`, [
      { path: '', message: `here end the ${limit}`, line, column },
    ]);
  }
  const invalid = findInvalidUtf8(bytes);
  if (invalid !== undefined) {
    const message = `byte 0x${invalid.byte.toString(16).padStart(2, '0')} is not UTF-8; save the file as UTF-8`;
    return refuse('invalid_definition', 'It is not UTF-8 text.', [
      { path: '', message, line: invalid.line, column: invalid.column },
    ]);
  }
  return bytes.toString('utf8').replace(/^\u{feff}/u, '');
};

const refuseUnreadable = (error: unknown): never => {
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder; name the files in it, such as DIR/*.yaml',
    EACCES: 'you may not read it',
  };
  const code = (error as NodeJS.ErrnoException).code ?? '';
  throw new Failure(`It cannot be read: ${reasons[code] ?? (error as Error).message}.`, {
    exitCode: exitCodes.refused,
    code: 'unreadable',
    cause: error,
  });
};

/** Stops reading where the limit is passed: a pipe may never end. */
const readAll = async (stdin: TerminalInput): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > fileBytesMax) break;
  }
  return Buffer.concat(chunks);
};
