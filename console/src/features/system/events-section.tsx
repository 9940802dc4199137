// Fields of one's own on events: their names, and what they are called in both languages.
import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import { EVENT_FIELDS_MAX, type EventSettings } from '@nezuban/protocol/events/event-settings';
import { useMay } from '../../app/use-may.ts';
import { FormBar } from '../../components/form-bar.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { useSettingsForm } from './use-settings-form.ts';

type Field = EventSettings['fields'][number];
type TextKey = 'title' | 'title_ja';

export const EventsSection = () => {
  const { t } = useTranslation();
  return (
    <SettingsFrame section="events" text={t('settings.events.text')}>
      {(view) => <FieldsForm view={view} />}
    </SettingsFrame>
  );
};

/** A title that is empty is left out. */
const withTitle = (field: Field, key: TextKey, text: string): Field => {
  const { [key]: _before, ...rest } = field;
  return text === '' ? rest : { ...rest, [key]: text };
};

const swapped = (fields: readonly Field[], index: number): Field[] => {
  const [first, second] = [fields[index], fields[index + 1]];
  return first === undefined || second === undefined
    ? [...fields]
    : [...fields.slice(0, index), second, first, ...fields.slice(index + 2)];
};

const FieldsForm = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useTranslation();
  const mayWrite = useMay('settings.write');
  const { form, errors } = useSettingsForm('events', view);
  const { fields } = form.draft;
  const change = (next: readonly Field[]) => form.change({ ...form.draft, fields: [...next] });
  const names = fields.map(({ name }) => name);
  const errorOf = (field: Field, index: number): string | undefined => {
    if (names.indexOf(field.name) !== index) return t('settings.events.twice');
    return errors[`fields.${index}.name`] === undefined ? undefined : t('settings.events.nameRule');
  };
  return (
    <Stack gap="md">
      {fields.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('settings.events.none')}
        </Text>
      )}
      <Stack gap="sm" role="list" aria-label={t('settings.events.title')}>
        {fields.map((field, index) => (
          // The place is the identity: names change while they are typed.
          <Group key={index} gap="sm" align="flex-start" role="listitem" wrap="wrap">
            <TextInput
              label={t('settings.events.name')}
              value={field.name}
              onChange={(event) => change(fields.with(index, { ...field, name: event.currentTarget.value }))}
              error={errorOf(field, index)}
              disabled={!mayWrite}
              required
            />
            {(['title', 'title_ja'] as const).map((key) => (
              <TextInput
                key={key}
                label={t(`settings.events.titles.${key}`)}
                placeholder={field.name}
                value={field[key] ?? ''}
                onChange={(event) =>
                  change(fields.with(index, withTitle(field, key, event.currentTarget.value)))
                }
                error={errors[`fields.${index}.${key}`]}
                disabled={!mayWrite}
              />
            ))}
            {mayWrite && (
              <Group gap={4} mt={26}>
                <ActionIcon
                  variant="subtle"
                  aria-label={t('settings.events.up', { name: field.name })}
                  disabled={index === 0}
                  onClick={() => change(swapped(fields, index - 1))}
                >
                  <IconArrowUp aria-hidden="true" />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  aria-label={t('settings.events.down', { name: field.name })}
                  disabled={index === fields.length - 1}
                  onClick={() => change(swapped(fields, index))}
                >
                  <IconArrowDown aria-hidden="true" />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="red"
                  aria-label={t('settings.events.remove', { name: field.name })}
                  onClick={() => change(fields.toSpliced(index, 1))}
                >
                  <IconTrash aria-hidden="true" />
                </ActionIcon>
              </Group>
            )}
          </Group>
        ))}
      </Stack>
      {mayWrite && (
        <>
          <Group>
            <Button
              variant="default"
              leftSection={<IconPlus size={16} aria-hidden="true" />}
              disabled={fields.length >= EVENT_FIELDS_MAX}
              onClick={() => change([...fields, { name: '' }])}
            >
              {t('settings.events.add')}
            </Button>
          </Group>
          <FormBar form={form} changedBy={view.updatedBy} invalid={Object.keys(errors).length > 0} />
        </>
      )}
    </Stack>
  );
};
