// What stands in the way of an upgrade, and in which order it is done. Pure: facts in, findings and steps out.
// Not responsible for asking the manager and reading the new release (check.ts).
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { compareReleases, newestRelease, parseRelease } from '@nezuban/protocol/release';
import type { ReleaseFacts, Versions } from '@nezuban/protocol/versions/versions';

/** `stop`: do not begin before it is mended. `look`: somebody has to decide. `fine`: nothing to do. */
export type Level = 'stop' | 'look' | 'fine';
export type Finding = {
  readonly topic: 'release' | 'schema' | 'postgres' | 'agents' | 'pair' | 'disk' | 'backup' | 'sessions';
  readonly level: Level;
  readonly says: string;
  /** What to type or do; null: nothing. */
  readonly remedy: string | null;
};

export type UpgradeFacts = {
  readonly now: Versions;
  /** Null: no new release was named; then only what concerns every upgrade is judged. */
  readonly next: ReleaseFacts | null;
  /** Null: it cannot be told. */
  readonly pair: Pick<PairStatus, 'mode' | 'redundancy' | 'summary'> | null;
  /** The newest one by its end, null: there is none; `unknown`: it cannot be told. */
  readonly newestBackup: { readonly endedAt: string } | 'unknown' | null;
  readonly backupHoursMax: number;
  readonly nowMs: number;
};

/** A start that finds less writes its log and little more. */
const freeBytesMin = 1024 ** 3;
/** Of the data: the export, and the new cluster beside the old one. */
const majorChangeFactor = 2;
const hourMs = 3_600_000;
/** Names in a sentence. */
const namedMax = 5;

export const judgeUpgrade = (facts: UpgradeFacts): readonly Finding[] => [
  ...judgeRelease(facts),
  ...judgeSchema(facts),
  ...judgePostgres(facts),
  ...judgeAgents(facts),
  ...judgePair(facts),
  ...judgeDisks(facts),
  ...judgeBackup(facts),
  ...judgeSessions(facts),
];

/** The worst of them. */
export const worstOf = (findings: readonly Finding[]): Level =>
  (['stop', 'look'] as const).find((level) => findings.some((finding) => finding.level === level)) ?? 'fine';

type Say = { readonly level: Level; readonly says: string; readonly remedy?: string };
const find = (topic: Finding['topic'], { level, says, remedy = '' }: Say): Finding => ({
  topic,
  level,
  says,
  remedy: remedy === '' ? null : remedy,
});

const judgeRelease = ({ now, next, pair }: UpgradeFacts): readonly Finding[] => {
  if (next === null) return [];
  const order = compareReleases(next.release, now.release);
  if (order === 0)
    return [
      find('release', {
        level: 'fine',
        says: `Both are release ${now.release}: there is nothing to upgrade.`,
      }),
    ];
  if (order < 0)
    return [
      find('release', {
        level: 'look',
        says: `Release ${next.release} is older than the present ${now.release}: this is a way back, judged by the schema below.`,
      }),
    ];
  const [from, to] = [parseRelease(now.release), parseRelease(next.release)];
  const isNear = from !== null && to !== null && from.major === to.major && to.minor - from.minor <= 1;
  if (!isNear && pair?.mode === 'pair')
    return [
      find('release', {
        level: 'stop',
        says: `From ${now.release} to ${next.release} is more than one minor version: the hosts of a pair would not work together meanwhile.`,
        remedy: 'Upgrade the pair step by step, one minor version at a time.',
      }),
    ];
  return [find('release', { level: 'fine', says: `From ${now.release} to ${next.release}.` })];
};

const judgeSchema = ({ now, next }: UpgradeFacts): readonly Finding[] => {
  if (next === null) return [];
  const known = new Map(next.migrations.map((migration) => [migration.name, migration]));
  const foreign = now.schema.filter(({ name, sha256 }) => {
    const migration = known.get(name);
    return migration !== undefined && migration.sha256 !== sha256;
  });
  if (foreign.length > 0)
    return [
      find('schema', {
        level: 'stop',
        says: `The database was made by another build: ${listed(foreign.map(({ name }) => name))} was applied in another form than release ${next.release} has.`,
        remedy: 'Install a release that comes from the same source as the present one.',
      }),
    ];
  const beyond = now.schema.filter(({ name }) => !known.has(name));
  if (beyond.length > 0) return [judgeWayBack(beyond, next.release)];
  const applied = new Set(now.schema.map(({ name }) => name));
  const missing = next.migrations.filter(({ name }) => !applied.has(name));
  if (missing.length === 0) return [find('schema', { level: 'fine', says: 'The schema stays as it is.' })];
  const oldest = newestRelease(missing.map(({ oldestRelease }) => oldestRelease)) ?? next.release;
  const changes = `The first start makes ${missing.length} ${missing.length === 1 ? 'change' : 'changes'} of the schema (${listed(missing.map(({ name }) => name))})`;
  return compareReleases(now.release, oldest) >= 0
    ? [find('schema', { level: 'fine', says: `${changes}; release ${now.release} can run on it again.` })]
    : [
        find('schema', {
          level: 'look',
          says: `${changes}; afterwards only release ${oldest} and newer can run on it.`,
          remedy: `The way back to ${now.release} is a backup from before the upgrade: nezuban backup create --to DIR --verify`,
        }),
      ];
};

