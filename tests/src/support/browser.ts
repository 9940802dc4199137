/**
 * A browser for tests that works on a machine where none is installed.
 *
 * Responsible for finding or unpacking a Chromium and for starting it headless, as root too, without it calling home.
 * Not responsible for pages and assertions. Called by the tests in `tests/src/browser` and by `benchmarks/`.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import { cachedDirectory } from './cached-directory.ts';

/** Unpacking takes two seconds alone, starting one; a busy machine may need many times that. */
const START_TIMEOUT_MS = 60_000;

/** A Chromium of the distribution is preferred: it has its own libraries and gets its own updates. */
const SYSTEM_BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The package's own argument list makes pages hang (`--single-process`); these are enough. */
const ARGUMENTS = [
  // Chromium refuses to run as root with its sandbox; it shows our own pages only.
  '--no-sandbox',
  '--disable-gpu',
  // /dev/shm is 64 MB in containers.
  '--disable-dev-shm-usage',
  // No request leaves the machine: updates, field trials, safe browsing, translation, sign-in.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--disable-features=Translate,OptimizationHints,MediaRouter,AutofillServerCommunication',
  '--metrics-recording-only',
  '--no-default-browser-check',
  '--no-first-run',
  '--no-pings',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1',
  '--lang=en-US',
];

interface Executable {
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts a headless Chromium. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const { file, environment } = systemBrowser() ?? (await packagedBrowser());
  return chromium.launch({
    executablePath: file,
    args: ARGUMENTS,
    env: { ...definedEnvironment(), ...environment },
    timeout: START_TIMEOUT_MS,
  });
}

function systemBrowser(): Executable | undefined {
  const file = SYSTEM_BROWSERS.find((candidate) => fs.existsSync(candidate));
  return file === undefined ? undefined : { file, environment: {} };
}

/** The browser inside `@sparticuz/chromium`, with the libraries and the font that a bare server lacks. */
async function packagedBrowser(): Promise<Executable> {
  const packageRoot = path.dirname(
    path.dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')),
  );
  const { version } = JSON.parse(fs.readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const directory = await cachedDirectory(`chromium-${version}`, (draft) => unpack(packageRoot, draft));
  return {
    file: path.join(directory, 'chromium'),
    environment: {
      LD_LIBRARY_PATH: path.join(directory, 'al2023/lib'),
      // Without any fontconfig file Chromium ends at its first text; a machine's own fonts are used too.
      FONTCONFIG_FILE: writeFontConfiguration(directory),
    },
  };
}

/** The package unpacks into TMPDIR and takes what lies there for finished: so it gets a TMPDIR of its own, in a child. */
async function unpack(packageRoot: string, draft: string): Promise<void> {
  const archives = ['chromium.br', 'fonts.tar.br', 'al2023.tar.br'].map((name) =>
    path.join(packageRoot, 'bin', name),
  );
  const script = `
    import { inflate } from ${JSON.stringify(import.meta.resolve('@sparticuz/chromium'))};
    await Promise.all(${JSON.stringify(archives)}.map((archive) => inflate(archive)));
  `;
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, TMPDIR: draft },
    timeout: START_TIMEOUT_MS,
  });
  fs.chmodSync(path.join(draft, 'chromium'), 0o755);
}

function writeFontConfiguration(directory: string): string {
  const file = path.join(directory, 'fonts.conf');
  if (fs.existsSync(file)) return file;
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(
    draft,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${directory}/fonts</dir>
  <cachedir>${directory}/fonts-cache</cachedir>
</fontconfig>
`,
  );
  fs.renameSync(draft, file);
  return file;
}

function definedEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}
