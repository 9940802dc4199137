// A section of the settings that is nothing but numbers with their units. Called by the sections of output, reconciliation and transfers.
import { SimpleGrid, Stack } from '@mantine/core';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import type { SettingsSection } from '@nezuban/protocol/settings/settings';
import { useMay } from '../../app/use-may.ts';
import { FormBar } from '../../components/form-bar.tsx';
import type { VersionedForm } from '../../components/use-versioned-form.ts';
import { NumberSetting, type Unit } from './number-setting.tsx';

type Numbers<Path extends string> = Readonly<Record<Path, number | null>>;
type Props<Path extends string, Draft extends Numbers<Path>> = {
  readonly section: SettingsSection;
  readonly view: SettingsView;
  readonly form: VersionedForm<Draft>;
  readonly errors: Readonly<Record<string, string>>;
  readonly fields: readonly { readonly path: Path; readonly unit: Unit; readonly label: string }[];
  /** What an emptied field is: no bound (null, and then what that is called), or not a number, which is refused. */
  readonly none: number | null;
  readonly noneLabel?: string;
};

export const NumbersForm = <Path extends string, Draft extends Numbers<Path>>({
  section,
  view,
  form,
  errors,
  fields,
  none,
  noneLabel,
}: Props<Path, Draft>) => {
  const mayWrite = useMay('settings.write');
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        {fields.map(({ path, unit, label }) => (
          <NumberSetting
            key={path}
            section={section}
            path={path}
            unit={unit}
            label={label}
            {...(noneLabel === undefined ? {} : { noneLabel })}
            value={form.draft[path]}
            onChange={(value) => form.change({ ...form.draft, [path]: value ?? none })}
            error={errors[path]}
            disabled={!mayWrite}
          />
        ))}
      </SimpleGrid>
      {mayWrite && (
        <FormBar form={form} changedBy={view.updatedBy} invalid={Object.keys(errors).length > 0} />
      )}
    </Stack>
  );
};
