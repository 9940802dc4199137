// The audit log: who changed what, from where.
// Responsible for writing entries in the caller's transaction, so that there is no change without its entry.
// Reading it is in audit-routes.ts.
import type { Logger } from '@nezuban/platform/logger';
import { redactSecrets } from '@nezuban/platform/redact';
import type { AuditLog } from '../ports.ts';

export const createAuditLog = (logger: Logger): AuditLog => ({
  async record(transaction, { actor, action, target, details }) {
    // Secrets do not belong into details; a slip must not put one where it can be read for ever.
    const safe = redactSecrets(details);
    await transaction.query(
      'INSERT INTO audit (actor, action, target, details, address) VALUES ($1, $2, $3, $4, $5)',
      [actor.name, action, target, JSON.stringify(safe), actor.address],
    );
    logger.debug({ actor: actor.name, action, target }, 'Audit entry written');
  },
});
