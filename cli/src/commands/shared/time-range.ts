// From when to when: the two options of commands that list what happened.
import { parseInstant } from '../../arguments/instant.ts';
import type { CommandContext, OptionSpec } from '../command.ts';

export const timeRangeOptions = {
  from: {
    type: 'text',
    value: 'TIME',
    description:
      'Only since then: "2026-11-22 18:30", "22:00", "yesterday 22:00", or 2h, 7d for how long ago',
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
  const from = instant('from');
  const to = behind(instant('to'), from, args.text('to'));
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
};

/** A time of the day alone that has not been since `from` is the one that follows it. */
const behind = (
  to: string | undefined,
  from: string | undefined,
  text: string | undefined,
): string | undefined => {
  if (to === undefined || from === undefined || to > from || !/^\d{1,2}:\d{2}$/.test(text ?? '')) return to;
  const [clock, next] = [new Date(to), new Date(from)];
  next.setHours(clock.getHours(), clock.getMinutes(), 0, 0);
  if (next.toISOString() <= from) next.setDate(next.getDate() + 1);
  return next.toISOString();
};
