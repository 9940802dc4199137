// How the command line says what a queue, lock or limit of a node is, and reads which one is meant. Pure.
import type { LimitKind, LimitSummary, PlaceHolder } from '@nezuban/protocol/jobs/control/limit';
import type { UnitWait } from '@nezuban/protocol/jobs/session';
import { usageFailure } from '../../failure.ts';
import type { CommandContext } from '../command.ts';
import { formatInstant } from '../../output/time.ts';

const kinds: Readonly<Record<string, LimitKind>> = {
  queue: 'queue',
  lock: 'lock',
  node: 'node_limit',
  // As files of definitions have it.
  node_limit: 'node_limit',
};

export const kindWord = (kind: LimitKind): string => (kind === 'node_limit' ? 'node' : kind);

export const limitOf = (args: CommandContext['args'], command: string): { kind: LimitKind; name: string } => {
  const word = args.positional('KIND');
  const kind = kinds[word];
  if (kind === undefined) throw usageFailure(`"${word}" is no kind: write queue, lock or node.`, command);
  return { kind, name: args.positional('NAME') };
};

/** Frozen: its node is, or all that wait in it do so for nodes that are. */
export const stateWord = ({ paused, places, used, waiting, frozen, kind, name }: LimitSummary): string => {
  if (paused !== null) return 'paused';
  if (places === 0) return 'closed';
  const isNode =
    kind === 'node_limit' &&
    frozen?.freezes.some(({ place }) => place.kind === 'scope' || place.name === name) === true;
  if (isNode || (frozen !== undefined && waiting > 0 && frozen.waiting === waiting)) return 'frozen';
  return used >= places ? 'full' : 'open';
};

/** `node "web-1" is frozen by alice since 2026-11-26 09:00:00: disk swap`. */
export const freezeWords = ({ place, by, since, until, reason }: UnitWait): string =>
  `${place.kind} "${place.name}" is frozen by ${by} since ${formatInstant(since)}${until === null ? '' : ` until ${formatInstant(until)}`}: ${reason}`;

/** One line for each freeze that keeps somebody of the line; who may see none of them is told how many wait. */
export const freezeLines = ({ kind, name, frozen }: LimitSummary): string[] => {
  if (frozen === undefined) return [];
  const head = `${kindWord(kind)} ${name}: ${frozen.waiting} wait for what is frozen`;
  return frozen.freezes.length === 0
    ? [head]
    : [`${head}:`, ...frozen.freezes.map((freeze) => `  ${freezeWords(freeze)}`)];
};

export const holderWord = ({ session, net, unit }: PlaceHolder): string =>
  session === null
    ? 'of a net that you may not see'
    : `session ${session} ${net ?? ''}${unit === null ? '' : ` ${unit}`}`;

export const sinceWord = (since: string | null): string => (since === null ? '-' : formatInstant(since));
