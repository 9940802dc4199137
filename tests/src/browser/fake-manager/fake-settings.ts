// The settings of the fake manager: sections as the product has them, with versions.
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import {
  settingsSectionNames,
  settingsSections,
  type SettingsSection,
} from '@nezuban/protocol/settings/settings';
import { ago } from './fake-data.ts';
import { assertFresh, refuse, type FakeHandlers } from './fake-kit.ts';
import type { FakeWorld } from './fake-world.ts';

export const defaultSettings = (): Map<SettingsSection, SettingsView> =>
  new Map(
    settingsSectionNames.map((section) => [
      section,
      {
        section,
        values: { ...settingsSections[section].parse({}) },
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
