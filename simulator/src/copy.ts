/**
 * The full copy of a directory from another member: token away first, then the bytes, then a fresh token.
 *
 * It may be slow, hang until the driver sees no progress, or break with source or network. Whatever ends it early leaves no usable directory.
 */
import type { VoterId } from '@nezuban/protocol/pair/roster';
import type { DatabaseActor } from './database-actor.ts';
import type { Host } from './host.ts';

const COPY_MIN_MS = 200;
const COPY_MAX_MS = 1200;
const SLOW_COPY_MAX_MS = 4000;
/** Without progress for this long the driver gives up. */
const NO_PROGRESS_MS = 5000;
const REFUSED_MS = 30;

export function copyDirectory(actor: DatabaseActor, from: VoterId): void {
  const { host } = actor;
  const { postgres, world } = host;
  world.checks.copyBegins(host);
  actor.cancel();
  const { operation } = actor;
  actor.copying = true;
  host.manager.close();
  postgres.kill('process');
  // Gone for good from here on, in the model at once: half a copy is no directory.
  postgres.directory = null;
  const source = world.hostOf(from);
  const life = source?.postgres.process.life;
  const canBegin = source !== undefined && isServing(host, source);
  const trouble = world.chance.copyTrouble();
  const { draw } = world.chance;
  const usual = draw.between(COPY_MIN_MS, trouble === 'slow' ? SLOW_COPY_MAX_MS : COPY_MAX_MS);
  const duration = canBegin ? (trouble === 'hangs' ? NO_PROGRESS_MS : usual) : REFUSED_MS;
  world.queue.after(duration, host.keeper.process, () => {
    if (operation !== actor.operation) return;
    actor.copying = false;
    const bytes = source?.postgres.directory;
    const isWhole =
      canBegin && trouble !== 'hangs' && isServing(host, source) && source.postgres.process.life === life;
    if (bytes == null || !isWhole) {
      host.keeper.tell({ type: 'copy-failed', why: 'the source went away' }, 0);
    } else {
      const token = `${host.name}.${draw.next().toString(36)}`;
      postgres.directory = { flushed: bytes.flushed, token, timeline: bytes.timeline };
      world.count.copies += 1;
      host.keeper.tell({ type: 'copied', ...actor.present() }, 0);
    }
    actor.report();
  });
}

function isServing(host: Host, source: Host): boolean {
  const { postgres, world } = source;
  return (
    source !== host &&
    source.up &&
    postgres.role === 'primary' &&
    !postgres.process.paused &&
    world.network.connects(host.index, source.index)
  );
}
