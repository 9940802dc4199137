// What a definition says of the times of a unit or net, of holding it, and of how a net ends, as the plan keeps it.
import type { EndStatusRule, Hold, Watch } from '@nezuban/protocol/jobs/control/watch';

export type PlannedControl = {
  readonly watch: Watch | null;
  /** Held when the session begins if it ended so in the session before, or worse. */
  readonly holdIf: 'warning' | 'abnormal' | null;
  /** Of a net. */
  readonly endStatus: EndStatusRule;
};

type Keys = {
  readonly delays?: Watch | undefined;
  readonly hold?: Hold | undefined;
  readonly end_status?: EndStatusRule | undefined;
};

/** Null for a unit without any of it, as nearly all are. */
export function plannedControl({
  delays,
  hold,
  end_status: endStatus = 'worst',
}: Keys): PlannedControl | null {
  const holdIf =
    hold === 'if_previous_warning' ? 'warning' : hold === 'if_previous_abnormal' ? 'abnormal' : null;
  if (delays === undefined && holdIf === null && endStatus === 'worst') return null;
  return { watch: delays ?? null, holdIf, endStatus };
}
