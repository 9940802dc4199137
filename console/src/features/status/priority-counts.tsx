// Counts of the status by priority, as small signs: icon, colour and number, with words for readers. Those that are zero are left out.
import { VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { StatusCounts } from '@nezuban/protocol/events/status';
import type { Priority } from '@nezuban/protocol/priority';
import { StatusIcon } from '../../components/status-icon.tsx';
import { priorityStatus } from '../../components/status.ts';
import { useFormat } from '../../components/use-format.ts';

type Props = { readonly counts: StatusCounts; readonly priorities: readonly Priority[] };

export const PriorityCounts = ({ counts, priorities }: Props) => {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <span className="nz-counts">
      {priorities
        .filter((priority) => counts[priority] > 0)
        .map((priority) => {
          const status = priorityStatus(priority);
          const words = t('situation.count', {
            priority: t(status.label),
            count: format.number(counts[priority]) as never,
          });
          return (
            <span key={priority} data-tone={status.tone} title={words}>
              <StatusIcon name={status.icon} size={14} />
              <span aria-hidden="true">{format.number(counts[priority])}</span>
              <VisuallyHidden>{words}</VisuallyHidden>
            </span>
          );
        })}
    </span>
  );
};
