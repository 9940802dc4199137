// `nezuban upgrade --check`: asks the running manager, reads what the new release says of itself, and tells what stands in the way.
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { releaseFactsSchema, type ReleaseFacts, type Versions } from '@nezuban/protocol/versions/versions';
import type { ApiClient } from '../../api/client.ts';
import { exitCodes, type ExitCode } from '../../exit-codes.ts';
import { Failure, usageFailure } from '../../failure.ts';
import { visible } from '../../output/visible.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { judgeUpgrade, worstOf, type Finding, type Level, type UpgradeFacts } from './judge-upgrade.ts';
import { upgradeSteps } from './upgrade-steps.ts';

const backupHoursDefault = 24;
/** Where each release says what it needs. */
const factsFile = 'manager/release.json';
const ownRoot = path.join(import.meta.dirname, '../../../..');

export const run: CommandRun = async (context) => {
  const { args, out, ports, command } = context;
  if (!args.flag('check'))
    throw usageFailure(
      'An upgrade is done by installing the new release; "nezuban upgrade --check" says what stands in the way, and in which order it is done.',
      command.name,
    );
  const to = args.text('to');
  const api = await context.api();
  const now = await api.call('getVersions');
  const next = await factsOfNext(to, now);
  const [pair, newestBackup] = await Promise.all([askPair(api), askBackup(api)]);
  const facts: UpgradeFacts = {
    now,
    next,
    pair,
    newestBackup,
    backupHoursMax: args.integer('backup-hours') ?? backupHoursDefault,
    nowMs: ports.now(),
  };
  const findings = judgeUpgrade(facts);
  const verdict = worstOf(findings);
  const steps = upgradeSteps({
    pair: pair?.mode === 'pair',
    postgresChanges: next !== null && next.postgresMajor !== now.postgres.major,
  });
  await out.result({ from: now.release, to: next?.release ?? null, verdict, findings, steps }, () => [
    ...headingOf(facts, verdict, context),
    '',
    ...findings.flatMap((finding) => linesOf(finding, context)),
    '',
    out.paint('bold', 'Steps'),
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
  ]);
  return codes[verdict];
};

const codes: Readonly<Record<Level, ExitCode>> = {
  fine: exitCodes.ok,
  look: exitCodes.upgradeLook,
  stop: exitCodes.upgradeStop,
};

const headingOf = (
  { now, next }: UpgradeFacts,
  verdict: Level,
  { out }: CommandContext,
): readonly string[] => {
  const what =
    next === null
      ? `Upgrade of release ${now.release}`
      : `Upgrade from release ${now.release} to ${next.release}`;
  const sum: Readonly<Record<Level, string>> = {
    fine: out.paint('green', 'nothing stands in the way.'),
    look: out.paint('yellow', 'look at what is marked before you begin.'),
    stop: out.paint('red', 'do not begin yet: what is marked "stop" stands in the way.'),
  };
  return [
    `${what}: ${sum[verdict]}`,
    ...(next === null
      ? [
          'No new release was named; with --to DIR, where it lies unpacked, schema, agents and PostgreSQL are judged, too.',
        ]
      : []),
  ];
};

const styles = { stop: 'red', look: 'yellow', fine: 'green' } as const;

const linesOf = ({ topic, level, says, remedy }: Finding, { out }: CommandContext): readonly string[] => [
  `${out.paint(styles[level], level.padEnd(4))}  ${topic.padEnd(8)}  ${visible(says)}`,
  ...(remedy === null ? [] : [`${' '.repeat(16)}${remedy}`]),
];

/** What was named, or the release of this command line if it is another one than the manager's. */
const factsOfNext = async (to: string | undefined, now: Versions): Promise<ReleaseFacts | null> => {
  if (to !== undefined) return await readFacts(to);
  const own = await readFacts(ownRoot).catch(() => null);
  return own === null || own.release === now.release ? null : own;
};

const readFacts = async (place: string): Promise<ReleaseFacts> => {
  const refuse = (why: string, cause?: unknown): never => {
    throw new Failure(`${place} holds no release of Nezuban: ${why}.`, {
      exitCode: exitCodes.refused,
      code: 'unreadable',
      hints: [
        'Name the folder into which the new release is unpacked or installed, such as /opt/nezuban.new.',
      ],
      cause,
    });
  };
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    () => refuse('there is no such folder'),
  );
  const file = isFolder ? path.join(place, factsFile) : place;
  const text = await readFile(file, 'utf8').catch((error: unknown) =>
    refuse(`${file} cannot be read`, error),
  );
  try {
    return releaseFactsSchema.parse(JSON.parse(text));
  } catch (error) {
    return refuse(`${file} is not what a release says of itself`, error);
  }
};

/** Null where it cannot be told: no right, or a manager that does not know the question. */
const askPair = async (api: ApiClient): Promise<UpgradeFacts['pair']> => {
  try {
    const { mode, redundancy, summary } = await api.call('getPair');
    return { mode, redundancy, summary };
  } catch (error) {
    return refusedAs(error, null);
  }
};

const askBackup = async (api: ApiClient): Promise<UpgradeFacts['newestBackup']> => {
  try {
    const { items, problem } = await api.call('listBackups');
    const newest = items
      .map(({ endedAt }) => endedAt)
      .toSorted()
      .at(-1);
    if (newest !== undefined) return { endedAt: newest };
    return problem === null ? null : 'unknown';
  } catch (error) {
    return refusedAs(error, 'unknown');
  }
};

const refusedAs = <Answer>(error: unknown, answer: Answer): Answer => {
  if (error instanceof Failure && error.exitCode === exitCodes.refused) return answer;
  throw error;
};
