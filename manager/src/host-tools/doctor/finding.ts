// What the doctor says. Pure.

export type FindingLevel = 'ok' | 'warning' | 'problem';

export type Finding = {
  /** Stable, for scripts: `disk.free`. */
  readonly id: string;
  readonly level: FindingLevel;
  /** What was found, one sentence. */
  readonly says: string;
  /** What it means if it stays so. */
  readonly means?: string;
  /** What to type or do, a line each. */
  readonly type?: readonly string[];
};

export const ok = (id: string, says: string): Finding => ({ id, level: 'ok', says });
export const warning = (id: string, says: string, rest: Pick<Finding, 'means' | 'type'> = {}): Finding => ({
  id,
  level: 'warning',
  says,
  ...rest,
});
export const problem = (id: string, says: string, rest: Pick<Finding, 'means' | 'type'> = {}): Finding => ({
  id,
  level: 'problem',
  says,
  ...rest,
});

const severity: Readonly<Record<FindingLevel, number>> = { ok: 0, warning: 1, problem: 2 };

export const worstLevel = (findings: readonly Finding[]): FindingLevel =>
  findings.reduce<FindingLevel>(
    (worst, { level }) => (severity[level] > severity[worst] ? level : worst),
    'ok',
  );
