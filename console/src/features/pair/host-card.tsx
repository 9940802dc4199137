// One host of the pair: name, duty, state, and the facts behind it.
import { Anchor, Progress, Text, Title } from '@mantine/core';
import { IconCrown } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeeperView, PairHost, PairStatus } from '@nezuban/protocol/pair/status';
import { StatusBadge } from '../../components/status-badge.tsx';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';
import { LastHeard } from './last-heard.tsx';
import { reasonText } from './pair-text.ts';
import { copyLeftMs, copyPercent, hostStatus, needsGuard } from './pair-view.ts';

type Props = { readonly host: PairHost; readonly status: PairStatus };

export const HostCard = ({ host, status }: Props) => {
  const { t } = useTranslation();
  const look = hostStatus(host, status.mode);
  const role = host.isMaster ? 'master' : status.master === null ? 'host' : 'standby';
  return (
    <article
      className="nz-pair-host"
      data-tone={look.tone}
      data-master={host.isMaster || undefined}
      aria-label={host.name}
    >
      <div className="nz-pair-host-head">
        {host.isMaster && <IconCrown size={20} aria-hidden="true" className="nz-pair-crown" />}
        <div className="nz-pair-host-name">
          <Title order={2} size="h4">
            {host.name}
          </Title>
          <Text size="xs" c="dimmed">
            {t(`pair.role.${role}`)}
            {host.isSelf && ` · ${t('pair.role.self')}`}
          </Text>
        </div>
        <StatusBadge status={look} />
      </div>
      {host.reachable && host.view !== null && host.view.copy !== null && (
        <Copy name={host.name} view={host.view} />
      )}
      <Facts host={host} status={status} />
    </article>
  );
};

const Copy = ({ name, view }: { readonly name: string; readonly view: KeeperView }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { copy } = view;
  if (copy === null) return null;
  const percent = copyPercent(copy);
  const leftMs = copyLeftMs(copy, view.at);
  const done = format.size(copy.bytes);
  const text =
    copy.totalBytes === null
      ? t('pair.copy.unknown', { done })
      : t(`pair.copy.${copy.phase}`, { done, total: format.size(copy.totalBytes) });
  return (
    <div>
      <Progress.Root size="lg">
        <Progress.Section
          value={percent ?? 100}
          aria-label={t('pair.copy.label', { host: name })}
          {...(percent === null ? { striped: true } : {})}
        />
      </Progress.Root>
      <Text size="xs" mt={4} className="nz-tabular">
        {text}
        {percent !== null && ` (${percent} %)`}
        {leftMs !== null && ` · ${t('pair.copy.left', { duration: format.duration(leftMs) })}`}
      </Text>
    </div>
  );
};

const Facts = ({ host, status }: Props) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { view } = host;
  const isKnown = host.reachable && view !== null;
  const reason = view === null ? null : reasonText(view.reason, i18n.language);
  return (
    <dl className="nz-facts">
      {isKnown ? (
        <Fact name={t('pair.facts.since')}>
          <Instant at={view.since} /> (<RelativeTime at={view.since} />)
        </Fact>
      ) : (
        <Fact name={t('pair.facts.heard')}>
          <LastHeard ms={host.lastHeardAgoMs} />
        </Fact>
      )}
      {isKnown && reason !== null && (
        <Fact name={t('pair.facts.reason')}>
          <span lang={reason.lang}>{reason.text}</span>
        </Fact>
      )}
      {isKnown && (
        <Fact name={t('pair.facts.database')}>
          <DatabaseWords database={view.database} />
        </Fact>
      )}
      {isKnown && view.freeBytes !== null && (
        <Fact name={t('pair.facts.disk')}>{format.size(view.freeBytes)}</Fact>
      )}
      {isKnown && !view.guardRuns && needsGuard(status) && (
        <Fact name="">
          <Text span size="sm" className="nz-pair-alarm">
            {t('pair.guardMissing')}
          </Text>
        </Fact>
      )}
      {host.address !== null && <Fact name={t('pair.facts.address')}>{host.address}</Fact>}
      {host.reachable && host.roundTripMs !== null && (
        <Fact name={t('pair.facts.roundTrip')}>{`${format.number(host.roundTripMs)} ms`}</Fact>
      )}
      {isKnown && <Fact name={t('pair.facts.release')}>{view.release}</Fact>}
      {host.consoleUrl !== null && (
        <Fact name={t('pair.facts.console')}>
          <Anchor href={host.consoleUrl} size="sm">
            {host.consoleUrl}
          </Anchor>
        </Fact>
      )}
    </dl>
  );
};

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div className="nz-facts-row">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const DatabaseWords = ({ database }: { readonly database: KeeperView['database'] }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { runs, streaming, healthy, bytes } = database;
  const word = runs === 'standby' && !streaming ? t('pair.database.standbyIdle') : t(`pair.database.${runs}`);
  const isSick = !healthy && runs !== 'absent' && runs !== 'stopped';
  return (
    <>
      {[word, ...(bytes === null ? [] : [format.size(bytes)])].join(' · ')}
      {isSick && <span className="nz-pair-alarm"> · {t('pair.database.sick')}</span>}
    </>
  );
};
