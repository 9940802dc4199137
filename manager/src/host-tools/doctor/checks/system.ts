// The machine under it: memory, limits, kernel, clock, time zones, locale, runtime.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import os from 'node:os';
import { promisify } from 'node:util';
import { formatBytes } from '@nezuban/core/self-watch/sentences';
import type { DoctorContext } from '../context.ts';
import { ok, problem, warning, type Finding } from '../finding.ts';

const run = promisify(execFile);
const TOOL_MS = 3_000;
const KIB = 1024;
/** Manager, keeper, agent and PostgreSQL together take about 400 MB. */
const AVAILABLE_BYTES = { warning: 512 * KIB * KIB, problem: 128 * KIB * KIB } as const;
/** Ten thousand agents are as many descriptors; a small installation is well with the usual 1024. */
const DESCRIPTORS = { warning: 4_096, problem: 512 } as const;
/** Parallel queries share memory there; containers often give 64 MB. */
const SHARED_MEMORY_BYTES_MIN = 32 * KIB * KIB;
const NODE_MAJOR = 26;
/** System users are below it; the others lose their processes at the end of their session where systemd is told so. */
const FIRST_PERSON_UID = 1_000;

export const checkMemory = async (): Promise<Finding[]> => {
  const available = memoryAvailable();
  const findings: Finding[] = [];
  const says = `${formatBytes(available)} of ${formatBytes(os.totalmem())} memory are available.`;
  const advice = {
    means:
      'When memory runs out the kernel ends a process; if it is PostgreSQL’s, everybody waits for its recovery.',
    type: ['ps aux --sort=-rss | head'],
  };
  if (available < AVAILABLE_BYTES.problem) findings.push(problem('memory.available', says, advice));
  else if (available < AVAILABLE_BYTES.warning) findings.push(warning('memory.available', says, advice));
  else findings.push(ok('memory.available', says));
  const shared = quietly(() => {
    const { bsize, blocks } = statfsSync('/dev/shm');
    return bsize * blocks;
  }, null);
  if (shared !== null && shared < SHARED_MEMORY_BYTES_MIN)
    findings.push(
      warning('memory.shared', `/dev/shm has only ${formatBytes(shared)}.`, {
        means: 'PostgreSQL needs it for parallel queries; large searches may fail.',
        type: ['In a container: --shm-size=256m'],
      }),
    );
  return findings;
};

export const checkLimits = async ({ keeper }: DoctorContext): Promise<Finding[]> => {
  const text = quietly(() => readFileSync(`/proc/${keeper?.pid ?? 'self'}/limits`, 'utf8'), '');
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(text)?.[1];
  if (soft === undefined) return [];
  const count = soft === 'unlimited' ? Infinity : Number(soft);
  const says = `${keeper === null ? 'This user' : 'The manager'} may open ${soft} files.`;
  const advice = {
    means: 'Each agent, browser and database connection is one; beyond it new ones are refused.',
    type: ['As a service: LimitNOFILE=65536 in its unit; in a shell: ulimit -n 65536'],
  };
  if (count < DESCRIPTORS.problem) return [problem('limits.files', says, advice)];
  return [count < DESCRIPTORS.warning ? warning('limits.files', says, advice) : ok('limits.files', says)];
};

export const checkKernel = async ({ host }: DoctorContext): Promise<Finding[]> => {
  const findings: Finding[] = [];
  const overcommit = quietly(() => readFileSync('/proc/sys/vm/overcommit_memory', 'latin1').trim(), '0');
  if (overcommit === '2')
    findings.push(
      warning(
        'kernel.overcommit',
        'vm.overcommit_memory is 2: the kernel gives no more memory than there is.',
        {
          means: 'Node asks for more than it uses, and may be refused although memory is free.',
          type: ['sysctl vm.overcommit_memory=0, or make sure that vm.overcommit_ratio leaves enough'],
        },
      ),
    );
  const uid = host.owner ?? host.uid;
  const user = userOf(uid);
  if (
    uid >= FIRST_PERSON_UID &&
    existsSync('/run/systemd/system') &&
    user !== null &&
    !existsSync(`/var/lib/systemd/linger/${user}`)
  )
    findings.push(
      warning(
        'kernel.linger',
        `"${user}" is a person’s user, and systemd may end its processes when that person signs out.`,
        {
          means: 'Shared memory of PostgreSQL may be removed too (RemoveIPC).',
          type: [`loginctl enable-linger ${user}`, 'Or run the manager as a service.'],
        },
      ),
    );
  if (findings.length === 0)
    findings.push(ok('kernel.settings', `Kernel ${os.release()}: no setting that matters here is unusual.`));
  return findings;
};

