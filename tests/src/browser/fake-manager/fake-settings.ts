// The settings of the fake manager: sections as the product has them, with versions.
import { storedKinds, type SettingsView } from '@nezuban/protocol/api/settings-operations';
import {
  settingsSectionNames,
  settingsSections,
  type SettingsSection,
} from '@nezuban/protocol/settings/settings';
import { ago } from './fake-data.ts';
import { assertFresh, refuse, type FakeHandlers } from './fake-kit.ts';
import type { FakeWorld } from './fake-world.ts';

const scheduled = { directory: '/backup/nezuban', daily_at: '02:00' };
const eventFields = {
  fields: [
    { name: 'site', title: 'Site', title_ja: '拠点' },
    { name: 'contact', title: 'Contact', title_ja: '連絡先' },
    { name: 'ticket', title: 'Ticket', title_ja: 'チケット番号' },
  ],
};
const written: Partial<Record<SettingsSection, object>> = { backup: scheduled, events: eventFields };

export const defaultSettings = (): Map<SettingsSection, SettingsView> =>
  new Map(
    settingsSectionNames.map((section) => [
      section,
      {
        section,
        values: { ...settingsSections[section].parse(written[section] ?? {}) },
        revision: 0,
        updatedAt: null,
        updatedBy: null,
      },
    ]),
  );

export const createFakeSettingsHandlers = (world: FakeWorld): FakeHandlers => {
  const viewOf = (section: SettingsSection): SettingsView =>
    world.settings.get(section) ?? refuse('not_found', `There are no settings "${section}".`);
  return {
    listSettings: () => ({ body: { items: [...world.settings.values()] } }),
    getSettings: ({ params }) => ({
      body: viewOf(params.section),
      revision: viewOf(params.section).revision,
    }),
    getStorage: () => ({
      body: {
        databaseBytes: 48_200_000_000,
        kinds: storedKinds
          .map((kind, index) => ({
            kind,
            bytes: 9_300_000_000 / (index + 1),
            rows: 12_400_000 / (index + 1),
            keptDays: 400,
            partitions: 12,
            oldestAt: ago(86_400 * 120),
            nextRemoval: index === 0 ? null : { at: ago(-86_400 * index), bytes: 310_000_000, rows: 400_000 },
            lastRemovedAt: null,
            bytesPerDay: index === 4 ? null : 75_000_000,
            bytesExpected: index === 4 ? null : 30_000_000_000,
          }))
          .map((each) => ({ ...each, bytes: Math.round(each.bytes), rows: Math.round(each.rows) })),
        heldUntil: null,
        lastLookAt: ago(600),
        lastFailure: null,
      },
    }),
    previewRunAs: ({ body }) => {
      const isNew = !body.rules.some(({ users }) => users.includes('@agent'));
      const run = { net: 'night/load', unit: 'load/table', what: 'unit', user: null, group: null } as const;
      return {
        body: {
          items: isNew ? [{ ...run, target: { node: 'core01' }, isNew }] : [],
          newCount: isNew ? 3 : 0,
          oldCount: 1,
          newNets: isNew ? 1 : 0,
          hidden: isNew ? 2 : 0,
        },
      };
    },
    putSettings: ({ params, body, ifMatch }) => {
      const before = viewOf(params.section);
      assertFresh(ifMatch, before.revision);
      const parsed = settingsSections[params.section].safeParse(body);
      if (!parsed.success) return refuse('invalid_request', 'A value is not valid');
      const view = {
        section: params.section,
        values: { ...parsed.data },
        revision: before.revision + 1,
        updatedAt: ago(0),
        updatedBy: 'admin',
      };
      world.settings.set(params.section, view);
      return { body: view, revision: view.revision };
    },
  };
};
