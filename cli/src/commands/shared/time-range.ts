// From when to when: the two options of commands that list what happened.
import { parseInstant } from '../../arguments/instant.ts';
import type { CommandContext, OptionSpec } from '../command.ts';

export const timeRangeOptions = {
  from: {
    type: 'text',
    value: 'TIME',
    description: 'Only since then: "2026-11-22 18:30", or 2h, 7d for how long ago',
  },
  to: { type: 'text', value: 'TIME', description: 'Only before then' },
} as const satisfies Record<string, OptionSpec>;

/** In UTC; what was not given is left out. Throws a usage Failure. */
export const timeRangeOf = ({ args, ports, command }: CommandContext) => {
  const instant = (option: 'from' | 'to') => {
    const text = args.text(option);
    return text === undefined
      ? undefined
      : parseInstant(text, { option, command: command.name, now: ports.now() });
  };
  const [from, to] = [instant('from'), instant('to')];
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
};