/** The database has changes that the other release does not know. */
const judgeWayBack = (beyond: Versions['schema'], release: string): Finding => {
  const demands = beyond.flatMap(({ oldestRelease }) => oldestRelease ?? []);
  const oldest = newestRelease(demands);
  const allowed =
    oldest !== undefined && demands.length === beyond.length && compareReleases(release, oldest) >= 0;
  return allowed
    ? find('schema', { level: 'fine', says: `Release ${release} can run on the present schema.` })
    : find('schema', {
        level: 'stop',
        says: `Release ${release} cannot run on the present schema (${listed(beyond.map(({ name }) => name))})${oldest === undefined ? '' : `, which needs ${oldest} or newer`}.`,
        remedy:
          'Restore a backup that was made before the upgrade: nezuban backup restore --from DIR --home DIR',
      });
};

const judgePostgres = ({ now, next }: UpgradeFacts): readonly Finding[] => {
  if (next === null) return [];
  const { major } = now.postgres;
  if (major === next.postgresMajor)
    return [find('postgres', { level: 'fine', says: `PostgreSQL stays at major version ${major}.` })];
  return [
    find('postgres', {
      level: 'look',
      says: `PostgreSQL changes from major version ${major} to ${next.postgresMajor}: the new one does not open the present data, which must be carried over while nothing runs.`,
      remedy: 'Follow the steps below: nezuban backup export, then import into an empty home.',
    }),
  ];
};

const judgeAgents = ({ now, next }: UpgradeFacts): readonly Finding[] => {
  const total = now.agents.reduce((sum, { count }) => sum + count, 0);
  const findings: Finding[] = [];
  const gone = now.agents.filter(({ support }) => support === 'refused');
  if (gone.length > 0) findings.push(find('agents', { level: 'stop', ...refusedNow(gone) }));
  if (next === null) {
    const old = now.agents.filter(({ support }) => support === 'old');
    return old.length === 0
      ? [
          ...findings,
          find('agents', {
            level: 'fine',
            says: `${total} ${total === 1 ? 'agent is' : 'agents are'} known.`,
          }),
        ]
      : [
          ...findings,
          find('agents', {
            level: 'fine',
            says: `${namesOf(old)} ${countOf(old) === 1 ? 'is' : 'are'} older than the manager and work.`,
          }),
        ];
  }
  const { min, max } = next.agentProtocol;
  const spoken = now.agents.filter(({ support }) => support !== 'refused');
  const lost = spoken.filter(
    ({ protocol }) => protocol !== null && (protocol.max < min || protocol.min > max),
  );
  const silent = spoken.filter(({ protocol }) => protocol === null);
  if (lost.length > 0)
    findings.push(
      find('agents', {
        level: 'stop',
        says: `Release ${next.release} would refuse ${namesOf(lost)}: it speaks protocol ${rangeOf(next.agentProtocol)}, they speak ${[...new Set(lost.map(({ protocol }) => (protocol === null ? '?' : rangeOf(protocol))))].join(', ')}.`,
        remedy: 'Upgrade these agents first, to a release that speaks both.',
      }),
    );
  if (silent.length > 0)
    findings.push(
      find('agents', {
        level: 'look',
        says: `Of ${namesOf(silent)} nobody knows which protocol they speak: they have not connected lately.`,
        remedy: 'Let them connect once, or remove nodes that will not come back: nezuban node remove NODE',
      }),
    );
  if (findings.length === 0)
    findings.push(
      find('agents', {
        level: 'fine',
        says:
          total === 0
            ? 'No agent is known.'
            : `Release ${next.release} takes ${total === 1 ? 'the one agent' : `all ${total} agents`} as they are.`,
      }),
    );
  return findings;
};

const refusedNow = (groups: Versions['agents']): { readonly says: string; readonly remedy: string } => ({
  says: `The present manager refuses ${namesOf(groups)} already: they have no protocol in common.`,
  remedy: 'Upgrade the older of both sides; nezuban node show NODE says which.',
});

