/**
 * Enforces who may import whom (`boundary-rules.ts`), and that no imports form a cycle.
 *
 * Responsible for reading the imports of every source file, type imports included, and judging them. The parser is
 * oxc's, since the tools made for this do not read TypeScript 7 yet. Not responsible for unused code (knip) or types.
 * Called by `check.ts`. `findBoundaryProblems` is pure: it gets all files and returns sentences.
 */
import path from 'node:path/posix';
import { parseSync } from 'oxc-parser';
import { folderRules, workspaceRules, type WorkspaceRule } from './boundary-rules.ts';
import { isTestFile, type Manifest } from './repository.ts';

export interface SourceTree {
  /** Source text by path relative to the root. */
  readonly files: ReadonlyMap<string, string>;
  /** package.json by workspace folder. */
  readonly manifests: ReadonlyMap<string, Manifest>;
}

interface Import {
  readonly from: string;
  readonly line: number;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const SCOPE = '@nezuban/';

/** One sentence per problem: where, what, and why it is forbidden. */
export function findBoundaryProblems(tree: SourceTree): readonly string[] {
  const problems: string[] = [];
  const runtimeEdges = new Map<string, string[]>();
  for (const [file, text] of tree.files) {
    for (const found of readImports(file, text)) {
      const target = resolveImport(found);
      const problem = judge(tree, found, target);
      if (problem !== undefined) problems.push(`${file}:${found.line}: ${problem}`);
      if (!found.typeOnly && tree.files.has(target)) {
        runtimeEdges.set(file, [...(runtimeEdges.get(file) ?? []), target]);
      }
    }
  }
  return [...problems, ...findCycles(runtimeEdges)];
}

function readImports(file: string, text: string): Import[] {
  const { module } = parseSync(file, text);
  const imports: Import[] = [];
  const add = (specifier: string, start: number, typeOnly: boolean) => {
    imports.push({ from: file, specifier, typeOnly, line: text.slice(0, start).split('\n').length });
  };
  for (const { moduleRequest, entries, start } of module.staticImports) {
    add(moduleRequest.value, start, entries.length > 0 && entries.every((entry) => entry.isType));
  }
  for (const { entries, start } of module.staticExports) {
    const source = entries.find((entry) => entry.moduleRequest)?.moduleRequest;
    if (source)
      add(
        source.value,
        start,
        entries.every((entry) => entry.isType),
      );
  }
  for (const { moduleRequest, start } of module.dynamicImports) {
    const literal = /^(['"])([^'"]+)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end));
    // An import made when it is needed is the usual way to break a cycle: it counts for the rules, not for cycles.
    if (literal?.[2]) add(literal[2], start, true);
  }
  return imports;
}

/** A path relative to the root, `npm:<package>`, or `node:<module>`. */
function resolveImport({ from, specifier }: Import): string {
  if (specifier.startsWith('.'))
    return path.normalize(path.join(path.dirname(from), specifier.replace(/\?.*$/, '')));
  if (specifier.startsWith('node:')) return specifier;
  if (specifier.startsWith(SCOPE)) {
    const [workspace = '', ...rest] = specifier.slice(SCOPE.length).split('/');
    return `${workspace}/src/${rest.join('/')}.ts`;
  }
  const parts = specifier.split('/');
  return `npm:${parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')}`;
}

function judge(tree: SourceTree, found: Import, target: string): string | undefined {
  const workspace = workspaceOf(found.from);
  const rule = workspaceRules[workspace];
  if (!rule) return `no rule says what ${workspace}/ may import: add one to tools/src/boundary-rules.ts`;
  const folderRule = isTestCode(found.from)
    ? undefined
    : folderRules.find(({ from, never }) => found.from.startsWith(from) && never.test(target));
  if (folderRule) return `imports ${found.specifier}, but ${folderRule.because}`;
  if (target.startsWith('node:')) return judgeNode(rule, found);
  if (target.startsWith('npm:')) return judgePackage(tree, found, target.slice('npm:'.length));
  return judgeFile(tree, found, target);
}

function judgeNode(rule: WorkspaceRule, found: Import): string | undefined {
  // Tests run under Node everywhere, and a workspace's own build configuration is not part of it.
  if (rule.node || isTestCode(found.from) || !found.from.includes('/src/')) return undefined;
  return `imports ${found.specifier}, but ${rule.because}`;
}

function judgePackage(tree: SourceTree, found: Import, name: string): string | undefined {
  const workspace = workspaceOf(found.from);
  const rule = workspaceRules[workspace];
  const manifest = tree.manifests.get(workspace);
  const root = tree.manifests.get('.');
  const shipped = { ...manifest?.dependencies, ...manifest?.optionalDependencies };
  const development = { ...manifest?.devDependencies, ...root?.devDependencies };
  // Nothing of these is installed by itself: the console is bundled, the others only run from a checkout.
  const wholly = isTestCode(found.from) || ['console', 'tests', 'benchmarks', 'tools'].includes(workspace);
  if (rule && rule.packages !== 'declared' && !wholly && !rule.packages.includes(name)) {
    return `imports the package ${name}, but ${rule.because}`;
  }
  if (name in shipped || (wholly && name in development)) return undefined;
  return `imports the package ${name}, which the dependencies of ${workspace}/package.json do not name`;
}

function judgeFile(tree: SourceTree, found: Import, target: string): string | undefined {
  const from = workspaceOf(found.from);
  const to = workspaceOf(target);
  const rule = workspaceRules[from];
  if (from !== to && found.specifier.startsWith('.')) {
    return `imports ${found.specifier}, which leaves the workspace: import ${SCOPE}${to}/... instead`;
  }
  if (isTestFile(target))
    return `imports the test file ${target}: move what is shared into a file of its own`;
  if (/\.tsx?$/.test(target) && !tree.files.has(target))
    return `imports ${found.specifier}, and there is no ${target}`;
  if (isTestingFolder(target) && !mayUseFakes(found.from)) {
    return `imports ${target}: what lies in testing/ is for tests, the simulator and benchmarks`;
  }
  if (from === to || rule?.workspaces.includes(to)) return undefined;
  if (isTestCode(found.from) && /^tests\/src\/(support|browser\/fake-manager)\//.test(target))
    return undefined;
  if (to === 'tests')
    return `imports ${found.specifier}: only test files, tools and benchmarks may use the tests' helpers`;
  return `imports ${found.specifier}, but ${rule?.because}`;
}

function mayUseFakes(file: string): boolean {
  return isTestCode(file) || ['simulator', 'tests', 'benchmarks'].includes(workspaceOf(file));
}

/** Tests, and the fakes and harnesses that their workspace shares in its `src/testing/`. */
function isTestCode(file: string): boolean {
  return isTestFile(file) || isTestingFolder(file);
}

function isTestingFolder(file: string): boolean {
  return file.includes('/src/testing/');
}

function workspaceOf(file: string): string {
  return file.slice(0, Math.max(0, file.indexOf('/')));
}

/** Depth-first search; each cycle is reported once, as the chain of files that closes it. */
function findCycles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const finished = new Set<string>();
  const problems: string[] = [];
  const visit = (file: string, chain: readonly string[]) => {
    const start = chain.indexOf(file);
    if (start >= 0) {
      const loop = [...chain.slice(start), file].join('\n  -> ');
      problems.push(`${file}: imports form a cycle, so no order of loading is right: ${loop}`);
      return;
    }
    if (finished.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...chain, file]);
    finished.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  return problems;
}
