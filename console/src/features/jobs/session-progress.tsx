// How many units are where: a bar and the numbers behind it; each number leads to the next such unit.
import { UnstyledButton } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { unitStates, type SessionSummary, type UnitView } from '@nezuban/protocol/jobs/session';
import { StatusIcon } from '../../components/status-icon.tsx';
import { unitStatus, type Status } from '../../components/status.ts';
import { useFormat } from '../../components/use-format.ts';

const statusOrder: readonly Status['icon'][] = [
  'normal',
  'warning',
  'abnormal',
  'unknown',
  'skipped',
  'running',
  'starting',
  'stopping',
  'retry',
  'held',
  'waiting',
  'stopped',
  'notRun',
];

/** Done of all, for a row of a table. */
export const SessionDone = ({ counts }: { readonly counts: SessionSummary['unitCounts'] }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { done, total } = doneOf(counts);
  const parts = unitStates
    .filter((state) => (counts[state] ?? 0) > 0)
    .map((state) => `${t(`status.unit.${state}`)} ${format.number(counts[state] ?? 0)}`);
  return (
    <span className="nz-nowrap nz-tabular" title={parts.join(' · ')}>
      {format.number(done)} / {format.number(total)}
    </span>
  );
};

/** The same as a bar; how long it is, and that something has gone wrong. The numbers stand beside it. */
export const SessionDoneBar = ({
  counts,
  endStatus,
}: Pick<SessionSummary, 'endStatus'> & { readonly counts: SessionSummary['unitCounts'] }) => {
  const { done, total } = doneOf(counts);
  const tone = endStatus === 'abnormal' || endStatus === 'unknown' ? 'critical' : (endStatus ?? 'active');
  return (
    <span className="nz-done-bar" aria-hidden="true" data-tone={tone}>
      <span style={{ width: `${total === 0 ? 0 : (done / total) * 100}%` }} />
    </span>
  );
};

const doneOf = (counts: SessionSummary['unitCounts']) => ({
  done: (counts.ended ?? 0) + (counts.skipped ?? 0) + (counts.not_run ?? 0) + (counts.stopped ?? 0),
  total: unitStates.reduce((sum, state) => sum + (counts[state] ?? 0), 0),
});

/** Command units by how they stand or ended: a bar and the numbers behind it. */
type ProgressProps = {
  readonly units: readonly UnitView[];
  readonly selected: string | null;
  readonly onGo: (path: string) => void;
};

export const SessionProgress = ({ units, selected, onGo }: ProgressProps) => {
  const { t } = useTranslation();
  const format = useFormat();
  const parts = useMemo(() => countByStatus(units), [units]);
  return (
    <div className="nz-progress">
      <div className="nz-progress-bar" aria-hidden="true">
        {parts.map(({ status, count }) => (
          <span key={status.label} data-tone={status.tone} style={{ flexGrow: count }} />
        ))}
      </div>
      <ul className="nz-progress-list" aria-label={t('session.progress')}>
        {parts.map(({ status, count }) => (
          <li key={status.label} data-tone={status.tone}>
            <UnstyledButton
              className="nz-progress-go"
              aria-label={t('session.nextOf', { state: t(status.label), count })}
              onClick={() => {
                const next = nextWithStatus(units, status, selected);
                if (next !== null) onGo(next);
              }}
            >
              <StatusIcon name={status.icon} size={14} /> {t(status.label)}{' '}
              <strong>{format.number(count)}</strong>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </div>
  );
};

/** The next unit, nets aside, after the selected one that stands so, from the first again behind the last. */
const nextWithStatus = (
  units: readonly UnitView[],
  status: Status,
  selected: string | null,
): string | null => {
  const paths = units
    .filter((unit) => unit.type !== 'net' && unitStatus(unit.state, unit.endStatus).label === status.label)
    .map(({ path }) => path as string);
  const order = new Map(units.map(({ path }, index) => [path as string, index]));
  const from = selected === null ? -1 : (order.get(selected) ?? -1);
  return paths.find((path) => (order.get(path) ?? 0) > from) ?? paths[0] ?? null;
};

const countByStatus = (units: readonly UnitView[]): { readonly status: Status; readonly count: number }[] => {
  // By its words: what queues looks like what waits, and is another thing.
  const counts = new Map<Status['label'], { status: Status; count: number }>();
  for (const unit of units) {
    if (unit.type === 'net') continue;
    const status = unitStatus(unit.state, unit.endStatus);
    const held = counts.get(status.label);
    if (held === undefined) counts.set(status.label, { status, count: 1 });
    else held.count += 1;
  }
  const found = [...counts.values()];
  return statusOrder.flatMap((icon) => found.filter(({ status }) => status.icon === icon));
};
