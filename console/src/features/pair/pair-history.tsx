// Every change of master that is known: what it was, how long it took, and where the time went.
import { Paper, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TakeOver } from '@nezuban/protocol/pair/status';
import { Instant } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';
import { reasonText } from './pair-text.ts';
import { lengthOf, stepsOf, takeOverSteps } from './pair-view.ts';

export const PairHistory = ({ history }: { readonly history: readonly TakeOver[] }) => {
  const { t } = useTranslation();
  const longestMs = Math.max(...history.map(lengthOf), 0);
  return (
    <Paper withBorder p="md">
      <div className="nz-history-head">
        <Title order={2} size="h5">
          {t('pair.history.title')}
        </Title>
        {history.length > 0 && <Legend />}
      </div>
      {history.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('pair.history.none')}
        </Text>
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
        <div className="nz-history" tabIndex={0} role="region" aria-label={t('pair.history.title')}>
          <table className="nz-table">
            <thead>
              <tr>
                {(['at', 'kind', 'hosts', 'steps', 'total', 'reason'] as const).map((column) => (
                  <th key={column} scope="col" className={column === 'total' ? 'nz-numeric' : undefined}>
                    {t(`pair.history.columns.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {history.map((takeOver) => (
                <Row key={`${takeOver.term} ${takeOver.at}`} takeOver={takeOver} longestMs={longestMs} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Paper>
  );
};

const Legend = () => {
  const { t } = useTranslation();
  return (
    <ul className="nz-history-legend">
      {takeOverSteps.map((step) => (
        <li key={step}>
          <span className="nz-step" data-step={step} aria-hidden="true" />
          {t(`pair.history.step.${step}`)}
        </li>
      ))}
    </ul>
  );
};

const Row = ({ takeOver, longestMs }: { readonly takeOver: TakeOver; readonly longestMs: number }) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { at, kind, from, to, totalMs } = takeOver;
  const steps = stepsOf(takeOver, longestMs);
  const words = steps
    .map(({ step, ms }) => `${t(`pair.history.step.${step}`)} ${format.seconds(ms)}`)
    .join(' · ');
  const reason = reasonText(takeOver.reason, i18n.language);
  return (
    <tr>
      <td>
        <Instant at={at} />
      </td>
      <td className="nz-nowrap" data-tone={kind === 'forced' ? 'critical' : undefined}>
        <span className={kind === 'forced' ? 'nz-pair-alarm' : undefined}>
          {t(`pair.history.kind.${kind}`)}
        </span>
      </td>
      <td className="nz-nowrap">
        {from === null ? '' : `${from} → `}
        {to}
      </td>
      <td className="nz-history-steps">
        <span className="nz-step-bar" title={words} aria-hidden="true">
          {steps.map(({ step, percent }) => (
            <span key={step} className="nz-step" data-step={step} style={{ width: `${percent}%` }} />
          ))}
        </span>
        <span className="nz-hidden">{words}</span>
      </td>
      <td className="nz-numeric nz-nowrap">{totalMs === null ? '–' : format.seconds(totalMs)}</td>
      <td lang={reason.lang} className="nz-history-reason">
        {reason.text}
      </td>
    </tr>
  );
};
