// Signing in and out, the one-time password, language and colours that are remembered.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { waitFor } from '../support/wait-for.ts';
import { visitConsole } from './console-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const signedOut = { signedIn: false } as const;

test('sign-in: a wrong password, then the right one: said clearly, and back to the page that was asked for', async () => {
  await using visit = await visitConsole(browser, signedOut);
  const { page } = visit;
  await visit.open('/sessions/42?unit=check');
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('User name or password is wrong').waitFor();
  assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '');
  await page.getByLabel('Password', { exact: true }).fill('one-time-secret');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Session 42', level: 1 }).waitFor();
  assert.equal(new URL(page.url()).search, '?unit=check');
  await page.getByRole('heading', { name: 'Check totals' }).waitFor();
  visit.assertQuiet();
});

test('sign-in: too many wrong passwords: says how long to wait', async () => {
  await using visit = await visitConsole(browser, signedOut);
  const { page } = visit;
  await visit.open('/sign-in');
  for (let tries = 0; tries < 5; tries += 1) {
    await page.getByLabel('Password', { exact: true }).fill(`wrong ${tries}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
  }
  await page.getByRole('alert').getByText('Wait 30 seconds').waitFor();
  visit.assertQuiet();
});

test('sign-in: an address elsewhere as the page to go to: ignored', async () => {
  await using visit = await visitConsole(browser, signedOut);
  await visit.open('/sign-in?next=%2F%2Fevil.example%2F');
  await visit.page.getByLabel('Password', { exact: true }).fill('one-time-secret');
  await visit.page.getByRole('button', { name: 'Sign in' }).click();
  await visit.page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  assert.equal(new URL(visit.page.url()).origin, visit.server.url);
});

test('one-time password: nothing else is shown before it has been replaced; rules are said', async () => {
  await using visit = await visitConsole(browser, { mustChangePassword: true });
  const { page } = visit;
  await visit.open('/events');
  await page.getByRole('heading', { name: 'Choose a password' }).waitFor();
  await page.getByLabel('One-time password').fill('one-time-secret');
  await page.getByLabel('New password', { exact: true }).fill('short');
  await page.getByLabel('New password again').fill('other');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('The two do not match').waitFor();
  await page.getByLabel('New password', { exact: true }).fill('long enough at last');
  await page.getByLabel('New password again').fill('long enough at last');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor();
  visit.assertQuiet();
});

test('sign-out: back to the sign-in page; the sign-in ending elsewhere too', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/nets');
  await page.getByRole('button', { name: 'Signed in as admin' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
  server.world.signedIn = true;
  await visit.open('/nets');
  await page.getByRole('heading', { name: 'Job nets', level: 1 }).waitFor();
  server.world.signedIn = false;
  // Any request shows it; one of the page's own may do so before the click, and take the link away.
  const click = page
    .getByRole('link', { name: 'Nodes', exact: true })
    .click()
    .catch(() => undefined);
  await Promise.race([click, page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()]);
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
});

test('language and colours: switched: at once, and remembered after a reload', async () => {
  await using visit = await visitConsole(browser, signedOut);
  const { page } = visit;
  await visit.open('/sign-in');
  await page.getByText('日本語').click();
  await page.getByRole('heading', { name: 'サインイン', level: 1 }).waitFor();
  await page.getByRole('button', { name: '配色' }).click();
  await page.getByRole('menuitem', { name: 'ダーク' }).click();
  await page.reload();
  await page.getByRole('heading', { name: 'サインイン', level: 1 }).waitFor();
  assert.equal(await page.evaluate('document.documentElement.lang'), 'ja');
  assert.match(await page.title(), /サインイン/);
  assert.equal(
    await page.evaluate(`document.documentElement.getAttribute('data-mantine-color-scheme')`),
    'dark',
  );
  visit.assertQuiet();
});

test('keyboard: the skip link, then the page: focus goes to the heading at each navigation', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate('document.activeElement.id'), 'main');
  await page.getByRole('link', { name: 'Nodes', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Nodes', level: 1 }).waitFor();
  await waitFor(async () => (await page.evaluate('document.activeElement.tagName')) === 'H1');
});
