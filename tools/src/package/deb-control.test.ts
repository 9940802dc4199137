// What a package says of itself, and the units that it brings.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { repositoryRoot } from '../repository.ts';
import { debianArchitecture, debianVersion, renderControl } from './deb-control.ts';

test('package: the control file: every field that dpkg demands, lines within 80 columns in the description', () => {
  const control = renderControl({ version: '0.1.0', arch: 'x64', installedKiB: 12 });
  for (const field of ['Package', 'Version', 'Architecture', 'Maintainer', 'Description'])
    assert.match(control, new RegExp(`^${field}: \\S`, 'm'));
  assert.ok(control.endsWith('\n'));
  assert.ok(control.split('\n').every((line) => line.length <= 80));
});

test('package: a candidate of a release: comes before the release', () => {
  assert.equal(debianVersion('1.2.0-rc.1'), '1.2.0~rc.1');
  assert.equal(debianVersion('1.2.0'), '1.2.0');
});

test('package: a processor without a build: one sentence', () => {
  assert.equal(debianArchitecture('arm64'), 'arm64');
  assert.throws(() => debianArchitecture('mips'), /no package for the processor "mips"/);
});

const missing =
  !['/usr/bin', '/bin'].some((folder) => fs.existsSync(path.join(folder, 'systemd-analyze'))) &&
  'systemd-analyze is not installed';

test('package: the systemd units: systemd understands every line', { skip: missing }, () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-units-'));
  try {
    const source = path.join(repositoryRoot, 'packaging/systemd');
    const units = fs.readdirSync(source).filter((name) => name.endsWith('.service'));
    assert.equal(units.length, 3);
    for (const unit of units) {
      // The program lies where the package puts it; here it does not.
      const text = fs
        .readFileSync(path.join(source, unit), 'utf8')
        .replaceAll(/^ExecStart=\S+/gm, 'ExecStart=/bin/true');
      fs.writeFileSync(path.join(folder, unit), text);
    }
    const paths = units.map((unit) => path.join(folder, unit));
    // It ends with an error for a unit that another one lacks, too; only what it says of ours counts.
    const said = execFileSync('/bin/sh', ['-c', 'systemd-analyze verify "$@" 2>&1 || true', 'sh', ...paths], {
      encoding: 'utf8',
    });
    const ours = said
      .split('\n')
      .filter((line) => line.includes(folder) || line.startsWith('nezuban-'))
      // Known from systemd 254 on; an older one says that it ignores it, and the agent moves into that group by itself.
      .filter((line) => !line.endsWith("Unknown key 'DelegateSubgroup' in section [Service], ignoring."));
    assert.deepEqual(ours, []);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
