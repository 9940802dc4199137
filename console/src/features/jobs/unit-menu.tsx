// The context menu of a node of the graph, at the mouse.
import { Menu } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { OperationName, UnitView } from '@nezuban/protocol/jobs/session';
import { OperationMenuItems } from './operation-buttons.tsx';

type Props = {
  readonly unit: UnitView;
  readonly at: { readonly x: number; readonly y: number };
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onOpen: () => void;
  readonly onOperate: (operation: OperationName) => void;
};

export const UnitMenu = ({ unit, at, busy, onClose, onOpen, onOperate }: Props) => {
  const { t } = useTranslation();
  return (
    <Menu opened onClose={onClose} position="bottom-start" withinPortal returnFocus>
      <Menu.Target>
        <span className="nz-menu-anchor" style={{ left: at.x, top: at.y }} />
      </Menu.Target>
      <Menu.Dropdown aria-label={t('unit.menu', { unit: unit.name })}>
        <Menu.Label>{unit.title ?? unit.name}</Menu.Label>
        <Menu.Item leftSection={<IconInfoCircle size={15} aria-hidden="true" />} onClick={onOpen}>
          {t('unit.open')}
        </Menu.Item>
        {unit.operations.length > 0 && <Menu.Divider />}
        <OperationMenuItems operations={unit.operations} busy={busy} onOperate={onOperate} />
      </Menu.Dropdown>
    </Menu>
  );
};
