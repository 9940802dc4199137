// The lower end of a form over something with a version: what went wrong, the choice when somebody else was faster, save and discard.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconArrowBackUp, IconDeviceFloppy, IconUsers } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { FormError } from './error-state.tsx';
import type { VersionedForm } from './use-versioned-form.ts';

type Props<Draft> = {
  readonly form: VersionedForm<Draft>;
  /** Who has changed it, when somebody was faster. */
  readonly changedBy: string | null;
  readonly saveLabel?: string;
  /** What is wrong with the draft; it cannot be saved before that. */
  readonly invalid?: boolean;
  readonly onSaved?: () => void;
  /** Offered instead of discarding, where the form is a mode that ends. */
  readonly onCancel?: () => void;
};

export const FormBar = <Draft,>({
  form,
  changedBy,
  saveLabel,
  invalid = false,
  onSaved,
  onCancel,
}: Props<Draft>) => {
  const { t } = useTranslation();
  const act = (write: () => Promise<boolean>) =>
    void write().then((saved) => {
      if (saved) onSaved?.();
    });
  return (
    <Stack gap="sm">
      <FormError error={form.error} />
      {form.conflict && (
        <Alert
          color="yellow"
          icon={<IconUsers aria-hidden="true" />}
          title={t('form.conflict.title')}
          role="alert"
        >
          <Stack gap="xs">
            <Text size="sm">
              {changedBy === null
                ? t('form.conflict.textNobody')
                : t('form.conflict.text', { user: changedBy })}
            </Text>
            <Group gap="xs">
              <Button size="xs" variant="default" onClick={form.reset}>
                {t('form.conflict.theirs')}
              </Button>
              <Button size="xs" color="red" loading={form.busy} onClick={() => act(form.overwrite)}>
                {t('form.conflict.mine')}
              </Button>
            </Group>
          </Stack>
        </Alert>
      )}
      <Group gap="xs">
        <Button
          leftSection={<IconDeviceFloppy size={15} aria-hidden="true" />}
          loading={form.busy}
          disabled={!form.changed || invalid}
          onClick={() => act(form.save)}
        >
          {saveLabel ?? t('actions.save')}
        </Button>
        {onCancel === undefined ? (
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={15} aria-hidden="true" />}
            disabled={!form.changed || form.busy}
            onClick={form.reset}
          >
            {t('form.discard')}
          </Button>
        ) : (
          <Button variant="default" disabled={form.busy} onClick={onCancel}>
            {t('actions.cancel')}
          </Button>
        )}
        {form.undo !== null && (
          <Button variant="subtle" loading={form.busy} onClick={() => void form.undo?.()}>
            {t('form.undo')}
          </Button>
        )}
        {form.changed && (
          <Text size="sm" c="dimmed" role="status">
            {t('form.unsaved')}
          </Text>
        )}
      </Group>
    </Stack>
  );
};
