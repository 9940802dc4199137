// The entries of a calendar that concern a year, its own lists and days of every year: what the picture shows, as a list to read and to thin out.
import { ActionIcon, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { entryObject, isDated } from '@nezuban/core/calendars/day-entries';
import type { ListName, Lists } from './edit-days.ts';
import { useDateText } from './use-date-text.ts';

type Props = {
  readonly lists: Lists;
  readonly year: number;
  /** Absent: they are only looked at. */
  readonly onRemove: ((list: ListName, index: number) => void) | undefined;
};

export const EntryList = ({ lists, year, onRemove }: Props) => {
  const { t } = useTranslation();
  const text = useDateText();
  const rows = (['closed', 'open'] as const)
    .flatMap((list) =>
      lists[list].map((entry, index) => ({ list, index, dated: isDated(entry), ...entryObject(entry) })),
    )
    .filter(({ dated, date, to = date }) => !dated || (date <= `${year}-12-31` && to >= `${year}-01-01`))
    .toSorted((a, b) => (a.date.slice(-5) < b.date.slice(-5) ? -1 : 1));
  if (rows.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('calendars.entry.none', { year })}
      </Text>
    );
  return (
    <div className="nz-scroll-x">
      <table className="nz-table nz-calendar-list">
        <thead>
          <tr>
            <th scope="col">{t('calendars.entry.date')}</th>
            <th scope="col">{t('calendars.entry.state')}</th>
            <th scope="col">{t('calendars.entry.name')}</th>
            {onRemove !== undefined && <th scope="col">{t('calendars.entry.actions')}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ list, index, dated, date, to, name }) => {
            const words = to === undefined ? text.short(date) : `${text.short(date)} – ${text.short(to)}`;
            return (
              <tr key={`${list} ${index}`}>
                <td>
                  {words}
                  {!dated && (
                    <Text size="xs" c="dimmed">
                      {t('calendars.entry.everyYear')}
                    </Text>
                  )}
                </td>
                <td>{t(`calendars.state.${list}`)}</td>
                <td>{name ?? '–'}</td>
                {onRemove !== undefined && (
                  <td>
                    <ActionIcon
                      variant="default"
                      aria-label={t('calendars.entry.remove', { date: words })}
                      onClick={() => onRemove(list, index)}
                    >
                      <IconX size={15} aria-hidden="true" />
                    </ActionIcon>
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
};
