// What Nezuban tells every command and tool about itself, as environment variables.
import type { AttemptPlace } from './attempt-kind.ts';

export function ownVariables({ session, attempt, unitPath }: AttemptPlace): Record<string, string> {
  return {
    NEZUBAN_SESSION_ID: String(session.id),
    NEZUBAN_NET: session.plan.definition.name,
    NEZUBAN_UNIT: unitPath,
    NEZUBAN_RUN: String(attempt.run),
    NEZUBAN_TRY: String(attempt.try),
  };
}
