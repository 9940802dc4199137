// The main navigation: what there is, as far as the user may see it.
import { Badge, NavLink } from '@mantine/core';
import {
  IconAntenna,
  IconArrowsLeftRight,
  IconBell,
  IconCalendarMonth,
  IconGauge,
  IconHierarchy3,
  IconHome,
  IconListDetails,
  IconSend,
  IconServer2,
  IconSettings,
  IconSnowflake,
  IconStack2,
  IconUserCheck,
  IconUsers,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation, type LinkProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Right } from '@nezuban/protocol/access/rights';
import { useBackend } from './backend.tsx';

/** `also`: other addresses that belong to it. `rights`: any of them; none: for everybody. */
const items = [
  { to: '/', label: 'nav.home', Icon: IconHome, badge: null, also: [], rights: [] },
  {
    to: '/nets',
    label: 'nav.nets',
    Icon: IconHierarchy3,
    badge: null,
    also: ['/net/'],
    rights: ['nets.read'],
  },
  {
    to: '/sessions',
    label: 'nav.sessions',
    Icon: IconListDetails,
    badge: 'runningSessions',
    also: [],
    rights: ['nets.read'],
  },
  {
    to: '/places',
    label: 'nav.places',
    Icon: IconStack2,
    badge: null,
    also: [],
    rights: ['nets.read'],
  },
  {
    to: '/approvals',
    label: 'nav.approvals',
    Icon: IconUserCheck,
    badge: 'approvals',
    also: [],
    rights: ['nets.approve'],
  },
  {
    to: '/events',
    label: 'nav.events',
    Icon: IconBell,
    badge: 'unconfirmedCritical',
    also: [],
    rights: ['events.read'],
  },
  {
    to: '/status',
    label: 'nav.status',
    Icon: IconGauge,
    badge: null,
    also: [],
    rights: ['events.read'],
  },
  {
    to: '/nodes',
    label: 'nav.nodes',
    Icon: IconServer2,
    badge: null,
    also: ['/scopes'],
    rights: ['nodes.read'],
  },
  {
    to: '/calendars',
    label: 'nav.calendars',
    Icon: IconCalendarMonth,
    badge: null,
    also: ['/calendar/'],
    rights: ['calendars.read'],
  },
  { to: '/operations', label: 'nav.operations', Icon: IconSnowflake, badge: null, also: [], rights: [] },
  {
    to: '/traps',
    label: 'nav.traps',
    Icon: IconAntenna,
    badge: null,
    also: [],
    rights: ['traps.read'],
  },
  {
    to: '/notifications',
    label: 'nav.notifications',
    Icon: IconSend,
    badge: null,
    also: [],
    rights: ['notifications.read'],
  },
  { to: '/pair', label: 'nav.pair', Icon: IconArrowsLeftRight, badge: null, also: [], rights: ['pair.read'] },
  {
    to: '/access',
    label: 'nav.access',
    Icon: IconUsers,
    badge: null,
    also: [],
    rights: ['access.read', 'audit.read'],
  },
  {
    to: '/settings',
    label: 'nav.settings',
    Icon: IconSettings,
    badge: null,
    also: [],
    rights: ['settings.read', 'backup.read'],
  },
] as const satisfies readonly {
  readonly to: LinkProps['to'];
  readonly also: readonly string[];
  readonly rights: readonly Right[];
  readonly [key: string]: unknown;
}[];
type Item = (typeof items)[number];

export const Navigation = () => {
  const { pathname } = useLocation();
  const { queries } = useBackend();
  const { data: me } = useQuery(queries.me());
  const held = new Set<Right>(me?.rights);
  return items
    .filter(({ rights }) => rights.length === 0 || rights.some((right) => held.has(right)))
    .map((item) => <NavigationLink key={item.to} item={item} active={isActive(item, pathname)} />);
};

const isActive = ({ to, also }: Item, pathname: string): boolean =>
  to === '/' ? pathname === '/' : [to, ...also].some((start) => pathname.startsWith(start));

const NavigationLink = ({ item, active }: { readonly item: Item; readonly active: boolean }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data } = useQuery(queries.system());
  const { to, label, Icon, badge } = item;
  const { data: approvals } = useQuery({ ...queries.approvals(), enabled: badge === 'approvals' });
  const toDecide = approvals?.filter(({ refusal }) => refusal === null).length ?? 0;
  const count = badge === null ? 0 : badge === 'approvals' ? toDecide : (data?.counts[badge] ?? 0);
  return (
    <NavLink
      active={active}
      renderRoot={(props: object) => (
        <Link to={to} {...props} {...(active ? { 'aria-current': 'page' as const } : {})} />
      )}
      label={t(label)}
      leftSection={<Icon size={18} aria-hidden="true" />}
      rightSection={
        count > 0 &&
        badge !== null && (
          <Badge
            size="sm"
            circle={count < 10}
            color={badge === 'unconfirmedCritical' ? 'red.8' : 'night.7'}
            aria-label={t(`nav.badge.${badge}`, { count })}
          >
            {count > 999 ? '999+' : count}
          </Badge>
        )
      }
    />
  );
};
