/**
 * The fence command: removes the peer's power, surely, if it says so.
 *
 * It may fail without effect, fail after the effect, or answer too late. It never claims a success that is none.
 */
import type { VoterId } from '@nezuban/protocol/pair/roster';
import type { Host } from './host.ts';

const QUICK_MIN_MS = 100;
const QUICK_MAX_MS = 1200;
/** Past the hard limit of the command in the simulator's timing. */
const LATE_MAX_MS = 3000;
const ANSWER_MAX_MS = 100;

export function poweringOff(host: Host, peer: VoterId, attempt: number): void {
  const { world } = host;
  const { draw } = world.chance;
  const trouble = world.chance.fenceTrouble();
  const acts = draw.between(QUICK_MIN_MS, QUICK_MAX_MS);
  const answers = draw.between(0, trouble === 'late' ? LATE_MAX_MS : ANSWER_MAX_MS);
  world.count.fences += 1;
  // The power switch acts whether or not the keeper that asked for it still lives.
  world.queue.after(acts, world.nature, () => {
    if (trouble !== 'fails') world.hostOf(peer)?.cutPower(world.chance.offTime());
  });
  const ok = trouble === 'none' || trouble === 'late';
  host.keeper.tell({ type: 'fence-result', attempt, ok }, acts + answers);
}
