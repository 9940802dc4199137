// How many units are where: a bar and the numbers behind it.
import { useTranslation } from 'react-i18next';
import { unitStates, type SessionSummary, type UnitState } from '@nezuban/protocol/jobs/session';
import { StatusIcon } from '../../components/status-icon.tsx';
import { unitStatus, type Status } from '../../components/status.ts';
import { useFormat } from '../../components/use-format.ts';

const order: readonly UnitState[] = ['ended', 'skipped', 'running', 'starting', 'stopping', 'retry_wait', 'held', 'waiting', 'stopped', 'not_run'];
const ended: Status = { tone: 'normal', icon: 'normal', label: 'status.unit.ended' };

export const SessionProgress = ({ counts, compact = false }: { readonly counts: SessionSummary['unitCounts']; readonly compact?: boolean }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const parts = order.filter((state) => unitStates.includes(state)).flatMap((state) => {
    const count = counts[state] ?? 0;
    return count === 0 ? [] : [{ state, count, status: state === 'ended' ? { ...ended, tone: 'neutral' as const } : unitStatus(state, null) }];
  });
  const total = parts.reduce((sum, part) => sum + part.count, 0);
  const done = (counts.ended ?? 0) + (counts.skipped ?? 0) + (counts.not_run ?? 0) + (counts.stopped ?? 0);
  if (compact) {
    return (
      <span className="nz-nowrap nz-tabular" title={parts.map(({ count, status }) => `${t(status.label)} ${count}`).join(' · ')}>
        {format.number(done)} / {format.number(total)}
      </span>
    );
  }
  return (
    <div className="nz-progress">
      <div className="nz-progress-bar" aria-hidden="true">
        {parts.map(({ state, count, status }) => (
          <span key={state} data-tone={state === 'ended' ? 'normal' : status.tone} style={{ flexGrow: count }} />
        ))}
      </div>
      <ul className="nz-progress-list" aria-label={t('session.progress')}>
        {parts.map(({ state, count, status }) => (
          <li key={state} data-tone={status.tone}>
            <StatusIcon name={status.icon} size={14} /> {t(status.label)} <strong>{format.number(count)}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
};
