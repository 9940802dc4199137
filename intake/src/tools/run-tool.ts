/**
 * `nezuban intake inspect|status`: from argv to an exit code. Called by `main.ts`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { askIntakeStatus } from '@nezuban/platform/intake-status';
import { HomeError, resolveHome, runDirectoryOf, type HomeSources } from '@nezuban/platform/home';
import { inspectJournal } from './inspect.ts';
import { recordJson, renderRecord, renderReport, renderStatus } from './render.ts';
import { parseTool, TOOL_USAGE, type ToolCommand } from './tool-options.ts';

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

export async function runTool(args: readonly string[], sources: Omit<HomeSources, 'flag'>): Promise<number> {
  const parsed = parseTool(args);
  if (!parsed.ok) return complain(parsed.says, EXIT.usage);
  const { command } = parsed;
  if (command.name === 'help') {
    process.stdout.write(TOOL_USAGE);
    return EXIT.ok;
  }
  try {
    const home = resolveHome({ ...sources, flag: command.home });
    return command.name === 'status'
      ? await status(command, { home, uid: sources.uid })
      : await inspect(command, home);
  } catch (error) {
    if (error instanceof HomeError) return complain(error.message, EXIT.failed);
    if ((error as NodeJS.ErrnoException).code === 'EACCES')
      return complain(
        'The journal belongs to another user: run this as the user of the manager, or as root.',
        EXIT.failed,
      );
    throw error;
  }
}

async function status(
  { json }: Extract<ToolCommand, { name: 'status' }>,
  { home, uid }: { readonly home: string; readonly uid: number },
): Promise<number> {
  const answer = await askIntakeStatus(path.join(runDirectoryOf(home, ownerOf(home) ?? uid), 'intake.sock'));
  if (answer === null)
    return complain(
      `No intake answers for the home ${home}: it runs with "nezuban manager" unless that was started with --no-intake; "nezuban intake inspect" shows its journal all the same.`,
      EXIT.failed,
    );
  process.stdout.write(json ? `${JSON.stringify(answer)}\n` : renderStatus(answer));
  return EXIT.ok;
}

async function inspect(command: Extract<ToolCommand, { name: 'inspect' }>, home: string): Promise<number> {
  const inspection = await inspectJournal(home);
  if (inspection === null)
    return complain(`There is no journal in the home ${home}: name another one with --home.`, EXIT.failed);
  const { json, fromSeq, limit } = command;
  process.stdout.write(json ? `${JSON.stringify(inspection.report)}\n` : renderReport(inspection.report));
  if (limit === 0) return EXIT.ok;
  if (!json) process.stdout.write('Records\n');
  for await (const record of inspection.records(fromSeq, limit)) {
    const text = json ? recordJson(record) : `  ${renderRecord(record)}`;
    if (!process.stdout.write(text))
      await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
  }
  return EXIT.ok;
}

/** The keeper's: root looks at the home of another user too. */
function ownerOf(home: string): number | null {
  return fs.statSync(home, { throwIfNoEntry: false })?.uid ?? null;
}

function complain(says: string, exitCode: number): number {
  process.stderr.write(`nezuban intake: ${says}\n`);
  return exitCode;
}
