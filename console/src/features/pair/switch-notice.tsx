// Tells how a switch goes that was asked for on this page: under way, done in so many seconds, refused, or not seen to happen.
import { Alert, Group, Loader, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { useNow } from '../../components/ticker.tsx';
import { useFormat } from '../../components/use-format.ts';
import { judgeSwitch, switchBoundMs } from './pair-view.ts';
import type { Switching } from './use-switch-order.ts';

type Props = { readonly status: PairStatus; readonly switching: Switching };

export const SwitchNotice = ({ status, switching }: Props) => (
  <div aria-live="polite" className="nz-outcome">
    {switching.order !== null && <Told status={status} switching={switching} />}
  </div>
);

const Told = ({ status, switching }: Props) => {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const { order, refusal, dismiss } = switching;
  if (order === null) return null;
  const close = {
    withCloseButton: true,
    onClose: dismiss,
    closeButtonLabel: t('actions.close'),
  } as const;
  if (refusal !== null)
    return (
      <Alert
        color="red"
        icon={<IconAlertTriangle aria-hidden="true" />}
        title={t('pair.switch.failed')}
        {...close}
      >
        {refusal}
      </Alert>
    );
  const outcome = judgeSwitch(order, status, now);
  switch (outcome.kind) {
    case 'running':
      return (
        <Alert color="blue">
          <Group gap="sm">
            <Loader size="xs" aria-hidden="true" />
            <Text size="sm" fw={600}>
              {t('pair.switch.running', { to: order.targetName })}
            </Text>
            <Text size="sm">{t('pair.switch.calm')}</Text>
          </Group>
        </Alert>
      );
    case 'done':
      return (
        <Alert
          color="green"
          icon={<IconCircleCheck aria-hidden="true" />}
          title={t('pair.switch.done', { to: order.targetName, duration: format.seconds(outcome.tookMs) })}
          {...close}
        />
      );
    case 'too-long':
      return (
        <Alert color="yellow" icon={<IconAlertTriangle aria-hidden="true" />} {...close}>
          {t('pair.switch.tooLong', { duration: format.duration(switchBoundMs) })}
        </Alert>
      );
  }
};
