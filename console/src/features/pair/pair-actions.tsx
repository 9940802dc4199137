// What an operator may do with the pair, each after words on what will happen.
import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowsExchange, IconFirstAidKit, IconTool, IconUserCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OperatorCommand } from '@nezuban/protocol/pair/pair-link';
import type { PairHost, PairStatus } from '@nezuban/protocol/pair/status';
import { useBackend } from '../../app/backend.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { useNow } from '../../components/ticker.tsx';
import { useAction } from '../../components/use-action.ts';
import { judgeSwitch, masterOf, standbyOf } from './pair-view.ts';
import type { Switching } from './use-switch-order.ts';

type Props = { readonly status: PairStatus; readonly switching: Switching };

export const PairActions = ({ status, switching }: Props) => {
  const { t } = useTranslation();
  const [appointing, setAppointing] = useState(false);
  return (
    <Group gap="xs" role="group" aria-label={t('pair.actions.label')}>
      <SwitchButton status={status} switching={switching} />
      {status.redundancy !== 'redundant' && <RecoverButton status={status} />}
      <MaintenanceButton status={status} />
      <Button
        variant="default"
        leftSection={<IconUserCheck size={15} aria-hidden="true" />}
        onClick={() => setAppointing(true)}
      >
        {t('pair.actions.witness')}
      </Button>
      <WitnessDialog opened={appointing} onClose={() => setAppointing(false)} />
    </Group>
  );
};

/** Gives the pair a command; its own sentence is shown, whatever it is. */
const usePairCommand = () => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const { busy, run } = useAction();
  const give = (title: string, command: OperatorCommand, host: PairHost | null = null) =>
    run(async () => {
      const { ok, says } = await api.call('commandPair', { body: { host: host?.id ?? null, command } });
      notifications.show({
        title: ok ? title : t('problems.pair_refused.title'),
        message: says,
        color: ok ? 'green' : 'red',
        autoClose: ok ? 6_000 : 12_000,
      });
      await client.invalidateQueries({ queryKey: ['pair'] });
    });
  return { busy, give };
};

const SwitchButton = ({ status, switching }: Props) => {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const from = masterOf(status);
  const to = standbyOf(status);
  const isReady = from !== undefined && to !== undefined && to.inSync && to.reachable;
  const now = useNow(switching.order !== null);
  const isRunning =
    switching.order !== null &&
    switching.refusal === null &&
    judgeSwitch(switching.order, status, now).kind === 'running';
  const begin = async () => {
    if (from === undefined || to === undefined) return;
    const names = { from: from.name, to: to.name };
    const yes = await confirm({
      title: t('pair.switch.title', names),
      text: (
        <ul className="nz-issues">
          {(['stops', 'jobs', 'console', 'after'] as const).map((key) => (
            <li key={key}>{t(`pair.switch.${key}`, names)}</li>
          ))}
        </ul>
      ),
      confirmLabel: t('pair.switch.confirm'),
    });
    if (yes) await switching.begin(status, { from, to });
  };
  return (
    <Button
      leftSection={<IconArrowsExchange size={15} aria-hidden="true" />}
      onClick={() => void begin()}
      disabled={!isReady}
      loading={isRunning}
      {...(isReady ? {} : { title: t('pair.actions.notNow') })}
    >
      {t('pair.actions.switch')}
    </Button>
  );
};

const RecoverButton = ({ status }: { readonly status: PairStatus }) => {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const { busy, give } = usePairCommand();
  const recover = async () => {
    const yes = await confirm({
      title: t('pair.recover.title'),
      text: t('pair.recover.text'),
      confirmLabel: t('pair.recover.confirm'),
    });
    // Who has failed is told; otherwise the pair knows who has to do something.
    const failed = status.hosts.find(({ reachable, view }) => reachable && view?.state === 'failed');
    if (yes) await give(t('pair.recover.done'), { do: 'recover' }, failed ?? null);
  };
  return (
    <Button
      variant="default"
      leftSection={<IconFirstAidKit size={15} aria-hidden="true" />}
      onClick={() => void recover()}
      loading={busy}
    >
      {t('pair.actions.recover')}
    </Button>
  );
};

const MaintenanceButton = ({ status }: { readonly status: PairStatus }) => {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const { busy, give } = usePairCommand();
  const inMaintenance = status.hosts.find(({ view }) => view?.state === 'maintenance');
  const host = inMaintenance ?? standbyOf(status);
  const isOn = inMaintenance === undefined;
  const change = async () => {
    if (host === undefined) return;
    const names = { host: host.name, master: status.master?.name ?? '–' };
    const yes = await confirm(
      isOn
        ? {
            title: t('pair.maintenance.title', names),
            text: t('pair.maintenance.text', names),
            confirmLabel: t('pair.maintenance.confirm'),
          }
        : {
            title: t('pair.maintenance.endTitle', names),
            text: t('pair.maintenance.endText', names),
            confirmLabel: t('pair.maintenance.endConfirm'),
          },
    );
    if (yes) await give(t('pair.maintenance.done'), { do: 'maintenance', on: isOn }, host);
  };
  return (
    <Button
      variant="default"
      leftSection={<IconTool size={15} aria-hidden="true" />}
      onClick={() => void change()}
      disabled={host === undefined || !host.reachable}
      loading={busy}
    >
      {t(isOn ? 'pair.actions.maintenance' : 'pair.actions.endMaintenance')}
    </Button>
  );
};

/** Stands for no choice; names of nodes are never empty. */
const anyNode = '';

const WitnessDialog = ({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) => {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('pair.witness.title')}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {opened && <WitnessForm onClose={onClose} />}
    </Modal>
  );
};

const WitnessForm = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data } = useInfiniteQuery(queries.nodes());
  const { busy, give } = usePairCommand();
  const [node, setNode] = useState(anyNode);
  const names =
    data?.pages
      .flatMap((page) => page.items)
      .filter(({ connection }) => connection === 'connected')
      .map(({ name }) => name) ?? [];
  const appoint = async () => {
    const done = await give(t('pair.witness.done'), { do: 'witness', node: node === anyNode ? null : node });
    if (done) onClose();
  };
  return (
    <Stack>
      <Text size="sm">{t('pair.witness.text')}</Text>
      <Select
        label={t('pair.witness.node')}
        value={node}
        onChange={(value) => setNode(value ?? anyNode)}
        allowDeselect={false}
        searchable
        data={[{ value: anyNode, label: t('pair.witness.any') }, ...names]}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('actions.cancel')}
        </Button>
        <Button onClick={() => void appoint()} loading={busy}>
          {t('pair.witness.confirm')}
        </Button>
      </Group>
    </Stack>
  );
};
