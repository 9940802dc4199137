/**
 * The one owner of the data directory and of PostgreSQL on a member: carries out what the core demands, and tells it what happens.
 *
 * One piece of work at a time, in the order of the effects; `kill`, `copy`, `restart-primary` and a server that ends by itself cancel what is
 * under way. Whatever changes what runs is followed by a `database` report. Not responsible for why anything is done (`ha/src/decision`).
 * Readings of the contract, where it leaves a choice:
 * - **Sole member.** While the roster names this host alone, elections must not cost a start or a timeline. `run-standby` without an upstream
 *   then starts nothing and ends no running primary; the report says `standby`, since what lies here can be promoted. `promote` starts the
 *   server as a primary directly, or leaves a running one as it is; the line that it answers begins at the present position of the present
 *   timeline. A directory that was last a standby is promoted properly all the same: its old master may go on with that timeline.
 * - `run-standby` on a running primary of a pair ends that one first; during a copy it is not carried out, for the core asks again after it.
 * - `promote` without a running standby, and `restart-primary` without a directory, answer `database-lost`.
 * - a directory that must not be touched (foreign, of another version or owner) is `absent` with a trouble, and a copy over it fails.
 */
import path from 'node:path';
import type { Roster, Term, VoterId } from '@nezuban/protocol/pair/roster';
import type { DatabaseReport } from '../../decision/inputs.ts';
import type { DatabaseActorOptions, DatabaseActorPorts } from './database-options.ts';
import type { DatabaseActor, DatabaseEffect, DatabaseFacts, DatabaseInput } from '../ports.ts';
import { writeConfiguration, writeNames, writeUpstream } from './configuration.ts';
import { createCopier } from './copier.ts';
import {
  createDirectory,
  endOfCheckpoint,
  markAsOwn,
  readControl,
  wasStandby,
  toTrouble,
  type DirectoryPlace,
  type Trouble,
} from './data-directory.ts';
import { createDiskWatch } from './disk-watch.ts';
import { createHeldDirectory } from './held-directory.ts';
import { becomePrimary, currentLine } from './promotion.ts';
import { ensureRuntime, locatePostgresPackage, runtimeIn } from './runtime.ts';
import { createSerialQueue } from './serial-queue.ts';
import { createFrozenWatch } from './frozen-watch.ts';
import { createServerLife, type ServerRole, type Upstream } from './server-life.ts';
import { makeCheckpoint } from './sql-session.ts';
import { createServerWatch } from './server-watch.ts';
import type { StandbySample } from './standby-watch.ts';

/** A fast stop waits for a silent standby as long as `wal_sender_timeout`; this is a little more. */
const STOP_WAITS_MS = 5_500;
/** As a standby: its position moves without anything else changing. */
const STANDBY_REPORT_MS = 500;

