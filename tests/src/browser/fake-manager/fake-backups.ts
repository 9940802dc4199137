// Backups of the fake manager: two that are there, one that failed, and one that is made when somebody asks.
import type { BackupRun, BackupStatus } from '@nezuban/protocol/api/backup-operations';
import { ago } from './fake-data.ts';
import { refuse, type FakeHandlers } from './fake-kit.ts';
import type { FakeWorld } from './fake-world.ts';

const DAY = 86_400;
/** How often the console asks until the backup is through. */
const LOOKS = 2;

export const createFakeBackupHandlers = (world: FakeWorld): FakeHandlers => {
  const directory = () => (world.settings.get('backup')?.values['directory'] as string | null) ?? null;
  const made = (id: number, secondsAgo: number): BackupRun => ({
    id,
    cause: 'schedule',
    startedAt: ago(secondsAgo),
    endedAt: ago(secondsAgo - 60),
    ok: true,
    name: `2026112${id}T170000Z-3f9a`,
    directory: directory() ?? '',
    host: 'ops-1',
    bytes: 412_000_000,
    holdsUntil: ago(secondsAgo - 40),
    says: 'The backup was made and verified.',
  });
  let runs = [made(4, 2 * DAY), made(5, DAY)];
  let looksLeft = 0;
  const status = (): BackupStatus => {
    const where = directory();
    const last = where === null ? null : (runs.at(-1) ?? null);
    return {
      directory: where,
      nextAt: where === null ? null : ago(-DAY / 2),
      running:
        looksLeft === 0
          ? null
          : {
              startedAt: ago(3),
              cause: 'person',
              phase: 'copying',
              bytes: 210_000_000,
              totalBytes: 900_000_000,
            },
      last,
      lastMade: last,
      lastFailed: null,
      archive:
        where === null
          ? null
          : { state: 'streaming', says: 'The log is archived as it is written.', until: ago(1) },
    };
  };
  return {
    getBackupStatus: () => {
      const body = status();
      if (looksLeft > 0 && (looksLeft -= 1) === 0) runs = [...runs, { ...made(6, 60), cause: 'person' }];
      return { body };
    },
    listBackups: () => ({
      body: {
        directory: directory(),
        items: runs.toReversed().map((run) => ({
          name: run.name ?? '',
          release: '0.1.0',
          startedAt: run.startedAt,
          holdsUntil: run.holdsUntil ?? run.endedAt,
          endedAt: run.endedAt,
          bytes: run.bytes ?? 0,
          dataBytes: 1_400_000_000,
          sealed: true,
          verifiedAt: run.endedAt,
          verifiedHow: 'checksums' as const,
          logUntil: ago(1),
        })),
        problem: null,
      },
    }),
    createBackup: () => {
      if (directory() === null) refuse('backup_refused', 'Nobody has said yet where backups go.');
      looksLeft = LOOKS;
      return { body: status() };
    },
  };
};
