// Which units of a start are held, not held or passed over this time: a table of the definition's units with a choice each, and a filter, because
// a net can have thousands. Units that were changed stand first. Called by the dialog that prepares a start.
import { NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import { preparedUnitChangeSchema, type PreparedUnitChange } from '@nezuban/protocol/jobs/start-preparation';
import { unitsOfDefinition } from '../layout/graph-unit.ts';

export type UnitChanges = Readonly<Record<string, PreparedUnitChange>>;

/** Rows at once: more nobody reads through, and each has a choice of its own. */
const shownMax = 100;

export const PreparedUnits = ({
  definition,
  value,
  onChange,
}: {
  readonly definition: JobNetDefinition;
  readonly value: UnitChanges;
  readonly onChange: (value: UnitChanges) => void;
}) => {
  const { t } = useTranslation();
  const [filter, setFilter] = useState('');
  const [first] = useState(value);
  const units = useMemo(() => {
    const defined = unitsOfDefinition(definition).map(({ path, title, definition: unit }) => ({
      path,
      title,
      isHeld: unit.hold !== undefined && unit.hold !== false,
    }));
    // Inside of another net that it refers to, or gone since.
    const known = new Set<string>(defined.map(({ path }) => path));
    const others = Object.keys(first)
      .filter((path) => !known.has(path))
      .map((path) => ({ path, title: null, isHeld: first[path] === 'release' }));
    const all = [...others, ...defined];
    return [...all.filter(({ path }) => path in first), ...all.filter(({ path }) => !(path in first))];
  }, [definition, first]);
  const text = filter.trim().toLowerCase();
  const found = units.filter(({ path, title }) => `${path} ${title ?? ''}`.toLowerCase().includes(text));
  const set = (path: string, change: PreparedUnitChange | null): void => {
    const { [path]: _before, ...others } = value;
    onChange(change === null ? others : { ...others, [path]: change });
  };
  return (
    <Stack gap="xs">
      {units.length > 8 && (
        <TextInput
          type="search"
          label={t('prepare.filter')}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      )}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must reach it */}
      <div className="nz-prepared-units" tabIndex={0} role="region" aria-label={t('prepare.units')}>
        <table className="nz-table">
          <thead>
            <tr>
              <th scope="col">{t('prepare.unit')}</th>
              <th scope="col">{t('prepare.unitChange')}</th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, shownMax).map(({ path, title, isHeld }) => (
              <tr key={path}>
                <td>
                  {path}
                  {title !== null && (
                    <Text size="xs" c="dimmed">
                      {title}
                    </Text>
                  )}
                </td>
                <td>
                  <NativeSelect
                    size="xs"
                    aria-label={t('prepare.changeOf', { unit: path })}
                    value={value[path] ?? ''}
                    onChange={(event) => {
                      const chosen = preparedUnitChangeSchema.safeParse(event.currentTarget.value);
                      set(path, chosen.success ? chosen.data : null);
                    }}
                    data={[
                      { value: '', label: t(isHeld ? 'prepare.asDefinedHeld' : 'prepare.asDefined') },
                      ...(isHeld
                        ? [{ value: 'release', label: t('prepare.changes.release') }]
                        : [{ value: 'hold', label: t('prepare.changes.hold') }]),
                      { value: 'skip', label: t('prepare.changes.skip') },
                    ]}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Text size="xs" c="dimmed" role="status">
        {found.length === 0
          ? t('prepare.noUnits')
          : found.length > shownMax && t('prepare.more', { count: found.length - shownMax })}
      </Text>
    </Stack>
  );
};
