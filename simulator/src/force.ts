/**
 * `force-master`, done as the manual says: everybody who does not answer is really off, and starts again only connected to the forced
 * host until the former voters have confirmed it.
 */
import type { VoterId } from '@nezuban/protocol/pair/roster';
import type { Host } from './host.ts';
import type { Operators } from './operators.ts';

export interface Force {
  readonly begin: (host: Host) => void;
}

const LOOK_MS = 300;
const SETTLE_MS = 400;
const ASKS_MAX = 30;
const WALK_MAX_MS = 5000;
/** Each force begins a new block of terms. */
const ERA_TERMS = 65_536;

interface Attempt {
  readonly host: Host;
  readonly held: readonly Host[];
  /** Of the keeper that was asked. */
  life: number;
  termBefore: number;
  refused: boolean;
  /** Nobody waits for it any more, so it is not asked again. */
  isOver: boolean;
}

export function createForce(operators: Operators): Force {
  const { world, random } = operators;
  let isBusy = false;

  const others = (host: Host): Host[] => world.hosts.filter((one) => one !== host);

  const release = (held: readonly Host[]): void => {
    for (const host of held) {
      // One walks from host to host.
      operators.later(random.between(0, host.role === 'member' ? WALK_MAX_MS : WALK_MAX_MS / 4), () => {
        host.release();
      });
    }
  };

  const eraOf = (term: number): number => Math.floor(term / ERA_TERMS);

  /** Whoever has forced one side does not force the other one before it has heard of that: it could only undo it. */
  const knowsLastForce = (host: Host): boolean => {
    const newest = world.checks.rosters.newest?.roster.term ?? 0;
    return eraOf(host.disk.durable?.roster?.term ?? 0) >= eraOf(newest);
  };

  /** Connected to the forced host alone, and to that one surely; it is watched over meanwhile. */
  const setApart = (host: Host, apart: readonly Host[], isApart: boolean): void => {
    host.sheltered = isApart;
    for (const one of apart) {
      world.network.setWire(one.index, host.index, isApart);
      for (const other of others(host)) world.network.setBlock(one.index, other.index, isApart);
    }
  };

  /** The command was taken: the others come back, each of them connected to the forced host alone. */
  const confirm = (host: Host, held: readonly Host[]): void => {
    world.count.forced += 1;
    setApart(host, held, true);
    release(held);
    const look = (): void => {
      const newest = world.checks.rosters.newest?.roster;
      if (
        newest === undefined ||
        newest.forced !== null ||
        newest.term < (host.disk.durable?.roster?.term ?? 0)
      ) {
        operators.later(LOOK_MS, look);
        return;
      }
      setApart(host, held, false);
      isBusy = false;
    };
    operators.later(LOOK_MS, look);
  };

  /** Was it taken? The disk of the host says so, if its answer was lost. */
  const watch = (attempt: Attempt): void => {
    const { host, held } = attempt;
    const roster = host.disk.durable?.roster;
    const isOver = attempt.refused || host.keeper.process.life !== attempt.life;
    const isTaken = roster != null && eraOf(roster.term) > eraOf(attempt.termBefore);
    if (isTaken) confirm(host, held);
    else if (!isOver || host.disk.isWriting) operators.later(LOOK_MS, () => watch(attempt));
    else {
      attempt.isOver = true;
      release(held);
      isBusy = false;
    }
  };

  /** A refusal is read, and the command typed again. */
  const ask = (attempt: Attempt, times: number): void => {
    const { host, held } = attempt;
    if (attempt.isOver) return;
    attempt.life = host.keeper.process.life;
    attempt.termBefore = host.disk.durable?.term ?? 0;
    operators.command(
      host,
      { do: 'force-master', confirmedOff: confirmedOff(held), agentsHeardOtherAgoMs: null },
      (ok) => {
        attempt.refused = !ok && times <= 1;
        if (!ok && times > 1) operators.later(LOOK_MS, () => ask(attempt, times - 1));
      },
    );
    if (times === ASKS_MAX) watch(attempt);
  };

  const confirmedOff = (held: readonly Host[]): VoterId[] => held.map(({ voterId }) => voterId);

  return {
    begin: (host) => {
      if (isBusy || !host.up || host.held || !knowsLastForce(host)) return;
      isBusy = true;
      // Everybody else goes off, or all but some witnesses that are reachable.
      const held = others(host).filter(({ role }) => role === 'member' || random.chance(0.7));
      world.trace?.note('human', `prepares to force ${host.name}; off: ${confirmedOff(held).join(' ')}`);
      for (const other of held) other.hold();
      const attempt: Attempt = {
        host,
        held,
        life: host.keeper.process.life,
        termBefore: host.disk.durable?.term ?? 0,
        refused: false,
        isOver: false,
      };
      operators.later(world.options.timing.forceSilenceMs + SETTLE_MS, () => ask(attempt, ASKS_MAX));
    },
  };
}
