// Small edits of a trap monitor: a switch, another order. Pure. Called by the routes.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import type { TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';

/** The monitor, or one rule of it, switched. */
export const chooseRules = (
  monitor: TrapMonitor,
  { enabled, rule }: { readonly enabled: boolean; readonly rule?: string | undefined },
): TrapMonitor => {
  if (rule === undefined) return { ...monitor, enabled };
  if (!monitor.rules.some(({ name }) => name === rule))
    throw new CodedError(
      'not_found',
      say('problem_the_trap_monitor_has_no_rule', { name: monitor.name, rule }),
    );
  return {
    ...monitor,
    rules: monitor.rules.map((each) => (each.name === rule ? { ...each, enabled } : each)),
  };
};

/** Every rule must be named, and once. */
export const inNewOrder = (monitor: TrapMonitor, names: readonly string[]): TrapMonitor => {
  const byName = new Map(monitor.rules.map((rule) => [rule.name, rule]));
  const rules = names.map((name, index) => {
    const rule = byName.get(name);
    if (rule === undefined)
      throw misordered(`rules[${index}]`, `names "${name}", which is no rule or stands here twice`);
    byName.delete(name);
    return rule;
  });
  const [missing] = byName.keys();
  if (missing !== undefined) throw misordered('rules', `must name every rule; "${missing}" is missing`);
  return { ...monitor, rules };
};

const misordered = (path: string, message: string): CodedError =>
  new CodedError('invalid_definition', say('problem_the_order', { path, message }), {
    issues: [{ path, message }],
  });
