// Approvals that are open: nothing has to be done for them but to be there when somebody asks. Called by `unit-works.ts`.
import type { WorkHand } from './unit-works.ts';

export const createApprovalHand = ({
  onChanged,
}: {
  /** Another list of open approvals. */
  readonly onChanged: () => void;
}): WorkHand<'approval'> => ({ begin: onChanged, end: onChanged });
