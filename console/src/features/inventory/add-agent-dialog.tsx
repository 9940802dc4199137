// Makes a one-time join token, shows the one line to paste on the new host, and waits with the user until the agent is there.
import { Alert, Button, Group, Loader, Modal, Select, Stack, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { CommandLine } from '../../components/copy-button.tsx';
import { FormError } from '../../components/error-state.tsx';
import { RelativeTime } from '../../components/times.tsx';
import { useNow } from '../../components/ticker.tsx';

const lifetimes = [
  { seconds: 3600, label: 'nodes.join.hour' },
  { seconds: 86_400, label: 'nodes.join.day' },
  { seconds: 7 * 86_400, label: 'nodes.join.week' },
] as const;

export const AddAgentDialog = ({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}) => {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('nodes.join.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {opened && <Join onClose={onClose} />}
    </Modal>
  );
};

type Made = { readonly command: string; readonly expiresAt: string; readonly known: ReadonlySet<string> };

const Join = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation();
  const { api, queries } = useBackend();
  const nodes = useInfiniteQuery(queries.nodes());
  const names = nodes.data?.pages.flatMap((page) => page.items.map(({ name }) => name)) ?? [];
  const [lifetime, setLifetime] = useState('3600');
  const [made, setMade] = useState<Made | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const make = async () => {
    setBusy(true);
    setError(null);
    try {
      const token = await api.call('createJoinToken', { body: { expires_in_s: Number(lifetime) } });
      setMade({ command: token.command, expiresAt: token.expiresAt, known: new Set(names) });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="md">
      <FormError error={error} />
      {made === null ? (
        <>
          <Text size="sm">{t('nodes.join.text')}</Text>
          <Select
            label={t('nodes.join.lifetime')}
            value={lifetime}
            onChange={(value) => setLifetime(value ?? '3600')}
            allowDeselect={false}
            data={lifetimes.map(({ seconds, label }) => ({ value: String(seconds), label: t(label) }))}
            maw={240}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('actions.cancel')}
            </Button>
            <Button onClick={() => void make()} loading={busy}>
              {t('nodes.join.make')}
            </Button>
          </Group>
        </>
      ) : (
        <Waiting made={made} arrived={names.find((name) => !made.known.has(name))} onClose={onClose} />
      )}
    </Stack>
  );
};

const Waiting = ({
  made,
  arrived,
  onClose,
}: {
  readonly made: Made;
  readonly arrived: string | undefined;
  readonly onClose: () => void;
}) => {
  const { t } = useTranslation();
  const now = useNow();
  const expired = Date.parse(made.expiresAt) <= now;
  return (
    <>
      <Text size="sm">{t('nodes.join.paste')}</Text>
      <CommandLine command={made.command} />
      <Text size="sm" c="dimmed" component="div">
        {t('nodes.join.once')} {t('nodes.join.expires')} <RelativeTime at={made.expiresAt} />
      </Text>
      <div role="status" aria-live="polite">
        {arrived !== undefined ? (
          <Alert
            color="green"
            icon={<IconCircleCheck aria-hidden="true" />}
            title={t('nodes.join.arrived', { node: arrived })}
          />
        ) : expired ? (
          <Alert color="yellow" title={t('nodes.join.expired')} />
        ) : (
          <Group gap="xs">
            <Loader size="xs" aria-hidden="true" />
            <Text size="sm">{t('nodes.join.waiting')}</Text>
          </Group>
        )}
      </div>
      <Group justify="flex-end">
        <Button onClick={onClose} variant={arrived === undefined ? 'default' : 'filled'}>
          {t('actions.close')}
        </Button>
      </Group>
    </>
  );
};
