// Names with values: headers of a webhook, parameters of a job net.
import { ActionIcon, Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { maskedSecret } from '@nezuban/protocol/notifications/channel';
import { valueAt } from './draft.ts';
import { useDraftForm } from './draft-form.tsx';

/** A form with more is read by nobody; longer lists are for files. */
const pairsMax = 50;

type Props = {
  readonly path: string;
  readonly label: string;
  readonly description: string;
  readonly addLabel: string;
};

/** A stored value that is a secret stays as it is until it is typed over. */
export const PairsAt = ({ path, label, description, addLabel }: Props) => {
  const { t } = useTranslation();
  const form = useDraftForm();
  const raw = valueAt(form.draft, path);
  const pairs = Object.entries((raw ?? {}) as Readonly<Record<string, string>>);
  const setPairs = (next: readonly (readonly [string, string])[]) =>
    form.set(path, next.length === 0 ? undefined : Object.fromEntries(next));
  const error = form.faultAt(path);
  return (
    <div role="group" aria-label={label}>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      <Text size="xs" c="dimmed">
        {description}
      </Text>
      <Stack gap="xs" mt={6}>
        {pairs.map(([name, value], index) => (
          // The name changes while it is typed; its place in the list is what the row is known by.
          <Group key={index} gap="xs" wrap="nowrap" align="flex-end">
            <TextInput
              label={t('notify.pairs.name')}
              value={name}
              onChange={(event) => setPairs(pairs.with(index, [event.currentTarget.value, value]))}
              spellCheck={false}
              flex={1}
            />
            {value === maskedSecret ? (
              <Group gap="xs" flex={2} wrap="nowrap" pb={6}>
                <Text size="sm">{t('notify.secret.stored')}</Text>
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={t('notify.secret.replaceOne', { what: name })}
                  onClick={() => setPairs(pairs.with(index, [name, '']))}
                >
                  {t('notify.secret.replace')}
                </Button>
              </Group>
            ) : isSecretName(name) ? (
              <PasswordInput
                label={t('notify.pairs.value')}
                value={value}
                onChange={(event) => setPairs(pairs.with(index, [name, event.currentTarget.value]))}
                autoComplete="new-password"
                visibilityToggleButtonProps={{
                  'aria-label': t('access.showPassword'),
                  tabIndex: 0,
                  'aria-hidden': false,
                }}
                flex={2}
              />
            ) : (
              <TextInput
                label={t('notify.pairs.value')}
                value={value}
                onChange={(event) => setPairs(pairs.with(index, [name, event.currentTarget.value]))}
                spellCheck={false}
                flex={2}
              />
            )}
            <ActionIcon
              variant="default"
              mb={4}
              aria-label={t('notify.pairs.remove', { name: name === '' ? String(index + 1) : name })}
              onClick={() => setPairs(pairs.toSpliced(index, 1))}
            >
              <IconX size={15} aria-hidden="true" />
            </ActionIcon>
          </Group>
        ))}
        {error !== undefined && (
          <Text size="xs" c="var(--mantine-color-error)" role="alert">
            {error}
          </Text>
        )}
        {pairs.length < pairsMax && !pairs.some(([name]) => name === '') && (
          <Group>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlus size={14} aria-hidden="true" />}
              onClick={() => setPairs([...pairs, ['', '']])}
            >
              {addLabel}
            </Button>
          </Group>
        )}
      </Stack>
    </div>
  );
};

/** As the manager judges it (webhook.ts): values that let somebody in are not shown while they are typed. */
const isSecretName = (name: string): boolean =>
  /pass|token|secret|auth|cookie|key|signature|credential|session/i.test(name);
