// One delivery with all that is known of it: why it was made, where it goes, how its tries ended, and another try.
import { Button, Drawer, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeliveryView } from '@nezuban/protocol/api/events-operations';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { Facts } from '../../components/facts.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { deliveryStatus } from '../../components/status.ts';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';

/** More are among the events themselves. */
const eventsShownMax = 50;

type Props = { readonly delivery: DeliveryView | null; readonly onClose: () => void };

export const DeliveryDrawer = ({ delivery, onClose }: Props) => {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={delivery !== null}
      onClose={onClose}
      position="right"
      title={delivery === null ? '' : t('notify.deliveries.one', { id: delivery.id })}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {delivery !== null && <DeliveryFacts delivery={delivery} onClose={onClose} />}
    </Drawer>
  );
};

export const SuppressedBy = ({ delivery }: { readonly delivery: DeliveryView }) => {
  const { t } = useTranslation();
  const { suppressedBy: by = null, suppressedKind: kind = null } = delivery;
  return <span className="nz-break">{t(`notify.kept.${kind ?? 'maintenance'}`, { by: by ?? '' })}</span>;
};

const DeliveryFacts = ({
  delivery,
  onClose,
}: {
  readonly delivery: DeliveryView;
  readonly onClose: () => void;
}) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const mayWrite = useMay('notifications.write');
  const { busy, run } = useAction();
  const retry = async () => {
    const isDone = await run(
      () => api.call('retryDelivery', { params: { id: delivery.id } }),
      t('notify.deliveries.retried', { count: 1 }),
    );
    await client.invalidateQueries({ queryKey: ['listDeliveries'] });
    if (isDone) onClose();
  };
  const ids = delivery.eventIds ?? [delivery.eventId];
  const marks = [
    ...(delivery.recovered === true ? [t('notify.mark.recovered')] : []),
    ...(delivery.reminder === true ? [t('notify.mark.reminder')] : []),
    ...(delivery.escalationStep == null ? [] : [t('notify.mark.step', { step: delivery.escalationStep })]),
  ];
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <StatusBadge status={deliveryStatus(delivery.state)} />
        {mayWrite && delivery.state === 'failed' && (
          <Button size="xs" loading={busy} onClick={() => void retry()}>
            {t('notify.deliveries.retry')}
          </Button>
        )}
      </Group>
      {delivery.maybeRepeated === true && <Text size="sm">{t('notify.deliveries.repeatText')}</Text>}
      <Facts
        facts={[
          [
            t('notify.deliveries.rule'),
            <Link
              key="rule"
              to="/notifications/edit/$kind/$name"
              params={{ kind: 'rule', name: delivery.rule }}
            >
              {delivery.rule}
            </Link>,
          ],
          ...(delivery.target == null
            ? []
            : [
                [
                  t('notify.deliveries.channel'),
                  <Link
                    key="channel"
                    to="/notifications/edit/$kind/$name"
                    params={{ kind: 'channel', name: delivery.target }}
                  >
                    {delivery.target}
                  </Link>,
                ] satisfies Fact,
              ]),
          [t('notify.channels.where'), delivery.channel],
          ...(marks.length === 0
            ? []
            : [[t('notify.deliveries.because'), marks.join(t('notify.words.comma'))] satisfies Fact]),
          [
            t('notify.deliveries.events'),
            <>
              {ids.slice(0, eventsShownMax).map((id, index) => (
                <Fragment key={id}>
                  {index > 0 && t('notify.words.comma')}
                  <Link to="/events" search={{ event: id }}>
                    {id}
                  </Link>
                </Fragment>
              ))}
              {(delivery.eventCount ?? ids.length) > eventsShownMax &&
                ` ${t('notify.runs.andMore', { count: (delivery.eventCount ?? ids.length) - eventsShownMax })}`}
            </>,
          ],
          [t('notify.deliveries.created'), <Instant key="created" at={delivery.createdAt} />],
          ...(delivery.state === 'suppressed'
            ? [
                [
                  t('notify.deliveries.keptBy'),
                  <SuppressedBy key="kept" delivery={delivery} />,
                ] satisfies Fact,
              ]
            : [
                [t('notify.deliveries.tries'), String(delivery.tries)] satisfies Fact,
                [t('notify.deliveries.sentAt'), <Instant key="sent" at={delivery.sentAt} />] satisfies Fact,
                [
                  t('notify.deliveries.lastError'),
                  <span key="error" className="nz-break">
                    {delivery.lastError ?? '–'}
                  </span>,
                ] satisfies Fact,
              ]),
          ...(delivery.nextTryAt === null
            ? []
            : [
                [
                  t('notify.deliveries.nextTry'),
                  <RelativeTime key="next" at={delivery.nextTryAt} />,
                ] satisfies Fact,
              ]),
          ...(delivery.session == null
            ? []
            : [
                [
                  t('notify.deliveries.session'),
                  <Link key="session" to="/sessions/$id" params={{ id: String(delivery.session) }}>
                    {delivery.session}
                  </Link>,
                ] satisfies Fact,
              ]),
        ]}
      />
    </Stack>
  );
};
type Fact = readonly [label: string, value: ReactNode];
