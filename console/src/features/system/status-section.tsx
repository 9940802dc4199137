// How long an entry of the status view holds without being heard of again, and monitors for which that is otherwise.
import {
  ActionIcon,
  Button,
  Fieldset,
  Group,
  NativeSelect,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import { expiryActions, type StatusSettings } from '@nezuban/protocol/events/event-settings';
import { useMay } from '../../app/use-may.ts';
import { FormBar } from '../../components/form-bar.tsx';
import { NumberSetting } from './number-setting.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { useSettingsForm, type SettingsForm } from './use-settings-form.ts';

type Monitor = StatusSettings['monitors'][number];
type Expiry = StatusSettings['on_expiry'];

const spans = ['keyed_minutes', 'unkeyed_minutes', 'cleared_minutes'] as const;
/** A day, as for entries without a key. */
const minutesAtFirst = 1440;

export const StatusSection = () => {
  const { t } = useTranslation();
  return (
    <SettingsFrame section="status" text={t('settings.status.text')}>
      {(view) => <StatusForm view={view} />}
    </SettingsFrame>
  );
};

const StatusForm = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useTranslation();
  const mayWrite = useMay('settings.write');
  const { form, errors } = useSettingsForm('status', view);
  const { draft, change } = form;
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
        {spans.map((path) => (
          <NumberSetting
            key={path}
            section="status"
            path={path}
            unit="minutes"
            label={t(`settings.status.${path}.label`)}
            text={t(`settings.status.${path}.text`)}
            noneLabel={t('settings.status.untilCleared')}
            value={draft[path]}
            onChange={(value) => change({ ...draft, [path]: value })}
            error={errors[path]}
            disabled={!mayWrite}
          />
        ))}
      </SimpleGrid>
      <ExpirySelect
        label={t('settings.status.onExpiry')}
        value={draft.on_expiry}
        onChange={(expiry) => change({ ...draft, on_expiry: expiry })}
        disabled={!mayWrite}
      />
      <Monitors form={form} errors={errors} disabled={!mayWrite} />
      {mayWrite && (
        <FormBar form={form} changedBy={view.updatedBy} invalid={Object.keys(errors).length > 0} />
      )}
    </Stack>
  );
};

type ExpiryProps = {
  readonly label: string;
  readonly value: Expiry;
  readonly onChange: (value: Expiry) => void;
  readonly disabled: boolean;
};

const ExpirySelect = ({ label, value, onChange, disabled }: ExpiryProps) => {
  const { t } = useTranslation();
  return (
    <NativeSelect
      label={label}
      value={value}
      data={expiryActions.map((each) => ({ value: each, label: t(`settings.status.expiry.${each}`) }))}
      onChange={(event) => {
        const chosen = expiryActions.find((each) => each === event.currentTarget.value);
        if (chosen !== undefined) onChange(chosen);
      }}
      disabled={disabled}
      maw={360}
    />
  );
};

type MonitorsProps = SettingsForm<'status'> & { readonly disabled: boolean };

const Monitors = ({ form, errors, disabled }: MonitorsProps) => {
  const { t } = useTranslation();
  const { monitors } = form.draft;
  const change = (next: readonly Monitor[]) => form.change({ ...form.draft, monitors: [...next] });
  return (
    <Fieldset legend={t('settings.status.monitors')} p="sm">
      <Stack gap="md">
        {monitors.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('settings.status.noMonitors')}
          </Text>
        )}
        {monitors.map((each, index) => (
          // The place is the identity: names change while they are typed.
          <SimpleGrid
            key={index}
            cols={{ base: 1, sm: 2, lg: 4 }}
            spacing="md"
            role="group"
            aria-label={each.monitor}
          >
            <TextInput
              label={t('settings.status.monitor')}
              value={each.monitor}
              onChange={(event) =>
                change(monitors.with(index, { ...each, monitor: event.currentTarget.value }))
              }
              error={
                errors[`monitors.${index}.monitor`] === undefined ? undefined : t('settings.events.nameRule')
              }
              disabled={disabled}
              required
            />
            <NumberSetting
              section="status"
              path="unkeyed_minutes"
              unit="minutes"
              label={t('settings.status.minutes')}
              noneLabel={t('settings.status.untilCleared')}
              value={each.minutes}
              onChange={(minutes) => change(monitors.with(index, { ...each, minutes }))}
              error={errors[`monitors.${index}.minutes`]}
              disabled={disabled}
            />
            <ExpirySelect
              label={t('settings.status.onExpiry')}
              value={each.on_expiry}
              onChange={(expiry) => change(monitors.with(index, { ...each, on_expiry: expiry }))}
              disabled={disabled}
            />
            {!disabled && (
              <ActionIcon
                variant="subtle"
                color="red"
                mt={26}
                aria-label={t('settings.status.remove', { name: each.monitor })}
                onClick={() => change(monitors.toSpliced(index, 1))}
              >
                <IconTrash aria-hidden="true" />
              </ActionIcon>
            )}
          </SimpleGrid>
        ))}
        {!disabled && (
          <Group>
            <Button
              variant="default"
              leftSection={<IconPlus size={16} aria-hidden="true" />}
              onClick={() =>
                change([...monitors, { monitor: '', minutes: minutesAtFirst, on_expiry: 'remove' }])
              }
            >
              {t('settings.status.add')}
            </Button>
          </Group>
        )}
      </Stack>
    </Fieldset>
  );
};
