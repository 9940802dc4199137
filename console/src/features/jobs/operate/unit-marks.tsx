// What operators have done to a unit: who holds it, who paused it, who set its result or took it as a warning.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { UnitView } from '@nezuban/protocol/jobs/session';
import { useFormat } from '../../../components/use-format.ts';

export const UnitMarks = ({
  unit,
}: {
  readonly unit: Pick<UnitView, 'paused' | 'held' | 'set' | 'asWarning' | 'attempts'>;
}) => {
  const { t } = useTranslation();
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
    lines.push(t('sessionOperations.setBy', { by: set.by, at: format.instant(set.at), was: set.was }));
  if (asWarning !== undefined)
    lines.push(t('sessionOperations.asWarningBy', { by: asWarning.by, at: format.instant(asWarning.at) }));
  const late = attempts[0]?.byHand?.late;
  if (late != null) lines.push(t('sessionOperations.late', { what: late }));
  return lines.map((line) => (
    <Text key={line} size="sm">
      {line}
    </Text>
  ));
};
