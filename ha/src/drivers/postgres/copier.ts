/**
 * Makes the data directory anew from another member: by `pg_rewind` where that is possible, else by a full copy beside the old one.
 *
 * The order is what counts: the mark of unfinished work, then the token away, both on the disk, before the first byte changes; at the end
 * token and lineage into the new directory, then its name, then the mark away. Whatever interrupts this leaves a directory that counts as
 * absent. The old directory is kept until this member is in sync again. Called by the actor, with no server running.
 */
import { execFile, fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { formatInstant, type Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Lsn, Roster, Term, VoterId } from '@nezuban/protocol/pair/roster';
import type { CopyProgress } from '@nezuban/protocol/pair/status';
import { copyNewsSchema, type CopyNews, type CopyOrder } from './copy-protocol.ts';
import { markAsOwn, readControl, type DirectoryPlace, type Inspected } from './data-directory.ts';
import {
  flushFolder,
  readLineage,
  readUnfinished,
  removeToken,
  removeUnfinished,
  writeLineage,
  writeUnfinished,
} from './data-marks.ts';
import { rewind, whyNotRewind } from './rewind.ts';

export type CopierOptions = {
  readonly place: DirectoryPlace;
  readonly home: string;
  readonly upstreamDirectory: string;
  readonly copyRateMax: number | null;
  readonly toolsDirectory: string | null;
};

export type CopyRequest = {
  readonly from: VoterId;
  /** The directory as it was found. */
  readonly before: Inspected;
  /** Why the master's server has refused this directory, if it has. */
  readonly refused: string | null;
  /** The newest: it may change while the copy runs. */
  readonly roster: () => Roster | null;
};

export type Copier = {
  /** Where the new directory surely goes to. Throws one sentence. */
  readonly copy: (request: CopyRequest, signal: AbortSignal) => Promise<{ readonly end: Lsn }>;
  readonly progress: () => CopyProgress | null;
  readonly isUnfinished: () => Promise<boolean>;
  /** This member is in sync again: what was kept beside is not needed any more. */
  readonly dropOld: () => Promise<void>;
  /** Ends the process that copies. */
  readonly cancel: () => void;
};

const NO_PROGRESS_MS = 5_000;
/** The source begins with a checkpoint, during which it sends nothing. */
const CHECKPOINT_MS = 30_000;
const LOOK_MS = 250;
const NICE = 10;
const DRAFT = 'data.copy-';
const OLD = 'data.old-';
/** Not needed any more, and maybe half removed. */
const DROPPED = 'data.dropped-';

export function createCopier(
  ports: { readonly clock: Clock; readonly timers: Timers; readonly logger: Logger },
  options: CopierOptions,
): Copier {
  const { clock, timers, logger } = ports;
  const { place } = options;
  const { root, data, user } = place;
  let child: ChildProcess | null = null;
  let progress: CopyProgress | null = null;
  let dropping = false;

  async function copy(request: CopyRequest, signal: AbortSignal): Promise<{ readonly end: Lsn }> {
    const at = formatInstant(clock.now());
    progress = { phase: 'copying', bytes: 0, totalBytes: null, startedAt: at };
    try {
      await writeUnfinished(root, { work: 'copy', from: request.from, at }, user);
      if (fs.existsSync(data)) await removeToken(data);
      signal.throwIfAborted();
      const rewound = await tryRewind(request, signal);
      if (rewound !== null) return rewound;
      signal.throwIfAborted();
      await makeRoom();
      signal.throwIfAborted();
      const draft = path.join(root, `${DRAFT}${randomUUID()}`);
      const made = await receive(draft, signal);
      signal.throwIfAborted();
      // The source may still be about to record its own promotion.
      const copied = await readLineage(draft);
      const lineage = Math.max(copied.term, copied.promoting?.term ?? 0, lineageOf(request, made));
      await writeLineage(draft, { term: lineage }, user);
      await markAsOwn({ ...place, data: draft });
      signal.throwIfAborted();
      await swap(draft);
      logger.info({ from: request.from, lineage }, 'the data directory has been copied anew');
      return { end: made.end };
    } finally {
      progress = null;
    }
  }

  /** Null: a full copy is needed. */
  async function tryRewind(
    { from, before, refused, roster }: CopyRequest,
    signal: AbortSignal,
  ): Promise<{ readonly end: Lsn } | null> {
    const { toolsDirectory, upstreamDirectory } = options;
    const present = roster();
    if (toolsDirectory === null || present === null || present.master !== from) return null;
    const why = whyNotRewind(before, present, refused);
    if (why !== null) {
      logger.info({ why }, 'the data directory is copied, not rewound');
      return null;
    }
    if (progress !== null) progress = { ...progress, phase: 'rewinding' };
    try {
      const lineage = await rewind({ place, upstreamDirectory, toolsDirectory }, present, signal);
      await writeLineage(data, { term: lineage }, user);
      await markAsOwn(place);
      signal.throwIfAborted();
      await removeUnfinished(root);
      logger.info({ from, lineage }, 'the data directory has been rewound');
      return { end: readControl(data)?.minRecoveryPoint ?? 0 };
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ err: error }, 'the data directory could not be rewound; it is copied');
      if (progress !== null) progress = { ...progress, phase: 'copying' };
      return null;
    }
  }

  /** Left by earlier attempts. With an older directory kept already, the present one has never been in sync since. */
  async function makeRoom(): Promise<void> {
    const names = await fs.promises.readdir(root);
    const useless = names.filter((name) => name.startsWith(DRAFT) || name.startsWith(DROPPED));
    if (names.some((name) => name.startsWith(OLD))) useless.push(path.basename(data));
    for (const name of useless) await removeFolder(name);
  }

  /** By another process: large files take long to remove, and our thread pool has other things to do. */
  async function removeFolder(name: string): Promise<void> {
    const command = ['-n', String(NICE), 'rm', '-rf', '--', path.join(root, name)];
    await promisify(execFile)('nice', command, { cwd: '/', env: { PATH: '/usr/bin:/bin' } });
  }

  async function swap(draft: string): Promise<void> {
    if (fs.existsSync(data)) await fs.promises.rename(data, path.join(root, `${OLD}${randomUUID()}`));
    await fs.promises.rename(draft, data);
    await flushFolder(root);
    await removeUnfinished(root);
  }

  /** Runs the process of the copy until it has ended; a copy that does not move is given up. */
  async function receive(draft: string, signal: AbortSignal): Promise<Extract<CopyNews, { type: 'done' }>> {
    const started = fork(path.join(import.meta.dirname, 'copy-main.ts'), [], {
      env: { PATH: '/usr/bin:/bin', NEZUBAN_HOME: options.home },
      cwd: '/',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child = started;
    const { promise, resolve, reject } = Promise.withResolvers<Extract<CopyNews, { type: 'done' }>>();
    let sign = '';
    let movedAt = clock.monotonicMs();
    started.on('message', (message) => {
      const news = copyNewsSchema.parse(message);
      if (news.type === 'done') resolve(news);
      else if (news.type === 'failed') reject(new Error(news.why));
      else note(news);
    });
    started.once('error', (error) => reject(new Error(`the copy could not be started: ${error.message}`)));
    const ended = new Promise<void>((resolveEnded) => started.once('exit', () => resolveEnded()));
    void ended.then(() => reject(new Error('the process of the copy has ended')));
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    const cancelLooks = timers.every(LOOK_MS, () => {
      const boundMs = sign.startsWith('starting') ? CHECKPOINT_MS : NO_PROGRESS_MS;
      if (clock.monotonicMs() - movedAt >= boundMs)
        reject(new Error(`nothing has arrived for ${boundMs / 1000} seconds`));
    });

    function note(news: Extract<CopyNews, { type: 'progress' }>): void {
      const next = `${news.phase} ${news.bytes} ${news.flushed}`;
      if (next !== sign) movedAt = clock.monotonicMs();
      sign = next;
      if (progress === null) return;
      const phase = news.phase === 'checking' ? 'checking' : 'copying';
      progress = { ...progress, phase, bytes: news.bytes, totalBytes: news.totalBytes };
    }

    try {
      // Heartbeats and the present master's disk come first.
      if (started.pid !== undefined) os.setPriority(started.pid, NICE);
      started.send({
        socketDirectory: options.upstreamDirectory,
        directory: draft,
        owner: user.other ? { uid: user.uid, gid: user.gid } : null,
        rateMax: options.copyRateMax,
      } satisfies CopyOrder);
      return await promise;
    } finally {
      cancelLooks();
      signal.removeEventListener('abort', onAbort);
      // Not before it is gone may anything else happen to the folders.
      if (started.exitCode === null && started.signalCode === null) started.kill('SIGKILL');
      await ended;
      child = null;
    }
  }

  return {
    copy,
    progress: () => progress,
    isUnfinished: async () => (await readUnfinished(root)) !== null,
    async dropOld() {
      if (dropping) return;
      dropping = true;
      try {
        const all = await fs.promises.readdir(root);
        const names = all.filter((name) => name.startsWith(OLD) || name.startsWith(DROPPED));
        for (const name of names) {
          const dropped = name.replace(OLD, DROPPED);
          if (dropped !== name) await fs.promises.rename(path.join(root, name), path.join(root, dropped));
          await removeFolder(dropped);
        }
        if (names.length > 0) logger.info({ names }, 'the former data directory is not needed any more');
      } catch (error) {
        logger.warn({ err: error }, 'the former data directory could not be removed');
      } finally {
        dropping = false;
      }
    },
    cancel: () => void child?.kill('SIGKILL'),
  };
}

/** The newest promotion that everything which the source had then contains: on its timeline, and begun before the copy did. */
function lineageOf(
  { from, roster }: CopyRequest,
  { start, timeline }: { readonly start: Lsn; readonly timeline: number },
): Term {
  const entries = roster()?.master === from ? (roster()?.lineage ?? []) : [];
  return entries.findLast((entry) => entry.timeline === timeline && entry.startLsn <= start)?.term ?? 0;
}
