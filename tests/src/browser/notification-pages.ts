// The pages of notifications that pages.test.ts judges, each in the state in which it is judged.
import type { PageCase } from './page-case.ts';

export const notificationPages: Readonly<Record<string, PageCase>> = {
  'notifications, rules': { address: '/notifications/rules', heading: ['Notifications', '通知'] },
  'notifications, no rules': {
    address: '/notifications/rules',
    world: { empty: true },
    heading: ['Notifications', '通知'],
  },
  'notifications, rule': {
    address: '/notifications/edit/rule/web-night',
    heading: ['web-night', 'web-night'],
    act: async (page) => {
      await page.getByRole('button', { name: /^(Try|試す)$/ }).click();
      await page.getByText(/messages, .* kept back/).waitFor();
    },
  },
  'notifications, rule with a channel of its own': {
    address: '/notifications/edit/rule/night-duty',
    heading: ['night-duty', 'night-duty'],
    act: (page) => page.getByLabel('SMTP host').waitFor(),
  },
  'notifications, new rule': {
    address: '/notifications/new/rule',
    heading: ['New rule', '通知ルールの作成'],
    act: async (page) => {
      for (const name of ['More conditions', 'At any time', 'Together in one message'])
        await page.getByRole('button', { name }).click();
      await page.getByRole('button', { name: 'Add a time to tell' }).click();
      await page.getByRole('button', { name: 'Create' }).click();
      await page.getByText(/Places to be mended/).waitFor();
    },
  },
  'notifications, channels': { address: '/notifications/channels', heading: ['Notifications', '通知'] },
  'notifications, channel': {
    address: '/notifications/edit/channel/ticket',
    heading: ['ticket', 'ticket'],
    act: (page) => page.getByText('Stored, not shown').first().waitFor(),
  },
  'notifications, new channel': {
    address: '/notifications/new/channel',
    heading: ['New channel', 'チャネルの作成'],
    act: async (page) => {
      await page.getByRole('switch', { name: /OAuth2/ }).click({ force: true });
      await page.getByRole('button', { name: 'Words of the message' }).click();
      await page.getByLabel('Token address').waitFor();
    },
  },
  'notifications, silences': { address: '/notifications/silences', heading: ['Notifications', '通知'] },
  'notifications, silence this': {
    address: '/notifications/silences?node=web-01&monitor=http',
    heading: ['Notifications', '通知'],
    act: async (page) => {
      await page.getByRole('button', { name: 'How many would it be?' }).click();
      await page.getByText(/Of the last 24 hours/).waitFor();
    },
  },
  'notifications, inhibitions': { address: '/notifications/inhibitions', heading: ['Notifications', '通知'] },
  'notifications, inhibition': {
    address: '/notifications/edit/inhibition/router-down',
    heading: ['router-down', 'router-down'],
    act: (page) => page.getByText(/While this stands/).waitFor(),
  },
  'notifications, escalations': { address: '/notifications/escalations', heading: ['Notifications', '通知'] },
  'notifications, escalation': {
    address: '/notifications/edit/escalation/night',
    heading: ['night', 'night'],
    act: (page) => page.getByText(/after 30 minutes in all/).waitFor(),
  },
  'notifications, deliveries': { address: '/notifications/deliveries', heading: ['Notifications', '通知'] },
  'notifications, dead letters': {
    address: '/notifications/deliveries?state=failed&rule=night-duty',
    heading: ['Notifications', '通知'],
    act: async (page) => {
      await page.getByRole('button', { name: 'Show delivery 28' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  'notifications, kept back now': {
    address: '/notifications/deliveries?state=kept',
    heading: ['Notifications', '通知'],
  },
  'notifications, for somebody who may only look': {
    address: '/notifications/edit/rule/web-night',
    world: { me: 'suzuki' },
    heading: ['web-night', 'web-night'],
  },
};
