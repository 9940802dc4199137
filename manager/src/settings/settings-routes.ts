// Settings over the API.
import { settingsSectionNames } from '@nezuban/protocol/settings/settings';
import type { Handlers } from '../ports.ts';
import type { SettingsDomain } from './settings.ts';

export const createSettingsRoutes = (
  settings: SettingsDomain,
): Pick<Handlers, 'listSettings' | 'getSettings' | 'putSettings'> => ({
  listSettings: async () => ({ body: { items: settingsSectionNames.map(settings.view) } }),
  async getSettings({ params }) {
    const body = settings.view(params.section);
    return { body, revision: body.revision };
  },
  async putSettings({ params, body: values, expected, actor }) {
    const body = await settings.put({ section: params.section, values, expected, actor });
    return { body, revision: body.revision };
  },
});
