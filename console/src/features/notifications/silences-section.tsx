// Silences: what is kept back for a time and why, a new one, the end of one. An address with a node or a monitor begins a new one for it.
import { Button, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconBellZ, IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SilenceView } from '@nezuban/protocol/api/notification-operations';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useNow } from '../../components/ticker.tsx';
import { useAction } from '../../components/use-action.ts';
import { matchWords } from './match-words.ts';
import { SectionHead } from './section-head.tsx';
import { SilenceForm } from './silence-form.tsx';
import { useWording } from './use-wording.ts';

const refreshMs = 15_000;

export const SilencesSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const wording = useWording();
  const mayOperate = useMay('system.operate');
  const navigate = useNavigate();
  const { node, monitor, key } = useSearch({ from: '/gate/notifications/$section' });
  const asked = node !== undefined || monitor !== undefined || key !== undefined;
  const [opened, setOpened] = useState(false);
  const [shown, setShown] = useState<'open' | 'all'>('open');
  const options = useMemo(
    () => ({ ...queries.silences(shown === 'open' ? { open: 'true' } : {}), refetchInterval: refreshMs }),
    [queries, shown],
  );
  const close = () => {
    setOpened(false);
    if (asked)
      void navigate({ to: '/notifications/$section', params: { section: 'silences' }, replace: true });
  };
  const columns = useMemo(
    () =>
      defineColumns<SilenceView>([
        { id: 'id', header: t('notify.silences.number'), cell: ({ id }) => id, numeric: true },
        {
          id: 'what',
          header: t('notify.silences.what'),
          cell: ({ match }) => <span className="nz-break">{matchWords(wording, match)}</span>,
        },
        {
          id: 'reason',
          header: t('notify.silences.reason'),
          wide: true,
          cell: ({ reason, by }) => (
            <span className="nz-break">
              {reason}
              <Text size="xs" c="dimmed">
                {by}
              </Text>
            </span>
          ),
        },
        { id: 'state', header: t('notify.silences.until'), cell: (silence) => <Until silence={silence} /> },
        ...(mayOperate
          ? [
              {
                id: 'actions',
                header: <span className="nz-hidden">{t('notify.field.actions')}</span>,
                cell: (silence: SilenceView) => <EndButton silence={silence} />,
              },
            ]
          : []),
      ]),
    [t, wording, mayOperate],
  );
  return (
    <Stack gap="md" className="nz-fill">
      <SectionHead text={t('notify.silences.text')}>
        {mayOperate && (
          <Button leftSection={<IconPlus size={15} aria-hidden="true" />} onClick={() => setOpened(true)}>
            {t('notify.silences.new')}
          </Button>
        )}
      </SectionHead>
      <SegmentedControl
        size="xs"
        aria-label={t('notify.silences.filter')}
        value={shown}
        onChange={(value) => setShown(value === 'all' ? 'all' : 'open')}
        data={[
          { value: 'open', label: t('notify.silences.open') },
          { value: 'all', label: t('notify.silences.all') },
        ]}
        style={{ alignSelf: 'flex-start' }}
      />
      <QueryList
        options={options}
        empty={
          <EmptyState
            icon={<IconBellZ />}
            title={t('notify.silences.none.title')}
            text={t('notify.silences.none.text')}
          />
        }
      >
        {({ items, loadMore, footer }) => (
          <DataTable
            label={t('notify.silences.title')}
            items={items}
            columns={columns}
            keyOf={({ id }) => String(id)}
            onEndReached={loadMore}
            footer={footer}
          />
        )}
      </QueryList>
      <Modal
        opened={mayOperate && (opened || asked)}
        onClose={close}
        size="xl"
        title={t('notify.silences.new')}
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        <SilenceForm
          match={{
            ...(node === undefined ? {} : { nodes: [node] }),
            ...(monitor === undefined ? {} : { monitors: [monitor] }),
            ...(key === undefined ? {} : { keys: [key] }),
          }}
          onDone={close}
        />
      </Modal>
    </Stack>
  );
};

const Until = ({ silence }: { readonly silence: SilenceView }) => {
  const { t } = useTranslation();
  const now = useNow(silence.endedAt === null);
  const { endedAt, endedBy, until } = silence;
  if (endedAt !== null)
    return (
      <>
        {t('notify.silences.endedBy', { user: endedBy ?? '–' })}
        <Text size="xs" c="dimmed">
          <Instant at={endedAt} />
        </Text>
      </>
    );
  const isOver = Date.parse(until) <= now;
  return (
    <>
      {isOver ? t('notify.silences.over') : <RelativeTime at={until} />}
      <Text size="xs" c="dimmed">
        <Instant at={until} />
      </Text>
    </>
  );
};

const EndButton = ({ silence }: { readonly silence: SilenceView }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const now = useNow(silence.endedAt === null);
  if (silence.endedAt !== null || Date.parse(silence.until) <= now) return null;
  const end = async () => {
    const agreed = await confirm({
      title: t('notify.silences.end.title', { id: silence.id }),
      text: t('notify.silences.end.text'),
      confirmLabel: t('notify.silences.end.action'),
    });
    if (!agreed) return;
    await run(
      () => api.call('endSilence', { params: { id: silence.id } }),
      t('notify.silences.end.done', { id: silence.id }),
    );
    await client.invalidateQueries({ queryKey: ['listSilences'] });
  };
  return (
    <Group gap={6} wrap="nowrap">
      <Button
        size="compact-xs"
        variant="default"
        loading={busy}
        onClick={() => void end()}
        aria-label={t('notify.silences.end.one', { id: silence.id })}
      >
        {t('notify.silences.end.action')}
      </Button>
    </Group>
  );
};
