// What the parts of the form of one rule are given, and whether something is wrong at a place of it.
import type { Issue } from '@nezuban/protocol/errors';
import type { RuleDraft, TrapSource } from './monitor-draft.ts';
import type { RuleChange } from './rule-card.tsx';

export type RuleFormProps = {
  readonly rule: RuleDraft;
  readonly source: TrapSource;
  readonly issues: readonly Issue[];
  readonly siblings: readonly RuleDraft[];
  readonly knownFields: readonly string[];
  readonly onChange: (change: RuleChange, field: string | null) => void;
};

/** Whether something is wrong at a place of the rule or within it. */
export const isBadAt = (issues: readonly Issue[], path: string): boolean =>
  issues.some(
    (issue) => issue.path === path || issue.path.startsWith(`${path}.`) || issue.path.startsWith(`${path}[`),
  );
