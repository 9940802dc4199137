// Escalation chains, and those that run or ran: how far, and who has taken the event up.
import { Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { IconStairsUp } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EscalationRunView } from '@nezuban/protocol/api/notification-operations';
import { etagOf } from '../../api/client.ts';
import type { ListItem } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { DeleteButton, EnabledSwitch } from './definition-actions.tsx';
import { NewButton, SectionHead } from './section-head.tsx';

type View = ListItem<'listEscalations'>;
const refreshMs = 15_000;

export const EscalationsSection = () => {
  const { t } = useTranslation();
  const { queries, api } = useBackend();
  const mayWrite = useMay('notifications.write');
  const options = useMemo(() => queries.escalations(), [queries]);
  const columns = useMemo(
    () =>
      defineColumns<View>([
        {
          id: 'enabled',
          header: t('notify.field.enabled'),
          cell: ({ escalation, revision }) => (
            <EnabledSwitch
              name={escalation.name}
              enabled={escalation.enabled}
              list="listEscalations"
              write={(enabled) =>
                api.call('putEscalation', {
                  params: { name: escalation.name },
                  body: { ...escalation, enabled },
                  ifMatch: etagOf(revision),
                })
              }
            />
          ),
        },
        {
          id: 'name',
          header: t('notify.field.name'),
          cell: ({ escalation }) => (
            <>
              <Link
                to="/notifications/edit/$kind/$name"
                params={{ kind: 'escalation', name: escalation.name }}
              >
                {escalation.name}
              </Link>
              {escalation.title !== undefined && (
                <Text size="xs" c="dimmed">
                  {escalation.title}
                </Text>
              )}
            </>
          ),
        },
        {
          id: 'steps',
          header: t('notify.escalations.steps'),
          wide: true,
          cell: ({ escalation }) => <StepWords escalation={escalation} />,
        },
        ...(mayWrite
          ? [
              {
                id: 'actions',
                header: <span className="nz-hidden">{t('notify.field.actions')}</span>,
                cell: ({ escalation, revision }: View) => (
                  <DeleteButton
                    operation="deleteEscalation"
                    list="listEscalations"
                    name={escalation.name}
                    revision={revision}
                    text={t('notify.escalations.deleteText')}
                  />
                ),
              },
            ]
          : []),
      ]),
    [t, api, mayWrite],
  );
  return (
    <Stack gap="md">
      <SectionHead text={t('notify.escalations.text')}>
        <NewButton kind="escalation" label={t('notify.escalations.new')} />
      </SectionHead>
      <QueryList
        options={options}
        empty={
          <EmptyState
            icon={<IconStairsUp />}
            title={t('notify.escalations.none.title')}
            text={t('notify.escalations.none.text')}
          />
        }
      >
        {({ items, loadMore, footer }) => (
          <DataTable
            label={t('notify.escalations.title')}
            items={items}
            columns={columns}
            keyOf={({ escalation }) => escalation.name}
            onEndReached={loadMore}
            footer={footer}
          />
        )}
      </QueryList>
      <Runs />
    </Stack>
  );
};

const StepWords = ({ escalation }: { readonly escalation: View['escalation'] }) => {
  const { t } = useTranslation();
  const { steps, rounds } = escalation;
  return (
    <ol className="nz-steps">
      {steps.map(({ channels }, index) => (
        // A step has no name; its place in the list is what it is known by.
        <li key={index}>
          {t('notify.escalations.told', {
            minutes: steps.slice(0, index + 1).reduce((sum, { after_min: after }) => sum + after, 0),
            channels: channels.join(t('notify.words.comma')),
          })}
        </li>
      ))}
      {rounds > 1 && <li>{t('notify.escalations.roundsWords', { count: rounds })}</li>}
    </ol>
  );
};

const Runs = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const [shown, setShown] = useState<'running' | 'all'>('running');
  const options = useMemo(
    () => ({
      ...queries.escalationRuns(shown === 'running' ? { state: ['running'] } : {}),
      refetchInterval: refreshMs,
    }),
    [queries, shown],
  );
  const columns = useMemo(
    () =>
      defineColumns<EscalationRunView>([
        {
          id: 'state',
          header: t('notify.runs.state'),
          cell: (run) => (
            <>
              {t(`notify.runs.states.${run.state}`)}
              {run.endedBy !== null && (
                <Text size="xs" c="dimmed">
                  {t('notify.runs.by', { user: run.endedBy })}
                </Text>
              )}
            </>
          ),
        },
        {
          id: 'event',
          header: t('notify.runs.event'),
          cell: ({ eventIds }) => (
            <Link to="/events" search={{ event: eventIds[0] ?? 1 }}>
              {eventIds[0]}
              {eventIds.length > 1 && ` ${t('notify.runs.andMore', { count: eventIds.length - 1 })}`}
            </Link>
          ),
        },
        {
          id: 'chain',
          header: t('notify.runs.chain'),
          cell: ({ chain, rule }) => (
            <>
              {chain}
              <Text size="xs" c="dimmed">
                {t('notify.runs.rule', { rule })}
              </Text>
            </>
          ),
        },
        {
          id: 'step',
          header: t('notify.runs.step'),
          wide: true,
          cell: ({ step, round }) => (round > 1 ? t('notify.runs.stepRound', { step, round }) : String(step)),
        },
        {
          id: 'next',
          header: t('notify.runs.next'),
          wide: true,
          cell: ({ nextAt, endedAt }) =>
            nextAt === null ? <Instant at={endedAt} /> : <RelativeTime at={nextAt} />,
        },
        {
          id: 'started',
          header: t('notify.runs.started'),
          wide: true,
          cell: ({ startedAt }) => <Instant at={startedAt} />,
        },
      ]),
    [t],
  );
  return (
    <div>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          {t('notify.runs.title')}
        </Title>
        <SegmentedControl
          size="xs"
          aria-label={t('notify.runs.filter')}
          value={shown}
          onChange={(value) => setShown(value === 'all' ? 'all' : 'running')}
          data={[
            { value: 'running', label: t('notify.runs.running') },
            { value: 'all', label: t('notify.runs.all') },
          ]}
        />
      </Group>
      <QueryList
        options={options}
        empty={
          <Text size="sm" c="dimmed">
            {t(shown === 'running' ? 'notify.runs.noneRunning' : 'notify.runs.none')}
          </Text>
        }
      >
        {({ items, loadMore, footer }) => (
          <DataTable
            label={t('notify.runs.title')}
            items={items}
            columns={columns}
            keyOf={(run) => `${run.rule} ${run.chain} ${run.startedAt} ${run.eventIds[0] ?? ''}`}
            onEndReached={loadMore}
            footer={footer}
          />
        )}
      </QueryList>
    </div>
  );
};