const judgePair = ({ pair }: UpgradeFacts): readonly Finding[] => {
  if (pair === null)
    return [
      find('pair', {
        level: 'look',
        says: 'Whether this is a pair cannot be told.',
        remedy: 'Look with: nezuban pair status',
      }),
    ];
  if (pair.mode === 'single')
    return [
      find('pair', {
        level: 'fine',
        says: 'A single host: console and new starts pause while it is upgraded; running commands go on.',
      }),
    ];
  return pair.redundancy === 'redundant'
    ? [
        find('pair', {
          level: 'fine',
          says: 'The pair is redundant: it is upgraded one host after the other, and the service goes on.',
        }),
      ]
    : [
        find('pair', {
          level: 'stop',
          says: `The pair is not redundant: ${pair.summary}`,
          remedy: 'nezuban pair recover',
        }),
      ];
};

const judgeDisks = ({ now, next }: UpgradeFacts): readonly Finding[] => {
  const isMajor = next !== null && next.postgresMajor !== now.postgres.major;
  const needed = isMajor ? Math.max(freeBytesMin, now.databaseBytes * majorChangeFactor) : freeBytesMin;
  const short = now.disks.filter(({ freeBytes }) => freeBytes < needed);
  if (short.length === 0) return [find('disk', { level: 'fine', says: 'There is room on the disks.' })];
  return short.map(({ folder, freeBytes }) =>
    find('disk', {
      level: 'stop',
      says: `${folder} has ${sizeOf(freeBytes)} left; ${sizeOf(needed)} are needed${isMajor ? ' to carry the data over' : ''}.`,
      remedy: 'Make room, for example by a shorter retention: nezuban settings retention',
    }),
  );
};

const judgeBackup = ({ newestBackup, backupHoursMax, nowMs }: UpgradeFacts): readonly Finding[] => {
  const remedy = 'nezuban backup create --to DIR --verify';
  if (newestBackup === 'unknown')
    return [
      find('backup', {
        level: 'look',
        says: 'Whether there is a backup cannot be told.',
        remedy: 'nezuban backup list --from DIR',
      }),
    ];
  if (newestBackup === null)
    return [
      find('backup', { level: 'look', says: 'There is no backup in the folder of the schedule.', remedy }),
    ];
  const hours = Math.floor((nowMs - Date.parse(newestBackup.endedAt)) / hourMs);
  return hours < backupHoursMax
    ? [find('backup', { level: 'fine', says: `The newest backup is ${hours} h old.` })]
    : [
        find('backup', {
          level: 'look',
          says: `The newest backup is ${hours} h old, and more than ${backupHoursMax} h are too many before an upgrade.`,
          remedy,
        }),
      ];
};

const judgeSessions = ({ now: { sessions } }: UpgradeFacts): readonly Finding[] => {
  const { running, openAttempts, oldest } = sessions;
  if (running === 0) return [find('sessions', { level: 'fine', says: 'No session is running.' })];
  const first =
    oldest === null ? '' : `; the oldest is ${oldest.id} of ${oldest.net}, since ${oldest.startedAt}`;
  return [
    find('sessions', {
      level: 'fine',
      says: `${running} ${running === 1 ? 'session runs' : 'sessions run'} with ${openAttempts} open ${openAttempts === 1 ? 'command' : 'commands'}: commands go on while the manager is away, and what follows them starts afterwards${first}.`,
      remedy:
        'Who wants a quiet moment: nezuban drain manager --reason upgrade --wait, and nezuban resume manager afterwards',
    }),
  ];
};

const countOf = (groups: Versions['agents']): number => groups.reduce((sum, { count }) => sum + count, 0);
const rangeOf = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  min === max ? String(min) : `${min}-${max}`;

/** `agent web-1`, `3 agents (web-1, web-2, web-3)`. */
const namesOf = (groups: Versions['agents']): string => {
  const count = countOf(groups);
  const names = groups.flatMap(({ nodes }) => nodes);
  return count === 1 ? `agent ${names[0] ?? '?'}` : `${count} agents (${listed(names, count)})`;
};

const listed = (names: readonly string[], count: number = names.length): string =>
  count > namedMax ? `${names.slice(0, namedMax).join(', ')} and ${count - namedMax} more` : names.join(', ');

const sizeOf = (bytes: number): string =>
  bytes >= 1024 ** 3 ? `${(bytes / 1024 ** 3).toFixed(1)} GiB` : `${Math.round(bytes / 1024 ** 2)} MiB`;
