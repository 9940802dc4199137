// What operators have done to a unit: who holds it, who paused it, who set its result or took it as a warning.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { endStatuses } from '@nezuban/protocol/jobs/end-status';
import type { UnitView } from '@nezuban/protocol/jobs/session';
import { useFormat } from '../../../components/use-format.ts';
import { saidIn } from '../../../i18n/said.ts';
import { saidReason } from '../said-reason.ts';

/** A state, or an end status. */
const wasText = (was: string, language: string): string => {
  const isEnd = endStatuses.some((status) => status === was);
  return saidIn({ message: was, code: `${isEnd ? 'status' : 'state'}_${was}` }, language);
};

export const UnitMarks = ({
  unit,
}: {
  readonly unit: Pick<UnitView, 'paused' | 'held' | 'set' | 'asWarning' | 'attempts'>;
}) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { paused, held, set, asWarning, attempts } = unit;
  const lines: string[] = [];
  if (paused !== undefined)
    lines.push(
      t(`sessionOperations.paused.${paused.kind}`, { by: paused.by, at: format.instant(paused.at) }),
    );
  if (held !== undefined)
    lines.push(t('sessionOperations.heldBy', { by: held.by, at: format.instant(held.at) }));
  if (set !== undefined)
    lines.push(
      t('sessionOperations.setBy', {
        by: set.by,
        at: format.instant(set.at),
        was: wasText(set.was, i18n.language),
      }),
    );
  if (asWarning !== undefined)
    lines.push(t('sessionOperations.asWarningBy', { by: asWarning.by, at: format.instant(asWarning.at) }));
  const { late = null, lateSaid } = attempts[0]?.byHand ?? {};
  const what = saidReason({ reason: late, reasonSaid: lateSaid }, i18n.language);
  if (what !== null) lines.push(t('sessionOperations.late', { what }));
  return lines.map((line) => (
    <Text key={line} size="sm">
      {line}
    </Text>
  ));
};
