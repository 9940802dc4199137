// The home: there, ours, closed to others; its disk; the files that nobody else may read.
import { lstatSync, readFileSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { HOME_LAYOUT_VERSION } from '@nezuban/platform/home';
import { formatBytes } from '@nezuban/core/self-watch/sentences';
import type { DoctorContext } from '../context.ts';
import { ok, problem, warning, type Finding } from '../finding.ts';

/** Below HOME; each is a key, a token, or holds one. */
const SECRET_FILES = [
  'cli.json',
  'manager/secret-key',
  'manager/local-token',
  'manager/one-time-password',
  'manager/ca/ca.key',
  'manager/ca/server.json',
  'manager/ca/server.pem',
  'intake/orders.json',
  'keeper/pair.json',
  'agent/identity.json',
  'identity.json',
] as const;

const OTHERS = 0o077;
const HOME_OTHERS = 0o027;
const PERCENT = 100;
const FREE_PERCENT = { warning: 15, problem: 5 } as const;
/** A start is refused below it. */
const FREE_BYTES_MIN = 300 * 1024 * 1024;
const INODES_PERCENT = { warning: 10, problem: 2 } as const;

export const checkHome = async ({ host, kind }: DoctorContext): Promise<Finding[]> => {
  const { home, owner, uid } = host;
  if (kind === 'none')
    return [
      problem('home.missing', `There is no home of Nezuban at ${home}.`, {
        means: 'Either nothing was installed here yet, or its home is another folder.',
        type: ['nezuban doctor --home DIR', 'To start a manager here: nezuban manager'],
      }),
    ];
  const findings: Finding[] = [];
  const mode = lstatSync(home).mode & 0o777;
  findings.push(
    (mode & HOME_OTHERS) === 0
      ? ok('home.rights', `The home ${home} is closed to others (mode ${mode.toString(8)}).`)
      : problem('home.rights', `The home ${home} is open to other users (mode ${mode.toString(8)}).`, {
          means: 'A start is refused, since keys lie in it.',
          type: [`chmod 700 ${home}`],
        }),
  );
  if (uid !== owner && uid !== 0)
    findings.push(
      warning(
        'home.user',
        `You are user ${uid}, and the home belongs to user ${owner}: much cannot be looked at.`,
        {
          type: ['Run the doctor as that user, or as root.'],
        },
      ),
    );
  findings.push(...checkVersion(home), ...checkSecretFiles(home, owner));
  return findings;
};

const checkVersion = (home: string): Finding[] => {
  let text: string;
  try {
    text = readFileSync(path.join(home, 'VERSION'), 'utf8').trim();
  } catch {
    // An agent's home has none.
    return [];
  }
  if (text === String(HOME_LAYOUT_VERSION)) return [ok('home.layout', `Its layout is version ${text}.`)];
  return [
    problem(
      'home.layout',
      `The layout of the home is version "${text.slice(0, 20)}", this release works with ${HOME_LAYOUT_VERSION}.`,
      {
        means: 'This release does not start on it.',
        type: ['Install the release that wrote it.'],
      },
    ),
  ];
};

const checkSecretFiles = (home: string, owner: number | null): Finding[] => {
  const findings: Finding[] = [];
  let fine = 0;
  for (const name of SECRET_FILES) {
    const file = path.join(home, name);
    const stat = lstatSync(file, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    const mode = stat.mode & 0o777;
    if (!stat.isFile())
      findings.push(problem('home.secrets', `${file} is no file of its own.`, { type: [`ls -l ${file}`] }));
    else if ((mode & OTHERS) !== 0)
      findings.push(
        problem('home.secrets', `${file} can be read by others (mode ${mode.toString(8)}).`, {
          means: 'It holds a key or a token. Whoever could read it may have it.',
          type: [
            `chmod 600 ${file}`,
            'If somebody may have seen it: nezuban admin rotate-key, nezuban admin reset-password',
          ],
        }),
      );
    else if (stat.uid !== owner)
      findings.push(
        problem('home.secrets', `${file} belongs to user ${stat.uid}, the home to user ${owner}.`, {
          means: 'The manager may be unable to read it.',
          type: [`chown ${owner} ${file}`],
        }),
      );
    else fine += 1;
  }
  return findings.length > 0 || fine === 0
    ? findings
    : [ok('home.secrets', `${fine} files with keys and tokens are closed to others.`)];
};

export const checkDisk = async ({ host, kind }: DoctorContext): Promise<Finding[]> => {
  if (kind === 'none') return [];
  const { bsize, bavail, blocks, files, ffree } = statfsSync(host.home);
  const free = bavail * bsize;
  const percent = (bavail / blocks) * PERCENT;
  const says = `The disk of ${host.home} has ${formatBytes(free)} free (${percent.toFixed(0)}%).`;
  const advice = {
    means: 'When it is full, PostgreSQL stops, and nothing is served until there is room.',
    type: [
      `du -xh --max-depth=2 ${host.home} | sort -h | tail`,
      'Make room, or keep less: nezuban help, "retention" in the settings.',
    ],
  };
  const findings: Finding[] = [];
  if (free < FREE_BYTES_MIN || percent < FREE_PERCENT.problem)
    findings.push(problem('disk.free', says, advice));
  else if (percent < FREE_PERCENT.warning) findings.push(warning('disk.free', says, advice));
  else findings.push(ok('disk.free', says));
  if (files > 0) {
    const inodes = (ffree / files) * PERCENT;
    const sentence = `${inodes.toFixed(0)}% of its inodes are free.`;
    const many = {
      means: 'Without one no file can be made, however much room there is.',
      type: [`df -i ${host.home}`],
    };
    if (inodes < INODES_PERCENT.problem) findings.push(problem('disk.inodes', sentence, many));
    else if (inodes < INODES_PERCENT.warning) findings.push(warning('disk.inodes', sentence, many));
    else findings.push(ok('disk.inodes', sentence));
  }
  return findings;
};
