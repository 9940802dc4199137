/**
 * What every command of backups is given: the home and its sockets, the release, and the ways to say something.
 */
import type { BackupProgress } from '@nezuban/protocol/backup/backup';
import type { HomeLayout } from '../keeper/child-config.ts';

export type BackupContext = {
  readonly layout: HomeLayout;
  readonly uid: number;
  readonly clock: { readonly now: () => Temporal.Instant };
  readonly hostName: string;
  /** One finished sentence for the person, or for the manager that started us. */
  readonly say: (line: string) => void;
  readonly progress: (progress: BackupProgress) => void;
  readonly signal: AbortSignal;
};
