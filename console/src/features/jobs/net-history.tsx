// How a job net has gone: durations of its last sessions as bars, how often it went well, how long it usually takes, and its sessions.
import { Alert, Group, Paper, Skeleton, Text } from '@mantine/core';
import { IconListDetails } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useId, useMemo, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetHistory as History } from '@nezuban/protocol/api/jobs-operations';
import { useBackend } from '../../app/backend.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { sessionStatus } from '../../components/status.ts';
import { useNow } from '../../components/ticker.tsx';
import { useFormat } from '../../components/use-format.ts';
import { SessionTable } from './session-table.tsx';

const chartHeight = 148;
/** Shorter bars could not be seen. */
const barShareMin = 0.03;

export const NetHistory = ({ net }: { readonly net: string }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const options = useMemo(() => queries.sessions({ net }), [queries, net]);
  const { data, error } = useQuery(queries.netHistory(net));
  return (
    <>
      {data === undefined && error === null && (
        <Skeleton height={chartHeight} mb="md" role="status" aria-label={t('states.loading')} />
      )}
      {data !== undefined && data.sessions.length > 0 && <Summary history={data} />}
      <QueryList
        options={options}
        empty={
          <EmptyState
            icon={<IconListDetails />}
            title={t('net.noSessions.title')}
            text={t('net.noSessions.text')}
          />
        }
      >
        {({ items, loadMore, footer }) => (
          <SessionTable sessions={items} onEndReached={loadMore} footer={footer} withNet={false} />
        )}
      </QueryList>
    </>
  );
};

const Summary = ({ history }: { readonly history: History }) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { statistics: usual, sessions } = history;
  const running = sessions.find(({ state }) => state === 'running');
  const now = useNow(running !== undefined);
  const ranFor = running === undefined ? null : Math.max(0, now - Date.parse(running.createdAt));
  const percent = useMemo(
    () => new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 }),
    [i18n.language],
  );
  return (
    <Paper withBorder p="md" mb="md" className="nz-history">
      <Group gap="xl" align="flex-start">
        <Figure
          label={t('net.history.success')}
          value={usual.successRate === null ? '–' : percent.format(usual.successRate)}
        />
        <Figure
          label={t('net.history.median')}
          value={usual.medianMs === null ? '–' : format.duration(usual.medianMs)}
        />
        <Figure
          label={t('net.history.p90')}
          value={usual.p90Ms === null ? '–' : format.duration(usual.p90Ms)}
        />
        {ranFor !== null && <Figure label={t('net.history.now')} value={format.duration(ranFor)} />}
      </Group>
      {ranFor !== null && usual.p90Ms !== null && usual.ended >= 5 && ranFor > usual.p90Ms && (
        <Alert color="yellow" p="xs">
          {t('net.history.longer')}
        </Alert>
      )}
      <Bars sessions={sessions} medianMs={usual.medianMs} />
    </Paper>
  );
};

const Figure = ({ label, value }: { readonly label: string; readonly value: string }) => (
  <div>
    <Text size="xs" c="dimmed">
      {label}
    </Text>
    <Text size="lg" fw={700} className="nz-tabular">
      {value}
    </Text>
  </div>
);

type BarsProps = { readonly sessions: History['sessions']; readonly medianMs: number | null };

const Bars = ({ sessions, medianMs }: BarsProps) => {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const id = useId();
  const oldestFirst = useMemo(() => sessions.toReversed(), [sessions]);
  const [active, setActive] = useState(oldestFirst.length - 1);
  const longest = Math.max(1, ...sessions.map(({ durationMs }) => durationMs ?? 0));
  const open = (index: number) => {
    const session = oldestFirst[index];
    if (session !== undefined) void navigate({ to: '/sessions/$id', params: { id: String(session.id) } });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => setActive(Math.max(0, active - 1)),
      ArrowRight: () => setActive(Math.min(oldestFirst.length - 1, active + 1)),
      Home: () => setActive(0),
      End: () => setActive(oldestFirst.length - 1),
      Enter: () => open(active),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  };
  const chosen = oldestFirst[active];
  const wordsOf = (session: History['sessions'][number]) =>
    t(session.durationMs === null ? 'net.history.barRunning' : 'net.history.bar', {
      id: session.id,
      state: t(sessionStatus(session.state, session.endStatus).label),
      duration: format.duration(session.durationMs ?? 0),
    });
  return (
    <div>
      <div
        className="nz-bars"
        role="listbox"
        tabIndex={0}
        aria-orientation="horizontal"
        aria-label={t('net.history.chart', { count: sessions.length })}
        aria-activedescendant={`${id}${active}`}
        onKeyDown={onKeyDown}
      >
        {medianMs !== null && (
          <i
            className="nz-bars-median"
            aria-hidden="true"
            style={{ bottom: `${(medianMs / longest) * 100}%` }}
          />
        )}
        {oldestFirst.map((session, index) => {
          const status = sessionStatus(session.state, session.endStatus);
          const share = session.durationMs === null ? 1 : session.durationMs / longest;
          return (
            // The list has the focus and the keys; an option cannot have them.
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
            <span
              key={session.id}
              id={`${id}${index}`}
              role="option"
              aria-selected={index === active}
              aria-label={wordsOf(session)}
              title={`${wordsOf(session)}\n${format.instant(session.createdAt)}`}
              data-tone={status.tone}
              data-icon={status.icon}
              onClick={() => open(index)}
            >
              <i
                data-pattern
                data-icon={status.icon}
                style={{ height: `${Math.max(barShareMin, share) * 100}%` }}
              />
            </span>
          );
        })}
      </div>
      <Text size="xs" c="dimmed" mt={4} className="nz-wide">
        {chosen === undefined ? '' : `${format.instant(chosen.createdAt)} · ${wordsOf(chosen)} · `}
        {t('net.history.help')}
      </Text>
    </div>
  );
};
