// From a trap to a rule for its like: in a monitor that is there, or in a new one.
import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconFilterPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TrapDetail } from '@nezuban/protocol/traps/trap';
import { useBackend } from '../../app/backend.tsx';
import { sourceOf } from './rule-from-trap.ts';

/** More are found on the page of monitors. */
const offeredMax = 12;

export const MakeRule = ({ trap }: { readonly trap: TrapDetail }) => {
  const source = sourceOf(trap);
  return source === null ? null : <RuleMenu source={source} search={{ trap: trap.id }} />;
};

type Props = {
  readonly source: 'syslog' | 'snmp' | 'custom';
  readonly search: { readonly trap: number } | { readonly oid: string };
  readonly label?: string;
};

export const RuleMenu = ({ source, search, label }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const navigate = useNavigate();
  const { data } = useQuery(queries.trapMonitors());
  const monitors = (data ?? []).filter((monitor) => monitor.source === source).slice(0, offeredMax);
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          leftSection={<IconFilterPlus size={16} aria-hidden="true" />}
          rightSection={<IconChevronDown size={14} aria-hidden="true" />}
        >
          {label ?? t('traps.makeRule.action')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void navigate({ to: '/traps/new-monitor', search: { source, ...search } })}>
          {t('traps.makeRule.newMonitor')}
        </Menu.Item>
        {monitors.length > 0 && <Menu.Label>{t('traps.makeRule.in')}</Menu.Label>}
        {monitors.map(({ name, title }) => (
          <Menu.Item
            key={name}
            onClick={() =>
              void navigate({ to: '/traps/monitor/$name', params: { name }, search: { ...search } })
            }
          >
            {name}
            {title !== null && <span className="nz-menu-note">{title}</span>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
};
