// Puts the domains' handlers together and proves that every operation has exactly one.
// Called by manager.ts before the server starts, so that a forgotten route is found at start and not by a user.
import { operations } from '@nezuban/protocol/api/operations';
import type { OperationId } from '@nezuban/protocol/api/operations';
import type { Handlers } from '../ports.ts';
import type { PlainHandlers } from './http-ports.ts';

/** Operations that are not answered by plain handlers: those of cookies, and streams. */
export const elsewhere: ReadonlySet<string> = new Set<OperationId>([
  'signIn',
  'signOut',
  'changePassword',
  'openLive',
  'getRawOutput',
  'exportAudit',
  'exportEvents',
]);

/** Merges what the domains give. Throws, naming the operations, if one is missing, given twice or unknown. */
export const mergeHandlers = (parts: readonly Partial<Handlers>[]): PlainHandlers => {
  const merged = new Map<string, unknown>();
  const problems: string[] = [];
  for (const part of parts) {
    for (const [id, handler] of Object.entries(part)) {
      if (!(id in operations)) problems.push(`${id} is no operation`);
      else if (elsewhere.has(id)) problems.push(`${id} is registered in its own way`);
      else if (merged.has(id)) problems.push(`${id} has two handlers`);
      else merged.set(id, handler);
    }
  }
  for (const id of Object.keys(operations)) {
    if (!elsewhere.has(id) && !merged.has(id)) problems.push(`${id} has no handler`);
  }
  if (problems.length > 0) throw new Error(`The API is not complete: ${problems.join('; ')}.`);
  return Object.fromEntries(merged) as unknown as PlainHandlers;
};
