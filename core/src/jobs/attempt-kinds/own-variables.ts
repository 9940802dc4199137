// What Nezuban tells every command and tool about itself, as environment variables.
import { recordAt } from '../step.ts';
import { scopeOf } from '../variables/place-values.ts';
import type { AttemptPlace } from './attempt-kind.ts';

export function ownVariables({ session, attempt, unitPath }: AttemptPlace): Record<string, string> {
  return {
    NEZUBAN_SESSION_ID: session.isPreview === true ? '{{session}}' : String(session.id),
    NEZUBAN_NET: scopeOf(session, recordAt(session, attempt.unit).unit).net,
    NEZUBAN_UNIT: unitPath,
    NEZUBAN_RUN: String(attempt.run),
    NEZUBAN_TRY: String(attempt.try),
  };
}
