// One queue, lock or limit of a node: who holds its places, who waits in which order, and what can be done about it.
import { Button, Group, Skeleton, Text, Title } from '@mantine/core';
import {
  IconArrowBarToUp,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
} from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LimitSummary, PlaceHolder } from '@nezuban/protocol/jobs/control/limit';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { useAction } from '../../components/use-action.ts';
import { useFormat } from '../../components/use-format.ts';
import { useWaitText } from '../jobs/use-unit-reason.ts';
import { LimitForm } from './limit-form.tsx';
import { PauseDialog } from './pause-dialog.tsx';

export const PlaceDetail = ({ limit }: { readonly limit: LimitSummary }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.limit(limit.kind, limit.name));
  if (data === undefined)
    return error === null ? (
      <Skeleton height={60} role="status" aria-label={t('states.loading')} />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  return (
    <>
      <Actions limit={limit} />
      <HolderList
        place={limit.name}
        title={t('places.holders')}
        none={t('places.noHolders')}
        items={data.holders}
      />
      <HolderList
        place={limit.name}
        title={t('places.waiters')}
        none={t('places.noWaiters')}
        items={data.waiters}
        waits
      />
    </>
  );
};

const Actions = ({ limit }: { readonly limit: LimitSummary }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const [dialog, setDialog] = useState<'pause' | 'edit' | null>(null);
  const mayRun = useMay('nets.run');
  const mayOperate = useMay('system.operate');
  const mayWrite = useMay('nets.write');
  const { kind, name } = limit;
  if (limit.definition === null) return <Text size="sm">{t('places.undefined')}</Text>;
  const changed = () => client.invalidateQueries({ queryKey: ['limits'] });
  const open = () =>
    run(
      async () => {
        await api.call('openLimit', { params: { kind, name } });
        await changed();
      },
      t('places.opened', { name }),
    );
  const remove = async () => {
    const yes = await confirm({
      title: t('places.remove.title', { name }),
      text: t('places.remove.text'),
      confirmLabel: t('places.remove.action'),
      danger: true,
    });
    if (!yes) return;
    await run(
      async () => {
        await api.call('deleteLimit', { params: { kind, name }, ifMatch: `"${limit.revision}"` });
        await changed();
      },
      t('places.remove.done', { name }),
    );
  };
  return (
    <Group gap="xs">
      {(mayRun || mayOperate) &&
        (limit.paused === null ? (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlayerPause size={14} aria-hidden="true" />}
            onClick={() => setDialog('pause')}
          >
            {t('places.pause.action')}
          </Button>
        ) : (
          <Button
            size="xs"
            loading={busy}
            leftSection={<IconPlayerPlay size={14} aria-hidden="true" />}
            onClick={() => void open()}
          >
            {t('places.open')}
          </Button>
        ))}
      {mayWrite && (
        <>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPencil size={14} aria-hidden="true" />}
            onClick={() => setDialog('edit')}
          >
            {t('places.edit')}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconTrash size={14} aria-hidden="true" />}
            loading={busy}
            onClick={() => void remove()}
          >
            {t('places.remove.action')}
          </Button>
        </>
      )}
      <PauseDialog limit={limit} opened={dialog === 'pause'} onClose={() => setDialog(null)} />
      <LimitForm limit={limit} opened={dialog === 'edit'} onClose={() => setDialog(null)} />
    </Group>
  );
};

type HolderListProps = {
  readonly place: string;
  readonly title: string;
  readonly none: string;
  readonly items: readonly PlaceHolder[];
  /** They wait: each has a place in the line, and can be moved to the front. */
  readonly waits?: boolean;
};

const HolderList = ({ place, title, none, items, waits = false }: HolderListProps) => {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section aria-label={`${title} (${place})`}>
      <Title order={2} size="h6">
        {title}
      </Title>
      {items.length === 0 && (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      )}
      {items.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways on narrow screens
        <div className="nz-scroll-x" tabIndex={0} role="group" aria-label={title}>
          <table className="nz-table">
            <thead>
              <tr>
                {waits && <th scope="col">{t('places.columns.place')}</th>}
                <th scope="col">{t('places.columns.who')}</th>
                <th scope="col">{t('places.columns.count')}</th>
                <th scope="col">{t('places.columns.priority')}</th>
                <th scope="col">{t('places.columns.since')}</th>
                {waits && <td />}
              </tr>
            </thead>
            <tbody>
              {items.map((item, index) => (
                <tr key={`${item.session ?? index} ${item.unit ?? ''} ${index}`}>
                  {waits && (
                    <td className="nz-place-short">
                      {t('places.placeOf', { place: index + 1, of: items.length })}
                    </td>
                  )}
                  <td className="nz-place-who">
                    <Who item={item} />
                  </td>
                  <td>{item.count === null ? t('places.all') : format.number(item.count)}</td>
                  <td>{item.priority}</td>
                  <td className="nz-place-short">{item.since === null ? '–' : format.instant(item.since)}</td>
                  {waits && <td>{index > 0 && <ToFront item={item} />}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
};

const Who = ({ item: { session, net, unit, waits } }: { readonly item: PlaceHolder }) => {
  const { t } = useTranslation();
  const waitText = useWaitText();
  if (session === null) return <>{t('places.hidden')}</>;
  return (
    <>
      <Link to="/sessions/$id" params={{ id: String(session) }} search={unit === null ? {} : { unit }}>
        {unit ?? t('places.wholeSession')}
      </Link>{' '}
      <Text span size="xs" c="dimmed">
        {t('places.ofSession', { session, net: net ?? '' })}
      </Text>
      {waits !== undefined && (
        <Text size="xs" className="nz-break">
          {waitText(waits)}
        </Text>
      )}
    </>
  );
};

const ToFront = ({ item }: { readonly item: PlaceHolder }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const { busy, run } = useAction();
  const { session, unit } = item;
  if (session === null) return null;
  const move = () =>
    run(
      async () => {
        await api.call('operateSession', {
          params: { id: session },
          body: { operation: 'to_front', ...(unit === null ? {} : { unit }) },
        });
        await client.invalidateQueries({ queryKey: ['limits'] });
      },
      t('places.moved', { who: unit ?? String(session) }),
    );
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={busy}
      leftSection={<IconArrowBarToUp size={13} aria-hidden="true" />}
      onClick={() => void move()}
    >
      {t('places.toFront')}
    </Button>
  );
};
