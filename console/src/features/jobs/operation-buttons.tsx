// The operations that are allowed now, as buttons or as items of a menu.
import { Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { operationNames, type OperationName } from '@nezuban/protocol/jobs/session';
import { operationIcons } from './use-operate.tsx';

/** Mantine's red is too light for words on white. */
const dangerColor = 'var(--nz-critical-fg)';

type Props = {
  readonly operations: readonly OperationName[];
  readonly busy: boolean;
  readonly onOperate: (operation: OperationName) => void;
};

export const OperationButtons = ({
  operations,
  busy,
  onOperate,
  size = 'sm',
}: Props & { readonly size?: 'xs' | 'sm' }) => {
  const { t } = useTranslation();
  return operationNames
    .filter((name) => operations.includes(name))
    .map((name) => {
      const Icon = operationIcons[name];
      return (
        <Button
          key={name}
          size={size}
          variant={name === 'stop' ? 'outline' : 'default'}
          {...(name === 'stop' ? { color: dangerColor } : {})}
          disabled={busy}
          leftSection={<Icon size={15} aria-hidden="true" />}
          onClick={() => onOperate(name)}
        >
          {t(`sessionOperations.names.${name}`)}
        </Button>
      );
    });
};

export const OperationMenuItems = ({ operations, busy, onOperate }: Props) => {
  const { t } = useTranslation();
  return operationNames
    .filter((name) => operations.includes(name))
    .map((name) => {
      const Icon = operationIcons[name];
      return (
        <Menu.Item
          key={name}
          disabled={busy}
          leftSection={<Icon size={15} aria-hidden="true" />}
          {...(name === 'stop' ? { color: dangerColor } : {})}
          onClick={() => onOperate(name)}
        >
          {t(`sessionOperations.names.${name}`)}
        </Menu.Item>
      );
    });
};
