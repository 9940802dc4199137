// A page that pages.test.ts judges: its address, the world that it shows, and how it is brought into the state to be judged.
import type { Page } from 'playwright-core';
import type { WorldOptions } from './fake-manager/fake-world.ts';

export type PageCase = {
  readonly address: string;
  readonly world?: WorldOptions;
  /** Heading of level 1, in English and Japanese. */
  readonly heading: readonly [string, string];
  /** Brings the page into the state to be judged. */
  readonly act?: (page: Page) => Promise<void>;
};

/** Clicks the button of this name, in either language. */
export const press = async (page: Page, name: RegExp) => {
  await page.getByRole('main').getByRole('button', { name }).first().click();
  await page.getByRole('dialog').waitFor();
};
