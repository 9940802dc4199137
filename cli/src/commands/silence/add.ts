// `nezuban silence add`: keeps notifications of some events back for a time.
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';
import type { Priority } from '@nezuban/protocol/priority';
import { usageFailure } from '../../failure.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';
import { readUntil } from '../operations/place.ts';
import { matchText } from './match-text.ts';

export const run: CommandRun = async (context) => {
  const { args, out, ports, command } = context;
  const reason = args.text('reason');
  if (reason === undefined)
    throw usageFailure('Say why, for everybody who misses a message: --reason TEXT', command.name);
  const until = readUntil(args.text('until'), ports.now(), command.name);
  if (until === undefined) throw usageFailure('Say until when: --until 2h', command.name);
  const match = matchOf((option) => args.texts(option));
  if (Object.keys(match).length === 0)
    throw usageFailure(
      'Say which events: --node, --scope, --monitor, --key, --code, --priority or --text',
      command.name,
    );
  const api = await context.api();
  const silence = await api.call('addSilence', { body: { match, reason, until } });
  await out.result(
    silence,
    () =>
      `Silence ${silence.id}: notifications of ${matchText(silence.match)} are kept back until ${formatInstant(silence.until)}. End it with: nezuban silence end ${silence.id}`,
  );
};

const matchOf = (texts: (option: string) => readonly string[]): EventMatch => {
  const list = (option: string) => {
    const given = texts(option);
    return given.length === 0 ? undefined : [...given];
  };
  const [text] = texts('text');
  const match = {
    priorities: list('priority') as Priority[] | undefined,
    codes: list('code') as EventMatch['codes'],
    monitors: list('monitor'),
    scopes: list('scope'),
    nodes: list('node'),
    keys: list('key'),
    nets: list('net'),
    text: text === undefined ? undefined : { contains: text, ignore_case: true },
  };
  return Object.fromEntries(Object.entries(match).filter(([, value]) => value !== undefined));
};
