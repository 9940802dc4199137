// The change of the own password: in the settings, and before anything else while the one-time password is in use.
import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { FormError } from '../../components/error-state.tsx';

export const PasswordForm = ({
  currentLabel,
  onChanged,
}: {
  readonly currentLabel: string;
  readonly onChanged: () => Promise<void> | void;
}) => {
  const { t } = useTranslation();
  const { api, queries } = useBackend();
  const { data: me } = useQuery(queries.me());
  // The manager judges by its policy; this spares the way there.
  const passwordLengthMin = me?.passwordLengthMin ?? 1;
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [repeated, setRepeated] = useState('');
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const tooShort = next.length < passwordLengthMin;
  const differs = next !== repeated;
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (tooShort || differs) return;
    setBusy(true);
    setError(null);
    try {
      await api.call('changePassword', { body: { current, next } });
      setCurrent('');
      setNext('');
      setRepeated('');
      setTried(false);
      await onChanged();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const toggle = { 'aria-label': t('access.showPassword'), tabIndex: 0, 'aria-hidden': false } as const;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm" maw={400}>
        <FormError error={error} />
        <PasswordInput
          label={currentLabel}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          autoComplete="current-password"
          visibilityToggleButtonProps={toggle}
          required
          withAsterisk={false}
        />
        <PasswordInput
          label={t('access.password.next')}
          description={t('access.password.rule', { count: passwordLengthMin })}
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
          autoComplete="new-password"
          visibilityToggleButtonProps={toggle}
          error={tried && tooShort && t('access.password.rule', { count: passwordLengthMin })}
          required
          withAsterisk={false}
        />
        <PasswordInput
          label={t('access.password.repeat')}
          value={repeated}
          onChange={(event) => setRepeated(event.currentTarget.value)}
          autoComplete="new-password"
          visibilityToggleButtonProps={toggle}
          error={tried && differs && t('access.password.differs')}
          required
          withAsterisk={false}
        />
        <Group>
          <Button type="submit" loading={busy}>
            {t('access.password.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
