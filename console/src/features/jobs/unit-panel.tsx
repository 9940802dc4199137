// Everything about one unit of a session: state and why, what it waits for, its attempts, its output, what may be done.
import { ActionIcon, Alert, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { IconInfoCircle, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { OperationName, UnitView } from '@nezuban/protocol/jobs/session';
import { isAttemptType } from '@nezuban/protocol/jobs/units/attempt-units';
import { EmptyState } from '../../components/empty-state.tsx';
import { DelayedBadge } from './delayed-badge.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { unitStatus } from '../../components/status.ts';
import { Elapsed, Instant, RelativeTime } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';
import { AttemptPicker, AttemptTable } from './attempts.tsx';
import { OperationButtons } from './operation-buttons.tsx';
import { TransferProgress } from './transfer-progress.tsx';
import { UnitWorkFacts } from './unit-work.tsx';
import { UnitMarks } from './operate/unit-marks.tsx';
import { mayWait, WhyWaiting } from './operate/why-waiting.tsx';
import { OutputViewer } from './output/output-viewer.tsx';
import { outcomeText } from './unit-words.ts';
import { useUnitReason } from './use-unit-reason.ts';

type Props = {
  readonly sessionId: number;
  readonly unit: UnitView;
  readonly busy: boolean;
  readonly onOperate: (operation: OperationName) => void;
  /** Another unit is to be looked at. */
  readonly onSelect: (path: string) => void;
  readonly onClose: () => void;
};

export const UnitPanel = ({ sessionId, unit, busy, onOperate, onSelect, onClose }: Props) => {
  const { t } = useTranslation();
  const unitReason = useUnitReason();
  const [chosen, setChosen] = useState<AttemptId | null>(null);
  const attempt = unit.attempts.find(({ id }) => id === chosen) ?? unit.attempts[0];
  const isOver = unit.state === 'not_run' || unit.state === 'ended' || unit.state === 'stopped';
  const nothing = isOver ? 'notRun' : 'noAttempt';
  return (
    <section className="nz-panel" aria-label={t('unit.panel', { unit: unit.name })}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div className="nz-panel-title">
          <Title order={2} size="h4">
            {unit.title ?? unit.name}
          </Title>
          {unit.path !== (unit.title ?? unit.name) && (
            <Text size="xs" c="dimmed" className="nz-break">
              {unit.path}
            </Text>
          )}
        </div>
        <ActionIcon variant="subtle" color="gray" onClick={onClose} aria-label={t('unit.close')}>
          <IconX size={18} aria-hidden="true" />
        </ActionIcon>
      </Group>
      <Group gap="sm">
        <StatusBadge status={unitStatus(unit.state, unit.endStatus, unit.type)} />
        <DelayedBadge delayed={unit.delayed} />
        {unit.startedAt !== null && (
          <Text size="sm" component="div">
            <Elapsed from={unit.startedAt} to={unit.endedAt} />
          </Text>
        )}
        {unit.run > 1 && <Text size="sm">{t('session.runNumber', { run: unit.run })}</Text>}
        {unit.retryAt !== null && (
          <Text size="sm" component="div">
            {retryLabel(t, unit)} <RelativeTime at={unit.retryAt} />
          </Text>
        )}
      </Group>
      {unit.reason !== null && (
        <Alert p="xs" color="gray" icon={<IconInfoCircle size={18} aria-hidden="true" />}>
          <Text size="sm">{unitReason(unit)}</Text>
        </Alert>
      )}
      <UnitMarks unit={unit} />
      {mayWait(unit) && (
        <WhyWaiting
          sessionId={sessionId}
          unit={unit.path}
          isOver={unit.state === 'not_run'}
          onSelect={onSelect}
        />
      )}
      {unit.operations.length > 0 && (
        <Group gap={6} role="group" aria-label={t('unit.operations')}>
          <OperationButtons operations={unit.operations} busy={busy} onOperate={onOperate} size="xs" />
        </Group>
      )}
      {!isAttemptType(unit.type) ? (
        <UnitFacts unit={unit} sessionId={sessionId} />
      ) : (
        <Tabs defaultValue="output" className="nz-panel-tabs" keepMounted={false}>
          <Tabs.List>
            <Tabs.Tab value="output">{t('unit.tabs.output')}</Tabs.Tab>
            <Tabs.Tab value="details">{t('unit.tabs.details')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="output" className="nz-panel-output">
            {attempt === undefined ? (
              <EmptyState
                icon={<IconInfoCircle />}
                title={t(`unit.${nothing}.title`)}
                text={t(`unit.${nothing}.text`)}
              />
            ) : (
              <>
                <TransferProgress unit={unit} sessionId={sessionId} attemptId={attempt.id} />
                <AttemptPicker attempts={unit.attempts} chosen={attempt} onChoose={setChosen} />
                <OutputViewer key={attempt.id} attempt={attempt} />
              </>
            )}
          </Tabs.Panel>
          <Tabs.Panel value="details" pt="sm">
            <UnitFacts unit={unit} sessionId={sessionId} />
            <AttemptTable sessionId={sessionId} unit={unit} />
          </Tabs.Panel>
        </Tabs>
      )}
    </section>
  );
};

/** What its time means: the end of a wait, the time limit of what waits inside the manager, or the next try. */
const retryLabel = (t: TFunction, { type, work }: UnitView): string => {
  if (type === 'wait') return t('unit.waitsUntil');
  return work === undefined ? t('unit.retryAt') : t('unitWork.timeUp');
};

const UnitFacts = ({ unit, sessionId }: { readonly unit: UnitView; readonly sessionId: number }) => {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Stack gap="xs" mb="md">
      <dl className="nz-facts">
        <dt>{t('unit.facts.type')}</dt>
        <dd>
          {t(`unit.type.${unit.type}`)}
          {unit.recovery === true && ` (${t('net.recovery')})`}
        </dd>
        {unit.answer !== undefined && (
          <>
            <dt>{t('unit.facts.answer')}</dt>
            <dd>{outcomeText(t, unit.answer)}</dd>
          </>
        )}
        {unit.reference !== undefined && (
          <>
            <dt>{t('outputs.of')}</dt>
            <dd>
              <Link to="/net/$name" params={{ name: unit.reference.net }}>
                {unit.reference.net}
              </Link>{' '}
              ({t('outputs.revision', { revision: unit.reference.revision })})
            </dd>
          </>
        )}
        {[...(unit.parameters ?? []), ...(unit.outputs ?? [])].map(({ name, value }) => (
          <Fragment key={name}>
            <dt className="nz-mono">{name}</dt>
            <dd className="nz-mono nz-break">{value ?? '***'}</dd>
          </Fragment>
        ))}
        <UnitWorkFacts unit={unit} sessionId={sessionId} />
        <dt>{t('unit.facts.started')}</dt>
        <dd>
          <Instant at={unit.startedAt} />
        </dd>
        <dt>{t('unit.facts.ended')}</dt>
        <dd>
          <Instant at={unit.endedAt} />
        </dd>
        <dt>{t('unit.facts.after')}</dt>
        <dd>
          {unit.after.edges.length === 0 ? (
            t('unit.after.none')
          ) : (
            <>
              {unit.after.edges.length > 1 && <div>{t(`unit.after.${unit.after.mode}`)}</div>}
              <ul className="nz-plain-list">
                {unit.after.edges.map((edge) => (
                  <li key={edge.unit}>
                    <strong>{edge.unit}</strong>:{' '}
                    {format.list(edge.on.map((outcome) => outcomeText(t, outcome)))}
                  </li>
                ))}
              </ul>
            </>
          )}
        </dd>
      </dl>
    </Stack>
  );
};
