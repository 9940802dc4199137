// `npm run package:deb`: builds nezuban_VERSION_ARCH.deb of this checkout into the folder that is named, or dist/.
// Responsible for what lies where in the package. Not responsible for what the package says of itself (deb-control.ts), nor for units and
// scripts (packaging/). Needs npm, dpkg-deb and the network (or npm's cache) for the packages of the lock file.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { listFiles, readManifest, repositoryRoot } from '../repository.ts';
import { debianArchitecture, debianVersion, renderControl } from './deb-control.ts';

/** Folders of which the product needs nothing. Of `tests`, the drill and what it stands on is part of the product. */
const LEFT_OUT = [
  '.ci/',
  'benchmarks/src/',
  'simulator/src/',
  'simulator/seeds/',
  'ha/model/',
  'ha/scenarios/',
  'console/src/',
  'docs/images/',
];
const PREFIX = 'opt/nezuban';

function belongs(file: string): boolean {
  return (
    !file.endsWith('.test.ts') &&
    !file.endsWith('.test.tsx') &&
    !LEFT_OUT.some((folder) => file.startsWith(folder))
  );
}

function run(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
}

function copy(from: string, to: string, mode?: number): void {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.copyFileSync(from, to);
  fs.chmodSync(to, mode ?? ((fs.statSync(from).mode & 0o111) === 0 ? 0o644 : 0o755));
}

function kibibytes(folder: string): number {
  return Number(execFileSync('du', ['-sk', folder], { encoding: 'utf8' }).split('\t')[0]);
}

function stageProduct(stage: string): void {
  const root = path.join(stage, PREFIX);
  for (const file of listFiles().filter(belongs))
    copy(path.join(repositoryRoot, file), path.join(root, file));
  fs.cpSync(path.join(repositoryRoot, 'console/dist'), path.join(root, 'console/dist'), { recursive: true });
  run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], root);
  // A cache of this checkout's paths helps nobody.
  fs.rmSync(path.join(root, 'node_modules/.cache'), { recursive: true, force: true });
}

function stageSystem(stage: string): void {
  const packaging = path.join(repositoryRoot, 'packaging');
  for (const unit of fs.readdirSync(path.join(packaging, 'systemd')))
    copy(path.join(packaging, 'systemd', unit), path.join(stage, 'lib/systemd/system', unit), 0o644);
  copy(path.join(packaging, 'debian/manager.env'), path.join(stage, 'etc/nezuban/manager.env'), 0o644);
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE'])
    copy(
      path.join(repositoryRoot, file),
      path.join(stage, 'usr/share/doc/nezuban', file === 'LICENSE' ? 'copyright' : file),
      0o644,
    );
  fs.mkdirSync(path.join(stage, 'usr/bin'), { recursive: true });
  fs.symlinkSync('/opt/nezuban/cli/bin/nezuban', path.join(stage, 'usr/bin/nezuban'));
}

function writeControl(stage: string, version: string): void {
  const control = path.join(stage, 'DEBIAN');
  const installedKiB = kibibytes(stage);
  fs.mkdirSync(control);
  fs.writeFileSync(
    path.join(control, 'control'),
    renderControl({ version, arch: process.arch, installedKiB }),
  );
  fs.writeFileSync(path.join(control, 'conffiles'), '/etc/nezuban/manager.env\n');
  for (const script of ['postinst', 'prerm', 'postrm'])
    copy(path.join(repositoryRoot, 'packaging/debian', script), path.join(control, script), 0o755);
}

function main(): void {
  const { version } = readManifest('.');
  const target = path.resolve(process.argv[2] ?? path.join(repositoryRoot, 'dist'));
  const name = `nezuban_${debianVersion(version)}_${debianArchitecture(process.arch)}.deb`;
  if (!fs.existsSync(path.join(repositoryRoot, 'console/dist/index.html')))
    throw new Error('The console is not built: run "npm ci" or "npm run build" first.');
  fs.mkdirSync(target, { recursive: true });
  const stage = fs.mkdtempSync(path.join(os.tmpdir(), 'nezuban-deb-'));
  fs.chmodSync(stage, 0o755);
  try {
    stageProduct(stage);
    stageSystem(stage);
    writeControl(stage, version);
    run('dpkg-deb', ['--root-owner-group', '-Zxz', '-z1', '--build', stage, path.join(target, name)], '/');
    process.stdout.write(`${path.join(target, name)}\n`);
  } finally {
    fs.rmSync(stage, { recursive: true, force: true });
  }
}

main();
