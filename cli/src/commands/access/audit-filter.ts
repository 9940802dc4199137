// What the commands on the audit log can be narrowed by.
import type { CommandContext, OptionSpec } from '../command.ts';
import { timeRangeOf, timeRangeOptions } from '../shared/time-range.ts';

export const auditFilterOptions = {
  search: { type: 'text', value: 'TEXT', description: 'Only entries that hold the text' },
  actor: { type: 'text', value: 'NAME', description: 'Only what this user did', completes: 'users' },
  action: { type: 'text', value: 'ACTION', description: 'Only this action, such as runNet' },
  target: { type: 'text', value: 'NAME', description: 'Only what was done to this one' },
  ...timeRangeOptions,
} as const satisfies Record<string, OptionSpec>;

export const auditFilterOf = (context: CommandContext) => {
  const { args } = context;
  const [q, actor, action, target] = (['search', 'actor', 'action', 'target'] as const).map((name) =>
    args.text(name),
  );
  return {
    ...(q !== undefined && { q }),
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(target !== undefined && { target }),
    ...timeRangeOf(context),
  };
};
