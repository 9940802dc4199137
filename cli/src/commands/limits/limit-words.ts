// How the command line says what a queue, lock or limit of a node is, and reads which one is meant. Pure.
import type { LimitKind, LimitSummary, PlaceHolder } from '@nezuban/protocol/jobs/control/limit';
import { usageFailure } from '../../failure.ts';
import type { CommandContext } from '../command.ts';
import { formatInstant } from '../../output/time.ts';

const kinds: Readonly<Record<string, LimitKind>> = { queue: 'queue', lock: 'lock', node: 'node_limit' };

export const kindWord = (kind: LimitKind): string => (kind === 'node_limit' ? 'node' : kind);

export const limitOf = (args: CommandContext['args'], command: string): { kind: LimitKind; name: string } => {
  const word = args.positional('KIND');
  const kind = kinds[word];
  if (kind === undefined) throw usageFailure(`"${word}" is no kind: write queue, lock or node.`, command);
  return { kind, name: args.positional('NAME') };
};

export const stateWord = ({ paused, places, used }: LimitSummary): string =>
  paused !== null ? 'paused' : places === 0 ? 'closed' : used >= places ? 'full' : 'open';

export const holderWord = ({ session, net, unit }: PlaceHolder): string =>
  session === null
    ? 'of a net that you may not see'
    : `session ${session} ${net ?? ''}${unit === null ? '' : ` ${unit}`}`;

export const sinceWord = (since: string | null): string => (since === null ? '-' : formatInstant(since));
