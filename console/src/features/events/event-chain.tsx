// What an event came from and what became of it, as a picture: trap, event, then the notifications, escalations and sessions that followed.
import { Anchor, Button, Text } from '@mantine/core';
import {
  IconAlarm,
  IconAntenna,
  IconBell,
  IconListDetails,
  IconSend,
  type IconProps,
} from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ComponentType, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeliveryView } from '@nezuban/protocol/api/events-operations';
import type { EscalationRunView } from '@nezuban/protocol/api/notification-operations';
import type { EventView } from '@nezuban/protocol/events/event';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { deliveryStatus, priorityStatus, type Status } from '../../components/status.ts';
import { Instant } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';
import { useFormat } from '../../components/use-format.ts';

export const EventChain = ({ event }: { readonly event: EventView }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.eventChain(event.id));
  const followed =
    data !== undefined &&
    (data.deliveries?.length ?? 0) + (data.escalations?.length ?? 0) + data.sessions.length > 0;
  return (
    <section aria-label={t('event.chain.title')} className="nz-event-part">
      <Text fw={600} size="sm" component="h2" mb={6}>
        {t('event.chain.title')}
      </Text>
      {data === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
      {data !== undefined && (
        <ol className="nz-chain">
          {event.trapId !== null && (
            <li>
              <ChainCard Icon={IconAntenna} title={t('event.chain.trap', { id: event.trapId })}>
                {event.monitor !== null && <Text size="xs">{event.monitor}</Text>}
              </ChainCard>
            </li>
          )}
          <li>
            <ChainCard
              Icon={IconBell}
              title={t('event.chain.event', { id: event.id })}
              status={priorityStatus(event.priority)}
            >
              <Text size="xs">
                <Instant at={event.at} />
              </Text>
            </ChainCard>
          </li>
          <li>
            {followed ? (
              <ul className="nz-chain-ends">
                {data.deliveries?.map((delivery) => (
                  <li key={`delivery ${delivery.id}`}>
                    <Delivery delivery={delivery} event={event.id} />
                  </li>
                ))}
                {data.escalations?.map((run) => (
                  <li key={`escalation ${run.rule} ${run.startedAt}`}>
                    <Escalation run={run} />
                  </li>
                ))}
                {data.sessions.map((id) => (
                  <li key={`session ${id}`}>
                    <ChainCard
                      Icon={IconListDetails}
                      title={
                        <Anchor
                          size="sm"
                          renderRoot={(props: object) => (
                            <Link to="/sessions/$id" params={{ id: String(id) }} {...props} />
                          )}
                        >
                          {t('event.chain.session', { id })}
                        </Anchor>
                      }
                    />
                  </li>
                ))}
              </ul>
            ) : (
              <Text size="sm" c="dimmed" className="nz-chain-none">
                {t(data.deliveries === null ? 'event.chain.hidden' : 'event.chain.nothing')}
              </Text>
            )}
          </li>
        </ol>
      )}
    </section>
  );
};

type CardProps = {
  readonly Icon: ComponentType<IconProps>;
  readonly title: ReactNode;
  readonly status?: Status;
  readonly children?: ReactNode;
};

const ChainCard = ({ Icon, title, status, children }: CardProps) => (
  <div className="nz-chain-card" data-tone={status?.tone}>
    <div className="nz-chain-head">
      <Icon size={16} aria-hidden="true" />
      <span className="nz-break">{title}</span>
      {status !== undefined && <StatusBadge status={status} plain />}
    </div>
    {children}
  </div>
);

const Delivery = ({ delivery, event }: { readonly delivery: DeliveryView; readonly event: number }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const mayRetry = useMay('notifications.write');
  const { busy, run } = useAction();
  const { rule, channel, target } = delivery;
  const retry = () =>
    void run(
      async () => {
        await api.call('retryDelivery', { params: { id: delivery.id } });
        await client.invalidateQueries({ queryKey: ['eventChain', event] });
        void client.invalidateQueries({ queryKey: ['listDeliveries'] });
      },
      t('event.chain.retried', { id: delivery.id }),
    );
  const kept =
    delivery.suppressedKind === undefined || delivery.suppressedKind === null
      ? null
      : t(`event.chain.keptBack.${delivery.suppressedKind}`, { by: delivery.suppressedBy ?? '' });
  const notes = [
    delivery.escalationStep === undefined || delivery.escalationStep === null
      ? null
      : t('event.chain.step', { step: delivery.escalationStep + 1 }),
    delivery.recovered === true ? t('event.chain.recovered') : null,
    delivery.reminder === true ? t('event.chain.reminder') : null,
    (delivery.eventCount ?? 1) > 1 ? t('event.chain.events', { count: delivery.eventCount ?? 1 }) : null,
    delivery.tries > 1 ? t('event.chain.tries', { count: delivery.tries }) : null,
    delivery.maybeRepeated === true ? t('event.chain.repeated') : null,
    kept,
  ].filter((note) => note !== null);
  return (
    <ChainCard
      Icon={IconSend}
      title={
        target === undefined || target === null
          ? t('event.chain.delivery', { rule, channel })
          : t('event.chain.deliveryTo', { rule, target })
      }
      status={deliveryStatus(delivery.state)}
    >
      <Text size="xs">
        <Instant at={delivery.sentAt ?? delivery.createdAt} />
      </Text>
      {notes.length > 0 && (
        <Text size="xs" c="dimmed">
          {notes.join(' · ')}
        </Text>
      )}
      {delivery.lastError !== null && (
        <Text size="xs" className="nz-break" lang="en">
          {delivery.lastError}
        </Text>
      )}
      {mayRetry && delivery.state === 'failed' && (
        <Button size="compact-xs" variant="default" mt={4} loading={busy} onClick={retry}>
          {t('event.chain.retry')}
        </Button>
      )}
    </ChainCard>
  );
};

const escalationStatuses = {
  running: 'active',
  acknowledged: 'normal',
  cleared: 'normal',
  exhausted: 'critical',
  ended: 'neutral',
} as const;

const Escalation = ({ run }: { readonly run: EscalationRunView }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const notes = [
    t('event.chain.escalationStep', { step: run.step, round: run.round }),
    run.nextAt === null ? null : t('event.chain.escalationNext', { at: format.instant(run.nextAt) }),
    run.endedBy === null ? null : t('event.chain.escalationBy', { user: run.endedBy }),
  ].filter((note) => note !== null);
  return (
    <div className="nz-chain-card" data-tone={escalationStatuses[run.state]}>
      <div className="nz-chain-head">
        <IconAlarm size={16} aria-hidden="true" />
        <span className="nz-break">{t('event.chain.escalation', { chain: run.chain })}</span>
        <span className="nz-chain-state">{t(`event.chain.escalationState.${run.state}`)}</span>
      </div>
      <Text size="xs">
        <Instant at={run.startedAt} />
      </Text>
      <Text size="xs" c="dimmed">
        {notes.join(' · ')}
      </Text>
    </div>
  );
};
