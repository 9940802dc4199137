// Both hosts side by side, the way of the data between them, the witness below.
import { Text } from '@mantine/core';
import { IconArrowNarrowRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { StatusBadge } from '../../components/status-badge.tsx';
import { useFormat } from '../../components/use-format.ts';
import { HostCard } from './host-card.tsx';
import { copyPercent, linkStatus, masterOf, standbyOf, voterStatus } from './pair-view.ts';

export const PairPicture = ({ status }: { readonly status: PairStatus }) => {
  const { t } = useTranslation();
  const [left, right] = status.hosts;
  return (
    <section className="nz-pair" aria-label={t('pair.picture')}>
      {left !== undefined && <HostCard host={left} status={status} />}
      {right !== undefined && <Replication status={status} />}
      {right !== undefined && <HostCard host={right} status={status} />}
      {right === undefined && (
        <div className="nz-pair-absent">
          <Text size="sm" fw={600}>
            {t('pair.noSecond')}
          </Text>
        </div>
      )}
      <Witnesses status={status} />
    </section>
  );
};

const Replication = ({ status }: { readonly status: PairStatus }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const master = masterOf(status);
  const standby = standbyOf(status);
  const link = linkStatus(status);
  const lagBytes = master?.view?.lagBytes ?? null;
  const copy = standby?.view?.copy ?? null;
  const percent = copy === null ? null : copyPercent(copy);
  const isReversed = master !== undefined && status.hosts[1]?.id === master.id;
  return (
    <div className="nz-pair-link" data-tone={link.tone} data-reversed={isReversed || undefined}>
      <StatusBadge status={link} plain />
      <span className="nz-pair-arrow" aria-hidden="true">
        <IconArrowNarrowRight size={22} />
      </span>
      {master !== undefined && standby !== undefined && (
        <span className="nz-hidden">{t('pair.lag.from', { from: master.name, to: standby.name })}</span>
      )}
      <Text size="xs" c="dimmed" ta="center" className="nz-tabular">
        {percent !== null && `${percent} %`}
        {percent === null &&
          lagBytes !== null &&
          (lagBytes === 0 ? t('pair.lag.none') : t('pair.lag.behind', { size: format.size(lagBytes) }))}
      </Text>
      {lagBytes !== null && master?.view != null && (
        <Text size="xs" c="dimmed" ta="center">
          {t(master.view.commitsWait ? 'pair.lag.waits' : 'pair.lag.free')}
        </Text>
      )}
    </div>
  );
};

const Witnesses = ({ status: { voters } }: { readonly status: PairStatus }) => {
  const { t } = useTranslation();
  const witnesses = voters.filter(({ kind }) => kind === 'witness');
  return (
    <div className="nz-pair-witnesses">
      {witnesses.length === 0 && (
        <div className="nz-pair-witness" data-tone="warning">
          <Text size="sm" fw={600}>
            {t('pair.voters.noWitness')}
          </Text>
        </div>
      )}
      {witnesses.map(({ id, name, reachable }) => (
        <div key={id} className="nz-pair-witness" data-tone={voterStatus(reachable).tone}>
          <Text size="xs" c="dimmed">
            {t('pair.voters.kind.witness')}
          </Text>
          <Text size="sm" fw={600}>
            {name}
          </Text>
          <StatusBadge status={voterStatus(reachable)} plain />
        </div>
      ))}
    </div>
  );
};
