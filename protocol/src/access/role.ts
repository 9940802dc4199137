// The form of roles: what YAML files of kind `role` and the API hold, and the roles that every installation has.
// Shape and words only; who may do what is decided in core/access.
import * as z from 'zod';
import { nameSchema, netNameSchema } from '../ids.ts';
import { rightPlaces, rights } from './rights.ts';
import type { Right } from './rights.ts';

const areaOf = (right: Right): string => right.slice(0, right.indexOf('.'));
/** `nets`, `nodes`, ...: the words before the point. */
export const rightAreas: readonly string[] = [...new Set(rights.map(areaOf))];

/** `*`: all; `nets.*`: all of an area; or one right. */
export type RightPattern = '*' | `${string}.*` | Right;
export const rightPatterns: readonly RightPattern[] = [
  '*',
  ...rightAreas.map((area): RightPattern => `${area}.*`),
  ...rights,
];
export const rightPatternSchema = z.custom<RightPattern>(
  (value) => typeof value === 'string' && (rightPatterns as readonly string[]).includes(value),
  `must be "*", an area such as "nets.*", or a right: ${rights.join(', ')}`,
);

/** The rights that a pattern means. Pure. */
export const rightsOfPattern = (pattern: RightPattern): readonly Right[] => {
  if (pattern === '*') return rights;
  if (pattern.endsWith('.*')) return rights.filter((right) => `${areaOf(right)}.*` === pattern);
  return rights.filter((right) => right === pattern);
};

/** More than anybody can oversee. */
export const roleLimits = { grantsMax: 100, rolesOfUserMax: 50 } as const;

type Limits = { readonly folder?: string | undefined; readonly scope?: string | undefined };

/**
 * Whether a limit fits a right. Without limits every right fits. With a folder or a scope, only those that can be limited so: a pattern means
 * the fitting ones, and a right that is named although it does not fit is a mistake.
 */
export const fitsLimits = (right: Right, { folder, scope }: Limits): boolean => {
  if (folder === undefined && scope === undefined) return true;
  const place = rightPlaces[right];
  return (place === 'folder' && folder !== undefined) || (place === 'scope' && scope !== undefined);
};

export const misfit = (
  patterns: readonly RightPattern[],
  limits: Limits,
): { readonly index: number; readonly message: string } | null => {
  const index = patterns.findIndex(
    (pattern) => !rightsOfPattern(pattern).some((right) => fitsLimits(right, limits)),
  );
  const pattern = patterns[index];
  if (pattern === undefined) return null;
  const place = rightPlaces[rightsOfPattern(pattern)[0] ?? 'access.read'];
  const message =
    place === 'system'
      ? `"${pattern}" concerns the whole manager and cannot be limited to a folder or scope; give it in a grant of its own`
      : `"${pattern}" can be limited to a ${place} only; give it in a grant of its own`;
  return { index, message };
};

/** One thing that a role allows or denies. A deny wins over every allow, of other roles too. */
export const grantSchema = z
  .strictObject({
    effect: z.enum(['allow', 'deny']).default('allow'),
    rights: z.array(rightPatternSchema).min(1).max(rights.length),
    /** Only job nets of this folder: the net of this very name, and all below it. */
    folder: netNameSchema.optional(),
    /** Only nodes of this scope and its child scopes. */
    scope: nameSchema.optional(),
  })
  .superRefine((grant, context) => {
    const wrong = misfit(grant.rights, grant);
    if (wrong !== null)
      context.addIssue({ code: 'custom', path: ['rights', wrong.index], message: wrong.message });
  });
export type Grant = z.output<typeof grantSchema>;

export const roleDefinitionSchema = z.strictObject({
  name: nameSchema,
  title: z.string().min(1).max(200).optional(),
  description: z.string().max(2000).optional(),
  grants: z.array(grantSchema).max(roleLimits.grantsMax),
});
/** Kind `role` in YAML files. */
export const roleFileSchema = z.strictObject({ kind: z.literal('role'), ...roleDefinitionSchema.shape });

export type RoleDefinition = z.output<typeof roleDefinitionSchema>;

const allow = (...patterns: RightPattern[]): Grant => ({ effect: 'allow', rights: patterns });
const reads = rights.filter(
  (right) => right.endsWith('.read') && right !== 'output.read' && right !== 'access.read',
);

/** Roles that every installation has. They are part of the program: nobody changes them, and a new release may extend them. */
export const builtinRoles: readonly RoleDefinition[] = [
  {
    name: 'administrator',
    title: 'Administrator',
    description: 'May do everything.',
    grants: [allow('*')],
  },
  {
    name: 'operator',
    title: 'Operator',
    description:
      'Sees everything but access, runs and operates sessions, approves, confirms events, freezes and resumes.',
    grants: [
      allow(
        ...reads,
        'output.read',
        'nets.run',
        'nets.approve',
        'nets.kill',
        'nets.correct',
        'events.confirm',
        'system.operate',
      ),
    ],
  },
  {
    name: 'editor',
    title: 'Editor',
    description: 'Defines job nets, scopes, calendars and notification rules, and runs job nets.',
    grants: [
      allow(
        'nets.*',
        'output.read',
        'calendars.*',
        'nodes.*',
        'events.*',
        'notifications.*',
        'secrets.use',
        'pair.read',
        'settings.read',
      ),
    ],
  },
  {
    name: 'viewer',
    title: 'Viewer',
    description: 'Sees job nets, sessions, nodes and events; not what commands wrote.',
    grants: [allow('nets.read', 'calendars.read', 'nodes.read', 'events.read', 'pair.read')],
  },
  {
    name: 'auditor',
    title: 'Auditor',
    description: 'Reads the audit log, users and roles, and all that a viewer sees; changes nothing.',
    grants: [allow(...reads, 'access.read')],
  },
];
export const builtinRoleNames: ReadonlySet<string> = new Set(builtinRoles.map(({ name }) => name));
