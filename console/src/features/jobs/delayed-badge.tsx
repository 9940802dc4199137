// Says that a unit or session started or ended late, or that something in it did; the time stands in its title. Used by lists and pages.
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Delayed } from '@nezuban/protocol/jobs/session';
import { useFormat } from '../../components/use-format.ts';

export const DelayedBadge = ({ delayed }: { readonly delayed: Delayed | undefined }) => {
  const { t } = useTranslation();
  const format = useFormat();
  if (delayed === undefined) return null;
  const { start, end, inside } = delayed;
  const what = start !== undefined ? 'start' : end !== undefined ? 'end' : 'inside';
  const at = start ?? end ?? inside;
  if (at === undefined) return null;
  return (
    <Badge color="orange" variant="light" title={t('places.delayedAt', { at: format.instant(at) })}>
      {t(`places.delayed.${what}`)}
    </Badge>
  );
};
