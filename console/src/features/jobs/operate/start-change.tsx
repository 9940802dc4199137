// Changes a coming start of a schedule, this once: skipped, moved, begun now, or prepared. A menu beside the start, and a dialog that asks.
import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, TextInput } from '@mantine/core';
import {
  IconArrowBackUp,
  IconCalendarX,
  IconClipboardList,
  IconClockEdit,
  IconDots,
  IconPlayerPlay,
} from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../../app/backend.tsx';
import { useMayOnNet } from '../../../app/use-may.ts';
import { useAction } from '../../../components/use-action.ts';
import { useFormat } from '../../../components/use-format.ts';
import { ReasonInput } from './reason-input.tsx';
import { PrepareForm, refreshStarts } from './prepare-start.tsx';
import { isMeant } from './start-words.ts';

const changes = ['skip', 'move', 'start'] as const;
type Change = (typeof changes)[number];
const icons = { skip: IconCalendarX, move: IconClockEdit, start: IconPlayerPlay } as const;

type Props = { readonly net: string; readonly schedule: string; readonly at: string };

export const StartChangeMenu = (props: Props) => {
  const mayRun = useMayOnNet('nets.run', props.net);
  return mayRun ? <ChangeMenu {...props} /> : null;
};

const ChangeMenu = (props: Props) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useBackend();
  const prepared =
    useQuery(queries.startPreparations(props.net)).data?.items.find((each) => isMeant(each, props)) ?? null;
  const [change, setChange] = useState<Change | 'prepare' | null>(null);
  const withdraw = useWithdraw(props);
  // A start that was left out takes place at no time that could be changed.
  const isOut = prepared !== null && prepared.movedTo === null && prepared.leftOut !== null;
  if (isOut && prepared.leftOut !== 'skipped') return null;
  const close = (): void => setChange(null);
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            ml={4}
            className="nz-middle"
            aria-label={t('startChange.menuAt', { schedule: props.schedule, at: format.instant(props.at) })}
          >
            <IconDots size={16} aria-hidden="true" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {!isOut &&
            changes.map((name) => {
              const Icon = icons[name];
              return (
                <Menu.Item
                  key={name}
                  leftSection={<Icon size={15} aria-hidden="true" />}
                  onClick={() => setChange(name)}
                >
                  {t(`startChange.${name}`)}
                </Menu.Item>
              );
            })}
          {!isOut && (
            <Menu.Item
              leftSection={<IconClipboardList size={15} aria-hidden="true" />}
              onClick={() => setChange('prepare')}
            >
              {t(prepared?.wish == null ? 'prepare.open' : 'prepare.change')}
            </Menu.Item>
          )}
          {(isOut || prepared?.wish != null) && (
            <Menu.Item
              leftSection={<IconArrowBackUp size={15} aria-hidden="true" />}
              onClick={() => void withdraw()}
            >
              {t(isOut ? 'prepare.takeBack' : 'prepare.withdraw')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={change !== null}
        onClose={close}
        size={change === 'prepare' ? 'lg' : 'md'}
        title={titleOf(t, change, props)}
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        {change === 'prepare' && <PrepareForm {...props} prepared={prepared} onDone={close} />}
        {change !== null && change !== 'prepare' && <ChangeForm {...props} change={change} onDone={close} />}
      </Modal>
    </>
  );
};

const titleOf = (
  t: TFunction,
  change: Change | 'prepare' | null,
  { net, schedule }: Props,
): string | null => {
  if (change === null) return null;
  return change === 'prepare'
    ? t('prepare.title', { net, schedule })
    : t('startChange.title', { change: t(`startChange.${change}`), net, schedule });
};

const useWithdraw = ({ net, schedule, at }: Props): (() => Promise<unknown>) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const { run } = useAction();
  return () =>
    run(async () => {
      await api.call('withdrawStartPreparation', { params: { name: net }, query: { schedule, at } });
      await refreshStarts(client, net);
    }, t('prepare.withdrawn'));
};

const ChangeForm = ({
  net,
  schedule,
  at,
  change,
  onDone,
}: Props & { readonly change: Change; readonly onDone: () => void }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { api } = useBackend();
  const client = useQueryClient();
  const { busy, run } = useAction();
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const submit = async (): Promise<void> => {
    const done = await run(
      async () => {
        await api.call('changeComingStart', {
          params: { name: net },
          body: {
            schedule,
            at,
            change,
            ...(change === 'move' ? { to: new Date(to).toISOString() } : {}),
            ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
          },
        });
        await refreshStarts(client, net);
      },
      t(`startChange.done.${change}`),
    );
    if (done) onDone();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{t(`startChange.text.${change}`, { at: format.instant(at) })}</Text>
        {change === 'move' && (
          <TextInput
            type="datetime-local"
            label={t('startChange.to')}
            required
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        )}
        <ReasonInput value={reason} onChange={setReason} isFirst={change !== 'move'} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t(`startChange.${change}`)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
