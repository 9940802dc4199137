// The operations that are allowed now: those of every night as buttons, the others in a menu; or all as items of a menu.
import { Button, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { operationNames, type OperationName } from '@nezuban/protocol/jobs/session';
import { isDangerous } from './operation-texts.ts';
import { operationIcons } from './use-operate.tsx';

/** Mantine's red is too light for words on white. */
const dangerColor = 'var(--nz-critical-fg)';
const buttons: readonly OperationName[] = ['stop', 'rerun', 'rerun_failed', 'hold', 'release', 'skip'];

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
  const more = operations.filter((name) => !buttons.includes(name));
  return (
    <>
      {operationNames
        .filter((name) => buttons.includes(name) && operations.includes(name))
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
        })}
      {more.length > 0 && (
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <Button
              size={size}
              variant="default"
              disabled={busy}
              aria-label={t('sessionOperations.more')}
              title={t('sessionOperations.more')}
              px="xs"
            >
              <IconDots size={16} aria-hidden="true" />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <OperationMenuItems operations={more} busy={busy} onOperate={onOperate} />
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
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
          {...(isDangerous(name) ? { color: dangerColor } : {})}
          onClick={() => onOperate(name)}
        >
          {t(`sessionOperations.names.${name}`)}
        </Menu.Item>
      );
    });
};
