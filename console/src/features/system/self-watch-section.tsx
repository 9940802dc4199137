// From when on the manager tells of itself: a warning, then a critical event.
import { Fieldset, SimpleGrid, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import type { Settings } from '@nezuban/protocol/settings/settings';
import { useMay } from '../../app/use-may.ts';
import { FormBar } from '../../components/form-bar.tsx';
import { NumberSetting, type Unit } from './number-setting.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { useSettingsForm } from './use-settings-form.ts';

type Watched = keyof Settings['self_watch'];
/** `falls`: the smaller, the worse. */
const watched = [
  { key: 'disk_free_percent', unit: 'percent', falls: true },
  { key: 'disk_full_in_hours', unit: 'hours', falls: true },
  { key: 'database_bytes', unit: 'gigabytes', falls: false },
  { key: 'event_loop_lag_ms', unit: 'milliseconds', falls: false },
  { key: 'queue_percent', unit: 'percent', falls: false },
  { key: 'certificate_days', unit: 'days', falls: true },
  { key: 'clock_difference_s', unit: 'seconds', falls: false },
  { key: 'line_stands_minutes', unit: 'minutes', falls: false },
] as const satisfies readonly { readonly key: Watched; readonly unit: Unit; readonly falls: boolean }[];
const levels = ['warning', 'critical'] as const;

export const SelfWatchSection = () => {
  const { t } = useTranslation();
  return (
    <SettingsFrame section="self_watch" text={t('settings.self_watch.text')}>
      {(view) => <WatchForm view={view} />}
    </SettingsFrame>
  );
};

const WatchForm = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useTranslation();
  const mayWrite = useMay('settings.write');
  const { form, errors } = useSettingsForm('self_watch', view);
  const { draft } = form;
  /** A warning that comes after the critical event would never be seen. */
  const isTwisted = ({ key, falls }: (typeof watched)[number]): boolean => {
    const { warning, critical } = draft[key];
    if (warning === null || critical === null) return false;
    return falls ? warning < critical : warning > critical;
  };
  return (
    <Stack gap="md">
      {watched.map((each) => (
        <Fieldset key={each.key} legend={t(`settings.self_watch.${each.key}`)} p="sm">
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
            {levels.map((level) => (
              <NumberSetting
                key={level}
                section="self_watch"
                path={`${each.key}.${level}`}
                unit={each.unit}
                label={t(`settings.self_watch.${each.falls ? 'below' : 'above'}.${level}`)}
                {...(each.key === 'database_bytes' ? { noneLabel: t('settings.self_watch.off') } : {})}
                value={draft[each.key][level]}
                onChange={(value) =>
                  form.change({ ...draft, [each.key]: { ...draft[each.key], [level]: value } })
                }
                error={errors[`${each.key}.${level}`]}
                disabled={!mayWrite}
              />
            ))}
          </SimpleGrid>
          {isTwisted(each) && (
            <Text size="sm" c="var(--mantine-color-error)" mt={6} role="alert">
              {t('settings.self_watch.twisted')}
            </Text>
          )}
        </Fieldset>
      ))}
      {mayWrite && (
        <FormBar
          form={form}
          changedBy={view.updatedBy}
          invalid={Object.keys(errors).length > 0 || watched.some(isTwisted)}
        />
      )}
    </Stack>
  );
};
