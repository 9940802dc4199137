// The units of a session as a table: for keyboards, screen readers, and whoever prefers rows.
import { Anchor } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { UnitView } from '@nezuban/protocol/jobs/session';
import { DataTable } from '../../components/data-table.tsx';
import { DelayedBadge } from './delayed-badge.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { unitStatus } from '../../components/status.ts';
import { Elapsed, Instant } from '../../components/times.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { useUnitReason } from './use-unit-reason.ts';

type Props = {
  readonly units: readonly UnitView[];
  readonly selected: string | null;
  readonly onSelect: (path: string) => void;
};

export const UnitTable = ({ units, selected, onSelect }: Props) => {
  const { t } = useTranslation();
  const unitReason = useUnitReason();
  const columns = useMemo(
    () =>
      defineColumns<UnitView>([
        {
          id: 'unit',
          header: t('unit.columns.unit'),
          value: (unit) => unit.path,
          cell: (unit) => (
            <Anchor
              component="button"
              type="button"
              ta="left"
              size="sm"
              onClick={() => onSelect(unit.path)}
              className="nz-unit-name"
              style={{ paddingLeft: (unit.path.split('/').length - 1) * 14 }}
            >
              {unit.title ?? unit.name}
            </Anchor>
          ),
        },
        {
          id: 'state',
          header: t('unit.columns.state'),
          value: (unit) => t(unitStatus(unit.state, unit.endStatus, unit.type).label),
          cell: (unit) => (
            <span className="nz-states">
              <StatusBadge status={unitStatus(unit.state, unit.endStatus, unit.type)} plain />
              <DelayedBadge delayed={unit.delayed} />
            </span>
          ),
        },
        {
          id: 'started',
          header: t('unit.columns.started'),
          wide: true,
          value: (unit) => unit.startedAt ?? '',
          cell: (unit) => <Instant at={unit.startedAt} />,
        },
        {
          id: 'duration',
          header: t('unit.columns.duration'),
          value: durationOf,
          cell: (unit) => <Elapsed from={unit.startedAt} to={unit.endedAt} />,
        },
        {
          id: 'node',
          header: t('unit.columns.node'),
          wide: true,
          value: (unit) => unit.attempts[0]?.node ?? '',
          cell: (unit) => unit.attempts[0]?.node ?? '–',
        },
        {
          id: 'exit',
          header: t('unit.columns.exit'),
          wide: true,
          value: (unit) => unit.attempts[0]?.exitCode ?? -1,
          cell: (unit) => unit.attempts[0]?.exitCode ?? unit.attempts[0]?.signal ?? '–',
        },
        {
          id: 'reason',
          header: t('unit.columns.reason'),
          wide: true,
          value: unitReason,
          cell: unitReason,
        },
      ]),
    [t, onSelect, unitReason],
  );
  return (
    <DataTable
      label={t('unit.table')}
      items={units}
      columns={columns}
      keyOf={(unit) => unit.path}
      selectedKey={selected}
      onRowClick={(unit) => onSelect(unit.path)}
      sortable
    />
  );
};

const durationOf = (unit: UnitView): number =>
  unit.startedAt === null
    ? -1
    : (unit.endedAt === null ? Number.MAX_SAFE_INTEGER : Date.parse(unit.endedAt)) -
      Date.parse(unit.startedAt);