/** Throws a `PostgresError` where PostgreSQL is not installed for this platform. */
export function createDatabaseActor(ports: DatabaseActorPorts, options: DatabaseActorOptions): DatabaseActor {
  const { clock, timers, logger, events } = ports;
  const { member, user, home } = options;
  const source = locatePostgresPackage();
  const runtimeRoot = path.join(home, 'runtime');
  const root = path.join(home, 'postgres');
  const place: DirectoryPlace = {
    runtime: runtimeIn(source, runtimeRoot),
    user,
    root,
    data: path.join(root, 'data'),
    socketDirectory: options.socketDirectory,
    ownUserName: options.ownUserName,
    member,
  };

  let roster: Roster | null = null;
  let ready = true;
  let stopped = false;
  let copying = false;
  /** What is being started now and does not accept connections yet. */
  let launching: ServerRole | null = null;
  let hasRuntime = false;
  /** A sole member that has not been elected: what lies here could be promoted at once. */
  let waitsForElection = false;
  let desired: { readonly upstream: VoterId | null; readonly as: string } = { upstream: null, as: '' };
  let refused: string | null = null;
  let trouble: Trouble | null = null;
  let cancelReports = () => {};

  const held = createHeldDirectory(place);
  const frozen = createFrozenWatch(clock, options.frozenMs);
  const queue = createSerialQueue(onWorkFailed);
  const disk = createDiskWatch(timers, { folder: root, ...options, onChanged: report });
  const copier = createCopier(ports, { place, ...options });
  const life = createServerLife(
    ports,
    { place, home, endsWithKeeper: options.endsWithKeeper },
    {
      onStarted: (pid) => events.onProcess({ type: 'started', pid }),
      onEnded({ said, ...ended }) {
        events.onProcess({ type: 'ended', ...ended });
        if (!ended.wanted) onServerLost(said === null ? ended.how : `${ended.how}: ${said}`);
      },
      onRefused(why) {
        if (desired.upstream === null || refused !== null || !watch.isStandby()) return;
        refused = why;
        logger.warn({ why }, 'the server of the master has refused this standby for good');
        report();
      },
      onStreamEnded: () => watch.streamEnded(),
    },
  );
  const watch = createServerWatch(ports, options, {
    onReplication: tell,
    onProbe: (id, stage) => tell({ type: 'probe', id, stage }),
    onReached: held.reached,
    onStandby: onStandbySample,
    onChanged: report,
  });

  function tell(input: DatabaseInput): void {
    if (!stopped) events.onInput(input);
  }

  // ---- what is reported

  function present(): DatabaseReport {
    const directory = held.now();
    if (directory.kind === 'absent')
      return { runs: 'absent', token: null, lineage: 0, flushed: 0, streaming: false, healthy: false };
    const role = life.role();
    return {
      runs: waitsForElection ? 'standby' : (role ?? 'stopped'),
      token: refused === null && held.isOf(options.systemIdentifier) ? directory.token : null,
      lineage: directory.lineage,
      flushed: held.flushed(),
      // While it looks where the histories part, a standby that is refused may stream what both have.
      streaming: role === 'standby' && refused === null && watch.streams(),
      healthy: ready && disk.hasRoom() && isServerWell(role),
    };
  }

  function isServerWell(role: ServerRole | null): boolean {
    return role === null ? waitsForElection && life.pid() === null : watch.isWell(role);
  }

  function report(): void {
    tell({ type: 'database', ...present() });
  }

  const tellLost = (): void => {
    tell({ type: 'database-lost' });
    report();
  };

  const isSole = (): boolean =>
    roster === null ? options.createIfAbsent : roster.members.every((id) => id === member);

  function onStandbySample(sample: StandbySample): void {
    if (sample.recovering) {
      raiseLineage(sample);
      return;
    }
    logger.error('the standby has been promoted by somebody else; it is ended');
    void preempt();
    onServerLost('it was promoted by somebody else');
  }

  /** What is received belongs to the newest promotion once it is on its timeline, past its beginning, and comes from its master. */
  function raiseLineage({ streaming, flushed, receivedTimeline }: StandbySample): void {
    const entry = roster?.lineage.at(-1);
    const directory = held.now();
    if (roster === null || entry === undefined || directory.kind === 'absent' || !streaming) return;
    if (refused !== null || desired.upstream !== roster.master || entry.term <= directory.lineage) return;
    if (receivedTimeline !== entry.timeline || flushed <= entry.startLsn) return;
    const before = directory.lineage;
    void held.keepLineage(entry.term).then(() => {
      const after = held.now();
      if (after.kind === 'present' && after.lineage !== before) report();
    }, onNotRecorded);
  }

  function onNotRecorded(error: unknown): void {
    logger.warn({ err: error }, 'the record of promotions could not be written');
  }

  function onServerLost(why: string): void {
    queue.cancelAll();
    watch.end();
    waitsForElection = false;
    trouble = { code: 'postgres_ended', message: `PostgreSQL ended by itself: ${why}.` };
    logger.warn({ why }, 'PostgreSQL has ended by itself');
    tellLost();
  }

  /** Work that could not be done, such as a start on a full disk: as if the server had ended. */
  function onWorkFailed(error: unknown): void {
    logger.error({ err: error }, 'the database could not be brought into the state that is wanted');
    watch.end();
    trouble = toTrouble(error, place);
    queue.cancelAll();
    queue.add(async (signal) => {
      await life.kill();
      if (signal.aborted) return;
      tellLost();
    });
  }

  /** Ends what runs and what is under way, at once. */
  function preempt(): Promise<void> {
    queue.cancelAll();
    copier.cancel();
    copying = false;
    waitsForElection = false;
    watch.end();
    return life.kill();
  }

  // ---- the directory

  /** Looks at a thousand files, so once; a first look that was cut off has not done it. */
  function prepareRuntime(): void {
    if (!hasRuntime) ensureRuntime(source, runtimeRoot);
    hasRuntime = true;
  }

  async function look(): Promise<void> {
    trouble = (await held.look()) ?? trouble;
  }

  async function begin(signal: AbortSignal): Promise<void> {
    prepareRuntime();
    // Nothing runs here that was not asked for: whoever should have ended it has not.
    if (options.endsWithKeeper === 'guarded') await life.kill();
    await look();
    if (options.createIfAbsent && roster === null && trouble === null) await beginAnew(signal);
    signal.throwIfAborted();
    report();
  }

  /** Nobody knows of this host yet: an empty cluster, or the one of a single manager whose release knew no tokens. */
  async function beginAnew(signal: AbortSignal): Promise<void> {
    const directory = held.now();
    if (directory.kind === 'present' && (directory.token !== null || directory.tokenOfOther)) return;
    if (directory.kind === 'absent' && (await copier.isUnfinished())) return;
    if (directory.kind === 'absent') await createDirectory(place, signal);
    else await markAsOwn(place);
    await look();
  }

  // ---- the effects

  function upstream(): Upstream | null {
    return desired.upstream === null ? null : { directory: options.upstreamDirectory, as: desired.as };
  }

  async function launch(role: ServerRole, signal: AbortSignal): Promise<void> {
    prepareRuntime();
    // A promotion that was asked for and failed: afterwards a newer timeline may come from elsewhere.
    if (held.isPromoting()) await look();
    signal.throwIfAborted();
    const followed = role === 'standby' ? upstream() : null;
    launching = role;
    try {
      await life.launch({ role, upstream: followed, pair: !isSole() }, signal);
    } finally {
      launching = null;
    }
    trouble = null;
  }

  /** A standby that is still starting may need its master to become consistent at all: it is not waited for. */
  async function steer(wanted: { readonly upstream: VoterId | null; readonly as: string }): Promise<void> {
    try {
      desired = { upstream: wanted.upstream, as: wanted.as };
      await writeUpstream(place, upstream());
      await life.reloadWhileStarting();
    } catch (error) {
      onWorkFailed(error);
    }
  }

  async function runStandby(
    wanted: { readonly upstream: VoterId | null; readonly as: string },
    signal: AbortSignal,
  ): Promise<void> {
    const before = desired;
    desired = { upstream: wanted.upstream, as: wanted.as };
    if (held.now().kind === 'absent') {
      report();
      return;
    }
    const role = life.role();
    const sole = isSole() && wanted.upstream === null;
    waitsForElection = sole && role !== 'standby';
    if (waitsForElection) {
      report();
      return;
    }
    if (role === 'standby') {
      if (before.upstream === desired.upstream && before.as === desired.as) return;
      await writeUpstream(place, upstream());
      signal.throwIfAborted();
      life.reload();
      return;
    }
    watch.end();
    if (life.pid() !== null) await life.kill();
    signal.throwIfAborted();
    await launch('standby', signal);
    await watch.begin(life.role());
    signal.throwIfAborted();
    report();
  }

  async function promote(term: Term, signal: AbortSignal): Promise<void> {
    const role = life.role();
    const sole = isSole() && role !== 'standby';
    if (held.now().kind === 'absent' || (role !== 'standby' && !sole)) {
      tellLost();
      return;
    }
    watch.end();
    desired = { upstream: null, as: '' };
    const line = await becomePrimary(
      { clock, timers, logger, life, launch },
      {
        place,
        sole,
        wasStandby: wasStandby(place.data),
        announce: () => held.announcePromotion(term),
      },
      signal,
    );
    if (sole) await held.keepLineage(term);
    else held.settlePromotion(term).catch(onNotRecorded);
    signal.throwIfAborted();
    refused = null;
    waitsForElection = false;
    trouble = null;
    tell({ type: 'promoted', term, timeline: line.timeline, startLsn: line.startLsn });
    await watch.begin(life.role());
    signal.throwIfAborted();
    report();
  }

  async function restartPrimary(term: Term, signal: AbortSignal): Promise<void> {
    // What was asked for before a stand-down says nothing after it.
    signal.throwIfAborted();
    if (held.now().kind === 'absent') {
      tellLost();
      return;
    }
    desired = { upstream: null, as: '' };
    await launch('primary', signal);
    const { flushed: recoveryEnd } = await currentLine(timers, place, signal);
    tell({ type: 'primary-restarted', term, recoveryEnd });
    await watch.begin(life.role());
    signal.throwIfAborted();
    report();
  }

  function endIfFrozen(): void {
    if (!frozen.hasLasted(life.role() === 'primary' && !watch.isWell('primary'))) return;
    void preempt().then(() => onServerLost('it answered nothing for half a minute'));
  }

  async function setNames(names: string, signal: AbortSignal): Promise<void> {
    if (life.role() !== 'primary') return;
    await writeNames(place, names);
    signal.throwIfAborted();
    life.reload();
  }

  async function stopDatabase(signal: AbortSignal): Promise<void> {
    watch.end();
    waitsForElection = false;
    const clean = life.pid() !== null && (await life.stop(STOP_WAITS_MS));
    signal.throwIfAborted();
    const control = readControl(place.data);
    let end: number | null = null;
    if (clean && control?.state === 'shut-down') end = await endOfCheckpoint(place.data, control);
    if (clean && control?.state === 'shut-down-in-recovery') end = held.flushed();
    held.reached(end ?? 0);
    signal.throwIfAborted();
    tell({ type: 'database-stopped', end });
    report();
  }

  async function copy(from: VoterId, signal: AbortSignal): Promise<void> {
    await look();
    const before = held.now();
    const why = refused;
    refused = null;
    held.forget();
    try {
      if (before.kind === 'absent' && before.trouble !== null) throw new Error(before.trouble.message);
      const { end } = await copier.copy({ from, before, refused: why, roster: () => roster }, signal);
      trouble = null;
      await look();
      held.reached(end);
      signal.throwIfAborted();
      copying = false;
      tell({ type: 'copied', ...present() });
    } catch (error) {
      signal.throwIfAborted();
      copying = false;
      tell({ type: 'copy-failed', why: (error as Error).message });
    }
    report();
  }

  async function renderAgain(signal: AbortSignal): Promise<void> {
    if (life.pid() === null) return;
    await writeConfiguration({ ...place, pair: !isSole() });
    signal.throwIfAborted();
    life.reload();
  }

  function perform(effect: DatabaseEffect): void {
    if (stopped) return;
    switch (effect.type) {
      case 'run-standby':
        if (copying) return;
        if (launching === 'standby' && life.pid() !== null) void steer(effect);
        queue.add((signal) => runStandby(effect, signal));
        return;
      case 'promote':
        queue.add((signal) => promote(effect.term, signal));
        return;
      case 'restart-primary': {
        const killed = preempt();
        queue.add((signal) => killed.then(() => restartPrimary(effect.term, signal)));
        return;
      }
      case 'set-names':
        queue.add((signal) => setNames(effect.names, signal));
        return;
      case 'probe':
        queue.add(async () => {
          if (life.role() === 'primary') watch.probe(effect.id);
        });
        return;
      case 'stop-database':
        queue.add(stopDatabase);
        return;
      case 'copy': {
        const killed = preempt();
        copying = true;
        queue.add((signal) => killed.then(() => copy(effect.from, signal)));
        return;
      }
    }
  }

  return {
    start() {
      cancelReports = timers.every(STANDBY_REPORT_MS, () => {
        if (watch.isStandby()) report();
        endIfFrozen();
      });
      disk.start();
      queue.add(begin);
    },
    perform,
    setRoster(next) {
      const wasSole = isSole();
      roster = next;
      const sole = isSole();
      if (sole !== wasSole) queue.add(renderAgain);
      if (waitsForElection && !sole) {
        waitsForElection = false;
        report();
      }
      const { token } = present();
      if (token !== null && next?.inSync[member] === token && !copying) void copier.dropOld();
    },
    setReady(next) {
      if (next === ready) return;
      ready = next;
      report();
    },
    checkpoint: () => makeCheckpoint(ports, options.socketDirectory),
    async kill() {
      await preempt();
      queue.add(async (signal) => {
        await look();
        if (!signal.aborted) report();
      });
    },
    async stop(withinMs) {
      stopped = true;
      queue.cancelAll();
      copier.cancel();
      cancelReports();
      disk.stop();
      watch.end();
      await life.stop(withinMs);
      await queue.settled();
    },
    facts: (): DatabaseFacts => ({
      report: present(),
      pid: life.pid(),
      dataDirectory: place.data,
      systemIdentifier: held.systemIdentifier(),
      copy: copier.progress(),
      replication: watch.replication(),
      trouble: trouble ?? disk.trouble(),
    }),
  };
}
