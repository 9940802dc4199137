// In the header of every page: says that a pair is not redundant, and leads to its page. Nothing for a single manager or a pair that is well.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { pairPollMs } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { StatusIcon } from '../../components/status-icon.tsx';
import { redundancyStatus } from './pair-view.ts';

export const PairBadge = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data } = useQuery(queries.pair(pairPollMs.frame));
  if (data === undefined || data.mode === 'single' || data.redundancy === 'redundant') return null;
  const { tone, icon, label } = redundancyStatus(data);
  const state = t(label);
  return (
    <Link
      to="/pair"
      className="nz-status nz-pair-badge"
      data-tone={tone}
      aria-label={t('pair.badge', { state })}
      title={t('pair.badge', { state })}
    >
      <StatusIcon name={icon} />
      <span className="nz-pair-badge-word">{state}</span>
    </Link>
  );
};
