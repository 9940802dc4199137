// What the commands of a session were given: its trigger, its parameters, what Nezuban tells each of them, and what units define themselves.
import { Alert, Paper, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { useBackend } from '../../app/backend.tsx';
import { Instant } from '../../components/times.tsx';
import { unitsOfDefinition } from './layout/graph-unit.ts';
import { Trigger } from './trigger.tsx';

type Props = {
  readonly detail: SessionDetail;
  readonly selected: string | null;
  readonly onSelect: (path: string) => void;
};

export const SessionVariables = ({ detail, selected, onSelect }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  // Its absence is no fault: the net may have been deleted since.
  const net = useQuery({ ...queries.net(detail.net), retry: false }).data?.body;
  const parameters = Object.entries(detail.parameters);
  const own = useMemo(
    () =>
      net === undefined
        ? []
        : unitsOfDefinition(net.definition).flatMap(({ path, title, definition }) =>
            'environment' in definition
              ? Object.entries(definition.environment ?? {}).map(([name, value]) => ({
                  path,
                  unit: title ?? path,
                  name,
                  value,
                }))
              : [],
          ),
    [net],
  );
  const given: readonly (readonly [string, string])[] = [
    ['NEZUBAN_SESSION_ID', String(detail.id)],
    ['NEZUBAN_NET', detail.net],
    ['NEZUBAN_UNIT', selected ?? '…'],
    ['NEZUBAN_RUN', String(detail.units.find(({ path }) => path === selected)?.run ?? '…')],
    ['NEZUBAN_TRY', '…'],
  ];
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must reach it
    <div className="nz-variables" role="region" tabIndex={0} aria-label={t('session.view.variables')}>
      <Section title={t('variables.session')}>
        <dl className="nz-facts">
          <dt>{t('variables.net')}</dt>
          <dd>
            <Link to="/net/$name" params={{ name: detail.net }}>
              {detail.net}
            </Link>
          </dd>
          <dt>{t('variables.startedBy')}</dt>
          <dd>
            <Trigger trigger={detail.trigger} whole />
          </dd>
          {detail.trigger.type === 'schedule' && (
            <>
              <dt>{t('variables.dueAt')}</dt>
              <dd>
                <Instant at={detail.trigger.dueAt} />
              </dd>
            </>
          )}
          {detail.trigger.business !== undefined && (
            <>
              <dt>{t('variables.businessDate')}</dt>
              <dd>
                {detail.trigger.business.date} ({detail.trigger.business.calendar})
              </dd>
            </>
          )}
          <dt>{t('unit.facts.started')}</dt>
          <dd>
            <Instant at={detail.createdAt} />
          </dd>
          <dt>{t('unit.facts.ended')}</dt>
          <dd>
            <Instant at={detail.endedAt} />
          </dd>
        </dl>
      </Section>
      <Section title={t('variables.parameters')}>
        {parameters.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('variables.noParameters')}
          </Text>
        ) : (
          <Pairs pairs={parameters} />
        )}
      </Section>
      <Section title={t('outputs.title')}>
        <UnitVariables detail={detail} selected={selected} onSelect={onSelect} />
      </Section>
      <Section title={t('variables.given')}>
        <Pairs pairs={given} />
      </Section>
      <Section title={t('variables.environment')}>
        {net !== undefined && net.updatedAt > detail.createdAt && (
          <Alert p="xs" mb="xs" color="yellow">
            <Text size="sm">{t('variables.asOfNow')}</Text>
          </Alert>
        )}
        {own.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('variables.noEnvironment')}
          </Text>
        ) : (
          <UnitValues rows={own} selected={selected} onSelect={onSelect} />
        )}
      </Section>
    </div>
  );
};

type UnitValuesProps = Pick<Props, 'selected' | 'onSelect'> & {
  readonly rows: readonly {
    readonly path: string;
    readonly unit: string;
    readonly name: string;
    readonly value: string;
  }[];
};

/** Values by unit and name; a unit leads to itself. */
const UnitValues = ({ rows, selected, onSelect }: UnitValuesProps) => {
  const { t } = useTranslation();
  return (
    <table className="nz-table nz-table-small">
      <thead>
        <tr>
          <th scope="col">{t('variables.columns.unit')}</th>
          <th scope="col">{t('variables.columns.name')}</th>
          <th scope="col">{t('variables.columns.value')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ path, unit, name, value }) => (
          <tr key={`${path} ${unit} ${name}`} data-selected={path === selected || undefined}>
            <td>
              <button type="button" className="nz-text-button" onClick={() => onSelect(path)}>
                {unit}
              </button>
            </td>
            <td className="nz-mono">{name}</td>
            <td className="nz-mono nz-break">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

/** What units have given, and what referenced nets were given. */
const UnitVariables = ({ detail, selected, onSelect }: Props) => {
  const { t } = useTranslation();
  const rows = detail.units.flatMap(({ path, title, reference, parameters = [], outputs = [] }) => [
    ...(reference === undefined
      ? []
      : parameters.map((variable) => ({
          ...variable,
          path,
          unit: `${title ?? path}: ${t('outputs.reference', { net: reference.net })}`,
        }))),
    ...outputs.map((variable) => ({ ...variable, path, unit: title ?? path })),
  ]);
  if (rows.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('outputs.none')}
      </Text>
    );
  return (
    <UnitValues
      rows={rows.map((row) => ({ ...row, value: row.value ?? `*** (${t('outputs.secret')})` }))}
      selected={selected}
      onSelect={onSelect}
    />
  );
};

const Section = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <Paper withBorder p="md" component="section" aria-label={title}>
    <Title order={2} size="h5" mb="xs">
      {title}
    </Title>
    {children}
  </Paper>
);

const Pairs = ({ pairs }: { readonly pairs: readonly (readonly [string, string])[] }) => (
  <dl className="nz-facts">
    {pairs.map(([name, value]) => (
      <div key={name} className="nz-facts-row">
        <dt className="nz-mono">{name}</dt>
        <dd className="nz-mono nz-break">{value}</dd>
      </div>
    ))}
  </dl>
);
