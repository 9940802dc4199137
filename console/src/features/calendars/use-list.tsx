// Who uses a calendar, each with a link to where it does.
import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { CalendarUse, CalendarView } from '@nezuban/protocol/api/calendar-operations';

export const UseList = ({ view }: { readonly view: Pick<CalendarView, 'uses' | 'usesHidden'> }) => {
  const { t } = useTranslation();
  const { uses, usesHidden } = view;
  if (uses.length + usesHidden === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('calendars.uses.none')}
      </Text>
    );
  return (
    <ul className="nz-issues">
      {uses.map((use) => (
        <li key={`${use.kind} ${use.name}`}>
          {t(`calendars.uses.kind.${use.kind}`)}: <UseLink use={use} />
        </li>
      ))}
      {usesHidden > 0 && <li>{t('calendars.uses.hidden', { count: usesHidden })}</li>}
    </ul>
  );
};

const UseLink = ({ use: { kind, name } }: { readonly use: CalendarUse }) => {
  switch (kind) {
    case 'calendar':
      return (
        <Link to="/calendar/$name" params={{ name }}>
          {name}
        </Link>
      );
    case 'notification':
      return (
        <Link to="/notifications/edit/$kind/$name" params={{ kind: 'rule', name }}>
          {name}
        </Link>
      );
    case 'jobnet':
    case 'release':
      return (
        <Link
          to="/net/$name"
          params={{ name }}
          search={{ tab: kind === 'release' ? 'versions' : 'schedules' }}
        >
          {name}
        </Link>
      );
  }
};
