// Sends one test message now, by a rule or a channel as it is stored, and says what became of it.
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { useAction } from '../../components/use-action.ts';

type Props = {
  readonly operation: 'testRule' | 'testChannel';
  readonly name: string;
  readonly disabled?: boolean;
  readonly compact?: boolean;
};

/** A reason is read, not glanced at. */
const failureShownMs = 15_000;

export const TestButton = ({ operation, name, disabled = false, compact = false }: Props) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const { busy, run } = useAction();
  const test = () =>
    run(async () => {
      const { sent, error } = await api.call(operation, { params: { name } });
      notifications.show(
        sent
          ? {
              title: t('notify.test.sent', { name }),
              // What the receiver said besides, or what a test leaves out.
              message: error ?? '',
              color: 'green',
            }
          : {
              title: t('notify.test.failed', { name }),
              message: error ?? '',
              color: 'red',
              autoClose: failureShownMs,
            },
      );
    });
  return (
    <Button
      size={compact ? 'compact-xs' : 'sm'}
      variant="default"
      loading={busy}
      disabled={disabled}
      onClick={() => void test()}
      aria-label={t('notify.test.one', { name })}
    >
      {t('notify.test.action')}
    </Button>
  );
};
