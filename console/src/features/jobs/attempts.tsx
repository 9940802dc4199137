// Attempts of a unit: which one's output is shown, and all of them with how they ended.
import { Button, Select, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { AttemptView, UnitView } from '@nezuban/protocol/jobs/session';
import { useBackend } from '../../app/backend.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { attemptStatus } from '../../components/status.ts';
import { Elapsed, Instant } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';
import { endWords, usedWords } from './usage-words.ts';
import { saidReason } from './said-reason.ts';

/** As many as the session itself carries; older ones are asked for. */
const carriedMax = 20;

type PickerProps = {
  readonly attempts: readonly AttemptView[];
  readonly chosen: AttemptView;
  readonly onChoose: (id: AttemptId) => void;
};

export const AttemptPicker = ({ attempts, chosen, onChoose }: PickerProps) => {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="nz-attempt">
      {attempts.length > 1 && (
        <Select
          size="xs"
          aria-label={t('attempt.choose')}
          value={chosen.id}
          allowDeselect={false}
          onChange={(id) => {
            const found = attempts.find((each) => each.id === id);
            if (found !== undefined) onChoose(found.id);
          }}
          data={attempts.map((each) => ({
            value: each.id,
            label: `${t('attempt.name', { run: each.run, try: each.try, node: each.node })} · ${format.instant(each.createdAt)} · ${t(attemptStatus(each, null).label)}`,
          }))}
        />
      )}
      <AttemptEnd attempt={chosen} />
    </div>
  );
};

/** One line on how it stands or ended. */
const AttemptEnd = ({ attempt }: { readonly attempt: AttemptView }) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { usage } = attempt;
  return (
    <>
      <Text size="xs" component="div">
        <strong>{attempt.node}</strong>
        {attempt.pid !== null && attempt.state === 'running' && ` · PID ${attempt.pid}`}
        {attempt.exitCode !== null && ` · ${t('attempt.exit', { code: attempt.exitCode })}`}
        {attempt.signal !== null && ` · ${t('attempt.signal', { signal: attempt.signal })}`}
        {attempt.timedOut && ` · ${t('attempt.timedOut')}`}
        {usage !== undefined && endWords(t, format, usage).map((words) => ` · ${words}`)}
        {attempt.startedAt !== null && (
          <>
            {' · '}
            <Elapsed from={attempt.startedAt} to={attempt.endedAt} />
          </>
        )}
        {usage !== undefined && usedWords(t, format, usage).map((words) => ` · ${words}`)}
      </Text>
      {attempt.reason !== null && <Text size="xs">{saidReason(attempt, i18n.language)}</Text>}
    </>
  );
};

export const AttemptTable = ({
  sessionId,
  unit,
}: {
  readonly sessionId: number;
  readonly unit: UnitView;
}) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { queries } = useBackend();
  const [all, setAll] = useState(false);
  const older = useInfiniteQuery({ ...queries.attempts(sessionId, unit.path), enabled: all });
  const attempts =
    all && older.data !== undefined ? older.data.pages.flatMap((page) => page.items) : unit.attempts;
  if (attempts.length === 0) return null;
  return (
    <>
      <Title order={3} size="h5" mb={4}>
        {t('attempt.heading')}
      </Title>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways on narrow screens */}
      <div className="nz-scroll-x" tabIndex={0} role="region" aria-label={t('attempt.heading')}>
        <table className="nz-table nz-table-small">
          <thead>
            <tr>
              <th scope="col">{t('attempt.columns.try')}</th>
              <th scope="col">{t('attempt.columns.node')}</th>
              <th scope="col">{t('attempt.columns.state')}</th>
              <th scope="col">{t('attempt.columns.end')}</th>
              <th scope="col">{t('attempt.columns.started')}</th>
              <th scope="col">{t('attempt.columns.duration')}</th>
              <th scope="col">{t('attempt.columns.used')}</th>
            </tr>
          </thead>
          <tbody>
            {attempts.map((attempt) => (
              <tr key={attempt.id}>
                <td>
                  {attempt.run}.{attempt.try}
                </td>
                <td>{attempt.node}</td>
                <td>
                  <StatusBadge status={attemptStatus(attempt, null)} plain />
                </td>
                <td title={saidReason(attempt, i18n.language) ?? undefined}>
                  {attempt.exitCode ?? attempt.signal ?? saidReason(attempt, i18n.language) ?? '–'}
                </td>
                <td>
                  <Instant at={attempt.startedAt} />
                </td>
                <td>
                  <Elapsed from={attempt.startedAt} to={attempt.endedAt} />
                </td>
                <td>
                  {attempt.usage === undefined ? '–' : usedWords(t, format, attempt.usage).join(' · ') || '–'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {!all && unit.attempts.length >= carriedMax && (
        <Button size="compact-xs" variant="default" mt="xs" onClick={() => setAll(true)}>
          {t('attempt.showAll')}
        </Button>
      )}
      {all && older.hasNextPage && (
        <Button
          size="compact-xs"
          variant="default"
          mt="xs"
          loading={older.isFetchingNextPage}
          onClick={() => void older.fetchNextPage()}
        >
          {t('actions.loadMore')}
        </Button>
      )}
    </>
  );
};
