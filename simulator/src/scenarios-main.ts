/**
 * `npm run scenarios`: plays the situations of `ha/scenarios` and shows where a transcript is not what the core does now.
 *
 * `--write` rewrites the transcripts; words choose situations by a part of their name. Exit code 0: all as written; 1: something differs,
 * or an expectation is not met; 2: wrong arguments or a wrong script.
 */
import { diff, parseArgs } from 'node:util';
import { listScenarios, playScenario, writeScenario } from './scenario-files.ts';
import { ScriptError } from './scenario-script.ts';

const USAGE = 'Use: npm run scenarios -- [--write] [PART-OF-A-NAME ...]';

process.exitCode = main(process.argv.slice(2));

function main(args: string[]): number {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { write: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    return play(positionals, values.write);
  } catch (error) {
    const says = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    console.error(error instanceof ScriptError ? says : `${says} ${USAGE}`);
    return 2;
  }
}

function play(parts: readonly string[], write: boolean): number {
  const all = listScenarios();
  const unknown = parts.find((part) => !all.some(({ name }) => name.includes(part)));
  if (unknown !== undefined) {
    console.error(`No situation has "${unknown}" in its name. ${USAGE}`);
    return 2;
  }
  const chosen =
    parts.length === 0 ? all : all.filter(({ name }) => parts.some((part) => name.includes(part)));
  let differing = 0;
  let failed = 0;
  for (const file of chosen) {
    const { text, failure } = playScenario(file);
    if (failure !== null) {
      failed += 1;
      console.log(failure);
    }
    if (text === file.content) continue;
    differing += 1;
    if (write) writeScenario(file.name, text);
    else for (const line of differences(file.content, text)) console.log(`${file.name}: ${line}`);
  }
  console.log(`${chosen.length} situations, ${differing} ${write ? 'written' : 'differ'}, ${failed} failed`);
  return failed > 0 || (differing > 0 && !write) ? 1 : 0;
}

/** Lines that are only in `before` with `-`, those only in `after` with `+`. */
function differences(before: string, after: string): string[] {
  return diff(before.split('\n'), after.split('\n'))
    .filter(([way]) => way !== 0)
    .map(([way, line]) => `${way < 0 ? '+' : '-'} ${line}`);
}
