// Changes the next start of a schedule, this once: skipped, moved, or begun now. A menu beside the start, and a dialog that asks.
import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconCalendarX, IconClockEdit, IconDots, IconPlayerPlay } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../../app/backend.tsx';
import { useMayOnNet } from '../../../app/use-may.ts';
import { useAction } from '../../../components/use-action.ts';
import { useFormat } from '../../../components/use-format.ts';

const changes = ['skip', 'move', 'start'] as const;
type Change = (typeof changes)[number];
const icons = { skip: IconCalendarX, move: IconClockEdit, start: IconPlayerPlay } as const;

type Props = { readonly net: string; readonly schedule: string; readonly at: string };

export const StartChangeMenu = (props: Props) => {
  const { t } = useTranslation();
  const mayRun = useMayOnNet('nets.run', props.net);
  const [change, setChange] = useState<Change | null>(null);
  if (!mayRun) return null;
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
            aria-label={t('startChange.menu', { schedule: props.schedule })}
          >
            <IconDots size={16} aria-hidden="true" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {changes.map((name) => {
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
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={change !== null}
        onClose={() => setChange(null)}
        title={
          change === null
            ? null
            : t('startChange.title', {
                change: t(`startChange.${change}`),
                net: props.net,
                schedule: props.schedule,
              })
        }
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        {change !== null && <ChangeForm {...props} change={change} onDone={() => setChange(null)} />}
      </Modal>
    </>
  );
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
        await Promise.all([
          client.invalidateQueries({ queryKey: ['comingStarts'] }),
          client.invalidateQueries({ queryKey: ['net', net] }),
        ]);
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
        <Textarea
          label={t('sessionOperations.reason')}
          autosize
          minRows={1}
          maxRows={4}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus={change === 'move' ? undefined : true}
        />
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
