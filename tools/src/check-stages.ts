/**
 * The stages of `npm run check`: format, lint, types, boundaries, dead code.
 *
 * Responsible for what each stage runs. Not responsible for order and printing (`check.ts`).
 */
import fs from 'node:fs';
import path from 'node:path';
import { findBoundaryProblems } from './boundaries.ts';
import {
  isTestFile,
  isTypeScript,
  listFiles,
  listWorkspaces,
  readManifest,
  readText,
  repositoryRoot,
} from './repository.ts';
import { runCommand, type CommandResult } from './run-command.ts';

export interface Stage {
  readonly name: string;
  /** What to do when it fails, shown below its output. */
  readonly hint: string;
  readonly run: () => Promise<CommandResult>;
}

export const stages: readonly Stage[] = [
  {
    name: 'types',
    hint: 'tsc found type errors; `npx tsc --noEmit -p <workspace>` shows those of one workspace',
    run: checkTypes,
  },
  {
    name: 'lint',
    hint: 'the rules and their reasons are in .oxlintrc.json',
    run: () => runCommand(['oxlint']),
  },
  {
    name: 'dead code',
    hint: 'knip found files, exports or dependencies that nothing uses: use them or delete them',
    run: () => runCommand(['knip', '--no-progress']),
  },
  {
    name: 'format',
    hint: '`npm run format` writes the format',
    run: () => runCommand(['oxfmt', '--check']),
  },
  {
    name: 'boundaries',
    hint: 'the rules are in tools/src/boundary-rules.ts, the architecture in ARCHITECTURE.md',
    run: async () => checkBoundaries(),
  },
];

/** Every tsconfig of every workspace that covers a file: shipped code and tests may have different ones. */
async function checkTypes(): Promise<CommandResult> {
  const sources = listFiles().filter(isTypeScript);
  const outputs: string[] = [];
  for (const workspace of listWorkspaces()) {
    const ours = sources.filter((file) => file.startsWith(`${workspace}/`));
    for (const project of tsconfigsOf(workspace)) {
      const forTests = path.basename(project) === 'tsconfig.test.json';
      // tsc calls an empty project an error; a workspace that is just being started is none.
      if (!ours.some((file) => !forTests || isTestFile(file))) continue;
      const result = await runCommand(['tsc', '--noEmit', '--pretty', 'false', '-p', project]);
      if (!result.ok) outputs.push(result.output);
    }
    if (ours.length > 0 && tsconfigsOf(workspace).length === 0)
      outputs.push(`${workspace}/ has no tsconfig.json`);
  }
  return { ok: outputs.length === 0, output: outputs.join('\n') };
}

/** `tsconfig.json`, and others for a part that is judged by other rules: tests with Node's types, pure code without them. */
function tsconfigsOf(workspace: string): string[] {
  return fs
    .readdirSync(path.join(repositoryRoot, workspace))
    .filter((name) => /^tsconfig(\.\w+)?\.json$/.test(name))
    .toSorted()
    .map((name) => path.join(workspace, name));
}

function checkBoundaries(): CommandResult {
  const workspaces = listWorkspaces();
  const inWorkspace = (file: string) => workspaces.some((workspace) => file.startsWith(`${workspace}/`));
  const sources = listFiles().filter((file) => isTypeScript(file) && inWorkspace(file));
  const problems = findBoundaryProblems({
    files: new Map(sources.map((file) => [file, readText(file)])),
    manifests: new Map(['.', ...workspaces].map((folder) => [folder, readManifest(folder)])),
  });
  return { ok: problems.length === 0, output: problems.join('\n') };
}
