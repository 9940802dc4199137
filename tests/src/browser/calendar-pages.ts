// The pages of calendars that pages.test.ts judges, each in the state in which it is judged.
import type { PageCase } from './page-case.ts';

export const calendarPages: Readonly<Record<string, PageCase>> = {
  calendars: { address: '/calendars', heading: ['Calendars', 'カレンダ'] },
  'calendars, none yet': {
    address: '/calendars',
    world: { empty: true },
    heading: ['Calendars', 'カレンダ'],
  },
  'calendars, one': { address: '/calendar/bank', heading: ['銀行営業日', '銀行営業日'] },
  'calendars, a day': {
    address: '/calendar/bank',
    heading: ['銀行営業日', '銀行営業日'],
    act: async (page) => {
      await page.locator('.nz-day[data-tone="extra"]:not(.nz-day-sample)').click();
      await page.getByRole('dialog').getByLabel('Name').waitFor();
    },
  },
};
