// What the commands on the audit log can be narrowed by.
import { parseInstant } from '../../arguments/instant.ts';
import type { CommandContext, OptionSpec } from '../command.ts';

export const auditFilterOptions = {
  search: { type: 'text', value: 'TEXT', description: 'Only entries that hold the text' },
  actor: { type: 'text', value: 'NAME', description: 'Only what this user did', completes: 'users' },
  action: { type: 'text', value: 'ACTION', description: 'Only this action, such as runNet' },
  target: { type: 'text', value: 'NAME', description: 'Only what was done to this one' },
  from: {
    type: 'text',
    value: 'TIME',
    description: 'Only since then: "2026-11-22 18:30", or 2h, 7d for how long ago',
  },
  to: { type: 'text', value: 'TIME', description: 'Only before then' },
} as const satisfies Record<string, OptionSpec>;

export const auditFilterOf = ({ args, ports, command }: CommandContext) => {
  const [q, actor, action, target] = (['search', 'actor', 'action', 'target'] as const).map((name) =>
    args.text(name),
  );
  const instant = (option: 'from' | 'to') => {
    const text = args.text(option);
    return text === undefined
      ? undefined
      : parseInstant(text, { option, command: command.name, now: ports.now() });
  };
  const [from, to] = [instant('from'), instant('to')];
  return {
    ...(q !== undefined && { q }),
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(target !== undefined && { target }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
};
