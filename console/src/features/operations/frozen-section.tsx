// What is frozen, each with what still runs there, and the starts that wait for its end.
import { Button, Group, Modal, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FreezeView, HeldStart } from '@nezuban/protocol/api/operate-operations';
import { drainPollMs } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Instant } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';
import { keyOf, placeText } from './place-text.ts';

export const FrozenSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery({ ...queries.frozen(), refetchInterval: drainPollMs });
  return (
    <Paper withBorder p="md" component="section" aria-label={t('operate.frozen.title')}>
      <Title order={2} size="h5" mb="xs">
        {t('operate.frozen.title')}
      </Title>
      {data === undefined &&
        (error === null ? (
          <Skeleton height={60} role="status" aria-label={t('states.loading')} />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ))}
      {data?.frozen.length === 0 && (
        <Stack gap={2}>
          <Text size="sm" className="nz-fine">
            <IconCircleCheck size={16} aria-hidden="true" /> {t('operate.frozen.none')}
          </Text>
          <Text size="sm" c="dimmed">
            {t('operate.frozen.noneText')}
          </Text>
        </Stack>
      )}
      {data !== undefined && data.frozen.length > 0 && (
        <ul className="nz-freezes">
          {data.frozen.map((freeze) => (
            <FreezeItem key={keyOf(freeze)} freeze={freeze} />
          ))}
        </ul>
      )}
      {data !== undefined && data.heldStarts.length > 0 && <HeldStarts starts={data.heldStarts} />}
    </Paper>
  );
};

const FreezeItem = ({ freeze }: { readonly freeze: FreezeView }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const [shown, setShown] = useState(false);
  const place = placeText(t, freeze.place);
  const running = freeze.open.sessions + freeze.open.attempts;
  const resume = async () => {
    const yes = await confirm({
      title: t('operate.frozen.confirm.title', { place }),
      text: t('operate.frozen.confirm.text'),
      confirmLabel: t('operate.frozen.resume'),
    });
    if (!yes) return;
    await run(
      async () => {
        await api.call('resume', { body: { place: freeze.place } });
        await client.invalidateQueries({ queryKey: ['operations'] });
      },
      t('operate.frozen.resumed', { place }),
    );
  };
  return (
    <li className="nz-freeze">
      <Group justify="space-between" gap="sm" align="flex-start">
        <div className="nz-page-heading">
          <Text fw={700} component="span">
            {place}
          </Text>{' '}
          <span className="nz-status" data-tone={freeze.drained ? 'normal' : 'active'} role="status">
            {freeze.drained ? t('operate.frozen.drained') : t('operate.frozen.draining', { count: running })}
          </span>
          {freeze.open.waiting > 0 && (
            <Text size="sm" c="dimmed" component="span">
              {' '}
              {t('operate.frozen.waiting', { count: freeze.open.waiting })}
            </Text>
          )}
          <Text size="sm">{freeze.reason}</Text>
          <Text size="sm" c="dimmed" component="div">
            {t('operate.frozen.columns.who')}:{' '}
            {freeze.window === null ? freeze.by : t('operate.frozen.byWindow', { name: freeze.window })}
            {' · '}
            {t('operate.frozen.columns.since')}: <Instant at={freeze.since} />
            {' · '}
            {freeze.until === null ? (
              t('operate.banner.noEnd')
            ) : (
              <>
                {t('operate.frozen.columns.until')}: <Instant at={freeze.until} />
              </>
            )}
          </Text>
        </div>
        <Group gap="xs">
          {running > 0 && (
            <Button size="xs" variant="default" onClick={() => setShown(true)}>
              {t('operate.work.show')}
            </Button>
          )}
          {freeze.window === null && (
            <Button
              size="xs"
              loading={busy}
              onClick={() => void resume()}
              aria-label={t('operate.frozen.resumeOf', { place })}
            >
              {t('operate.frozen.resume')}
            </Button>
          )}
        </Group>
      </Group>
      <Modal
        opened={shown}
        onClose={() => setShown(false)}
        title={t('operate.work.title', { place })}
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        {shown && <OpenWorkList freeze={freeze} />}
      </Modal>
    </li>
  );
};

const OpenWorkList = ({ freeze }: { readonly freeze: FreezeView }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.openWork(freeze.place));
  if (data === undefined)
    return error === null ? (
      <Skeleton height={60} />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  const rest = data.counts.sessions + data.counts.attempts - data.sessions.length - data.attempts.length;
  if (data.sessions.length + data.attempts.length === 0)
    return <Text size="sm">{t('operate.work.none')}</Text>;
  return (
    <ul className="nz-rows">
      {data.sessions.map(({ id, net }) => (
        <li key={id}>
          <Link to="/sessions/$id" params={{ id: String(id) }} className="nz-row">
            {t('operate.work.session', { id, net })}
          </Link>
        </li>
      ))}
      {data.attempts.map(({ attempt, session, net, unit, node }) => (
        <li key={attempt}>
          <Link to="/sessions/$id" params={{ id: String(session) }} className="nz-row">
            {t('operate.work.attempt', { unit, id: session, net, node })}
          </Link>
        </li>
      ))}
      {rest > 0 && <li>{t('operate.work.more', { count: rest })}</li>}
    </ul>
  );
};

const HeldStarts = ({ starts }: { readonly starts: readonly HeldStart[] }) => {
  const { t } = useTranslation();
  return (
    <>
      <Title order={3} size="h6" mt="md" mb={4}>
        {t('operate.held.title')}
      </Title>
      <ul className="nz-rows">
        {starts.map(({ net, schedule, dueAt, missed }) => (
          <li key={`${net} ${schedule}`}>
            <Link to="/net/$name" params={{ name: net }} className="nz-row">
              <span className="nz-row-main">{net}</span>
              <Text size="sm" component="span">
                {t('operate.held.line', { schedule })} <Instant at={dueAt} />
              </Text>
              <Text size="sm" c="dimmed" component="span">
                {t(missed === 'skip' ? 'operate.held.skip' : 'operate.held.once')}
              </Text>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
};