export const checkClock = async ({ database, pair }: DoctorContext): Promise<Finding[]> => {
  const findings: Finding[] = [];
  const synchronised = await clockSynchronised();
  if (synchronised === false)
    findings.push(
      warning('clock.synchronised', 'The clock of this host is not kept right by NTP.', {
        means: 'Schedules start by it, and agents and the other host compare theirs with it.',
        type: ['timedatectl set-ntp true, or install chrony'],
      }),
    );
  else if (synchronised === true) findings.push(ok('clock.synchronised', 'The clock is kept right by NTP.'));
  for (const advice of pair?.advice ?? [])
    if (advice.code === 'clock_differs')
      findings.push(
        warning('clock.pair', advice.says, { type: advice.command === null ? [] : [advice.command] }),
      );
  const rows =
    (await database?.query<{ node: string; message: string }>({
      text: `SELECT DISTINCT ON (node) node, message FROM event
             WHERE code = 'agent_clock_differs' AND confirmed_at IS NULL AND at > now() - interval '1 day' ORDER BY node, at DESC LIMIT 20`,
    })) ?? [];
  for (const { message } of rows)
    findings.push(
      warning('clock.agents', `${message}.`, {
        type: ['Keep the clock of that host right by NTP, then confirm the event.'],
      }),
    );
  return findings;
};

export const checkRuntime = async ({ release, host }: DoctorContext): Promise<Finding[]> => {
  const { node, tz, icu } = process.versions;
  const findings: Finding[] = [];
  if (Number(node.split('.')[0]) === NODE_MAJOR)
    findings.push(ok('release.node', `Release ${release} on Node ${node}.`));
  else
    findings.push(
      problem('release.node', `This is Node ${node}; release ${release} is made for Node ${NODE_MAJOR}.`, {
        type: ['npm ci'],
      }),
    );
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = quietly(
    () => new Intl.DateTimeFormat('en', { timeZone: 'Asia/Tokyo' }).format(0) !== '',
    false,
  );
  findings.push(
    zones && tz !== undefined
      ? ok('time.zones', `Time zone data ${tz} (ICU ${icu ?? '?'}); this host is in ${zone}.`)
      : problem('time.zones', 'Node has no time zone data.', {
          means: 'Schedules with a time zone cannot be computed.',
          type: ['npm ci'],
        }),
  );
  const { locale } = host;
  if (locale !== '' && !/utf-?8/i.test(locale))
    findings.push(
      warning('locale.utf8', `The locale here is "${locale}", not UTF-8.`, {
        means:
          'Commands of jobs that are started from here may write other encodings; their output is decoded by guess.',
        type: ['export LANG=C.UTF-8, or set the variable in the job'],
      }),
    );
  return findings;
};

/** Null: nobody says. */
const clockSynchronised = async (): Promise<boolean | null> => {
  if (existsSync('/run/systemd/timesync/synchronized')) return true;
  try {
    const { stdout } = await run('timedatectl', ['show', '--property=NTPSynchronized', '--value'], {
      timeout: TOOL_MS,
    });
    const word = stdout.trim();
    return word === 'yes' ? true : word === 'no' ? false : null;
  } catch {
    return null;
  }
};

/** Of the machine, or of the container if that allows less. */
const memoryAvailable = (): number => {
  const info = quietly(() => readFileSync('/proc/meminfo', 'latin1'), '');
  const kib = /^MemAvailable:\s+(\d+) kB/m.exec(info)?.[1];
  const machine = kib === undefined ? os.freemem() : Number(kib) * KIB;
  const max = quietly(() => Number(readFileSync('/sys/fs/cgroup/memory.max', 'latin1')), Number.NaN);
  const used = quietly(() => Number(readFileSync('/sys/fs/cgroup/memory.current', 'latin1')), Number.NaN);
  return Number.isFinite(max) && Number.isFinite(used) ? Math.min(machine, Math.max(0, max - used)) : machine;
};

const userOf = (uid: number): string | null =>
  quietly(() => readFileSync('/etc/passwd', 'utf8'), '')
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[2] === String(uid))?.[0] ?? null;

/** What this system does not have, or this user may not see. */
const quietly = <Result, Otherwise>(work: () => Result, otherwise: Otherwise): Result | Otherwise => {
  try {
    return work();
  } catch {
    return otherwise;
  }
};
