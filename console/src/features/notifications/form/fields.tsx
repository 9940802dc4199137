// Fields of a draft, each bound to its path: text, numbers, lists, choices, secrets.
// Not responsible for what they mean: labels and choices come from the forms.
import {
  Button,
  Group,
  Input,
  MultiSelect,
  NumberInput,
  PasswordInput,
  Select,
  Switch,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { maskedSecret } from '@nezuban/protocol/notifications/channel';
import { valueAt } from './draft.ts';
import { useDraftForm } from './draft-form.tsx';

type FieldProps = {
  readonly path: string;
  readonly label: string;
  readonly description?: ReactNode;
  readonly placeholder?: string;
  readonly disabled?: boolean;
};

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
export const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];

export const TextAt = ({
  path,
  required = false,
  autoFocus = false,
  ...props
}: FieldProps & { readonly required?: boolean; readonly autoFocus?: boolean }) => {
  const form = useDraftForm();
  return (
    <TextInput
      {...props}
      value={textOf(valueAt(form.draft, path))}
      onChange={(event) => form.set(path, event.currentTarget.value)}
      onBlur={() => form.leave(path)}
      error={form.faultAt(path)}
      aria-required={required}
      autoComplete="off"
      spellCheck={false}
      {...(autoFocus ? { 'data-autofocus': true } : {})}
    />
  );
};

export const NumberAt = ({
  path,
  ...props
}: FieldProps & { readonly min?: number; readonly max?: number; readonly suffix?: string }) => {
  const form = useDraftForm();
  const value = valueAt(form.draft, path);
  return (
    <NumberInput
      {...props}
      value={typeof value === 'number' || typeof value === 'string' ? value : ''}
      onChange={(next) => form.set(path, next)}
      onBlur={() => form.leave(path)}
      error={form.faultAt(path)}
      clampBehavior="none"
      hideControls
    />
  );
};

export const AreaAt = ({ path, ...props }: FieldProps & { readonly minRows?: number }) => {
  const form = useDraftForm();
  return (
    <Textarea
      {...props}
      value={textOf(valueAt(form.draft, path))}
      onChange={(event) => form.set(path, event.currentTarget.value)}
      onBlur={() => form.leave(path)}
      error={form.faultAt(path)}
      autosize
      maxRows={14}
      spellCheck={false}
    />
  );
};

/** Names that are typed; those that are known are offered. */
export const TagsAt = ({
  path,
  placeholder = '',
  data = [],
  ...props
}: FieldProps & { readonly data?: readonly string[] }) => {
  const form = useDraftForm();
  const value = listOf(valueAt(form.draft, path));
  return (
    <TagsInput
      {...props}
      placeholder={value.length === 0 ? placeholder : ''}
      value={value}
      onChange={(next) => form.set(path, next)}
      onBlur={() => form.leave(path)}
      error={form.faultAt(path)}
      data={[...data]}
      limit={50}
      acceptValueOnBlur
      splitChars={[]}
    />
  );
};

type Choice = { readonly value: string; readonly label: string };

export const ChoicesAt = ({
  path,
  placeholder = '',
  data,
  ...props
}: FieldProps & { readonly data: readonly Choice[] }) => {
  const form = useDraftForm();
  const value = listOf(valueAt(form.draft, path));
  return (
    <MultiSelect
      {...props}
      placeholder={value.length === 0 ? placeholder : ''}
      value={value}
      onChange={(next) => form.set(path, next)}
      onBlur={() => form.leave(path)}
      error={form.faultAt(path)}
      data={[...data]}
      searchable={data.length > 8}
      hidePickedOptions
    />
  );
};

/** `orElse`: what holds when nothing is said; null: nothing is chosen then, and a choice can be taken back. */
export const ChoiceAt = ({
  path,
  data,
  orElse,
  ...props
}: FieldProps & {
  readonly data: readonly Choice[];
  readonly orElse: string | null;
  readonly searchable?: boolean;
}) => {
  const form = useDraftForm();
  const value = valueAt(form.draft, path);
  return (
    <Select
      {...props}
      value={typeof value === 'string' ? value : orElse}
      onChange={(next) => form.set(path, next ?? undefined)}
      error={form.faultAt(path)}
      data={[...data]}
      allowDeselect={orElse === null}
      clearable={orElse === null}
    />
  );
};

export const SwitchAt = ({
  path,
  orElse,
  ...props
}: Omit<FieldProps, 'placeholder'> & { readonly orElse: boolean }) => {
  const form = useDraftForm();
  const value = valueAt(form.draft, path);
  return (
    <Switch
      {...props}
      checked={typeof value === 'boolean' ? value : orElse}
      onChange={(event) => form.set(path, event.currentTarget.checked)}
    />
  );
};

/** A secret that is stored is never shown: it stays, or is replaced on purpose. */
export const SecretAt = ({ path, label, description, placeholder }: FieldProps) => {
  const { t } = useTranslation();
  const form = useDraftForm();
  const value = valueAt(form.draft, path);
  const [known] = useState(value);
  const isKept = value === maskedSecret;
  if (isKept)
    return (
      <Input.Wrapper label={label} description={description} labelElement="div" error={form.faultAt(path)}>
        <Group gap="xs" mt={2}>
          <IconLock size={15} aria-hidden="true" />
          <Text size="sm">{t('notify.secret.stored')}</Text>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => form.set(path, undefined)}
            aria-label={t('notify.secret.replaceOne', { what: label })}
          >
            {t('notify.secret.replace')}
          </Button>
        </Group>
      </Input.Wrapper>
    );
  return (
    <PasswordInput
      label={label}
      description={
        known !== maskedSecret && form.stored ? (
          <>
            {description} {t('notify.secret.emptyKeeps')}
          </>
        ) : (
          description
        )
      }
      placeholder={placeholder ?? ''}
      value={textOf(value)}
      onChange={(event) => form.set(path, event.currentTarget.value)}
      onBlur={() => form.leave(path)}
      error={form.faultAt(path)}
      autoComplete="new-password"
      visibilityToggleButtonProps={{
        'aria-label': t('access.showPassword'),
        tabIndex: 0,
        'aria-hidden': false,
      }}
      {...(known === maskedSecret
        ? {
            inputContainer: (input: ReactNode) => (
              <Group gap="xs" wrap="nowrap">
                <div style={{ flex: 1 }}>{input}</div>
                <Button size="compact-sm" variant="default" onClick={() => form.set(path, maskedSecret)}>
                  {t('notify.secret.keep')}
                </Button>
              </Group>
            ),
          }
        : {})}
    />
  );
};
