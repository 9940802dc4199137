// Rules of roles that forbid nothing, since their scope is not there: left by a release that let a scope be deleted under them.
import type { DoctorContext } from '../context.ts';
import { ok, warning, type Finding } from '../finding.ts';

/** Names in one sentence. */
const NAMED_MAX = 5;

export const checkAccess = async ({ database }: Pick<DoctorContext, 'database'>): Promise<Finding[]> => {
  if (database === null) return [];
  const rows = await database.query<{ role: string; scope: string }>({
    text: `SELECT DISTINCT role.name AS role, rule->>'scope' AS scope FROM role, jsonb_array_elements(role.grants) AS rule
           WHERE rule->>'effect' = 'deny' AND rule->>'scope' IS NOT NULL
             AND NOT EXISTS (SELECT FROM scope WHERE scope.name = rule->>'scope')
           ORDER BY 1, 2 LIMIT $1`,
    values: [NAMED_MAX + 1],
  });
  if (rows.length === 0) return [ok('access.rules', 'Each rule that forbids names a scope that is there.')];
  const named = rows.slice(0, NAMED_MAX).map(({ role, scope }) => `"${role}" at scope "${scope}"`);
  return [
    warning(
      'access.rules',
      `Rules of roles forbid nothing, since their scope is not there: ${named.join(', ')}${rows.length > NAMED_MAX ? ' and more' : ''}.`,
      {
        means: 'Who has such a role may more than the rule says.',
        type: ['Make the scope again, or change the role: nezuban role show NAME'],
      },
    ),
  ];
};
