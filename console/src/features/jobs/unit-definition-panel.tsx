// What the definition says about one unit, in plain rows.
import { ActionIcon, Group, Text, Title } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { isAttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import { useFormat } from '../../components/use-format.ts';
import { OrderPreview } from './order-preview.tsx';
import { toolRows } from './tool-words.ts';
import { controlRows, outcomeText } from './unit-words.ts';

type Props = {
  readonly unit: UnitDefinition;
  readonly path: string;
  /** The net in whose definition in force it stands; absent where another one is shown. */
  readonly net?: string;
  readonly onClose: () => void;
};

export const UnitDefinitionPanel = ({ unit, path, net, onClose }: Props) => {
  const { t } = useTranslation();
  const format = useFormat();
  const after =
    unit.after === undefined
      ? { mode: 'all' as const, edges: [] }
      : 'all' in unit.after
        ? { mode: 'all' as const, edges: unit.after.all }
        : { mode: 'any' as const, edges: unit.after.any };
  const rows: [string, string][] = [[t('unit.facts.type'), t(`unit.type.${unit.type}`)]];
  if ('target' in unit && unit.target !== undefined)
    rows.push([
      t('definition.target'),
      'node' in unit.target ? unit.target.node : `${unit.target.scope} (${unit.target.mode})`,
    ]);
  if (unit.hold) rows.push([t('definition.hold'), t('definition.yes')]);
  rows.push(...controlRows(t, format, unit));
  if (isAttemptUnit(unit)) {
    rows.push(...toolRows(t, format, unit));
    if (unit.user !== undefined) rows.push([t('definition.user'), unit.user]);
    if (unit.type === 'command' && unit.working_directory !== undefined)
      rows.push([t('definition.directory'), unit.working_directory]);
    if (unit.timeout_s !== undefined)
      rows.push([t('definition.timeout'), format.duration(unit.timeout_s * 1000)]);
    if (unit.retry !== undefined)
      rows.push([
        t('definition.retry'),
        t('definition.retryText', {
          count: unit.retry.count,
          delay: format.duration(unit.retry.delay_s * 1000),
        }),
      ]);
    if ('exit_codes' in unit && unit.exit_codes !== undefined) {
      rows.push([t('definition.normalCodes'), unit.exit_codes.normal]);
      if (unit.exit_codes.warning !== undefined)
        rows.push([t('definition.warningCodes'), unit.exit_codes.warning]);
    }
  }
  return (
    <section className="nz-panel" aria-label={t('unit.panel', { unit: unit.name })}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div className="nz-panel-title">
          <Title order={2} size="h4">
            {unit.title ?? unit.name}
          </Title>
          <Text size="xs" c="dimmed" className="nz-break">
            {path}
          </Text>
        </div>
        <ActionIcon variant="subtle" color="gray" onClick={onClose} aria-label={t('unit.close')}>
          <IconX size={18} aria-hidden="true" />
        </ActionIcon>
      </Group>
      {unit.description !== undefined && <Text size="sm">{unit.description}</Text>}
      <dl className="nz-facts">
        {rows.map(([name, value]) => (
          <div key={name} className="nz-facts-row">
            <dt>{name}</dt>
            <dd className="nz-break">{value}</dd>
          </div>
        ))}
        <div className="nz-facts-row">
          <dt>{t('unit.facts.after')}</dt>
          <dd>
            {after.edges.length === 0 ? (
              t('unit.after.none')
            ) : (
              <>
                {after.edges.length > 1 && t(`unit.after.${after.mode}`)}
                <ul className="nz-plain-list">
                  {after.edges.map((edge) => (
                    <li key={edge.unit}>
                      <strong>{edge.unit}</strong>:{' '}
                      {format.list(edge.on.map((outcome) => outcomeText(t, outcome)))}
                    </li>
                  ))}
                </ul>
              </>
            )}
          </dd>
        </div>
      </dl>
      {unit.type === 'command' && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must reach it
        <pre className="nz-code" tabIndex={0} aria-label={t('definition.command')} role="region">
          {typeof unit.command === 'string' ? unit.command : (unit.command?.join(' ') ?? unit.script)}
        </pre>
      )}
      {net !== undefined && isAttemptUnit(unit) && <OrderPreview key={path} net={net} unit={path} />}
    </section>
  );
};
