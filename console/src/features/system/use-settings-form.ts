// One section of the settings as a form: loaded, judged by its schema, saved over what was seen.
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import { settingsSections, type Settings, type SettingsSection } from '@nezuban/protocol/settings/settings';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { schemaSaid } from '../../i18n/said.ts';
import { useVersionedForm, type Versioned, type VersionedForm } from '../../components/use-versioned-form.ts';

export type SettingsForm<Section extends SettingsSection> = {
  readonly form: VersionedForm<Settings[Section]>;
  /** Places that are wrong, by path: `disk_free_percent.warning`. */
  readonly errors: Readonly<Record<string, string>>;
};

export const useSettingsForm = <Section extends SettingsSection>(
  section: Section,
  view: SettingsView,
): SettingsForm<Section> => {
  const { t, i18n } = useTranslation();
  const { api, queries } = useBackend();
  const client = useQueryClient();
  const toVersioned = (from: SettingsView): Versioned<Settings[Section]> => ({
    draft: settingsSections[section].parse(from.values) as Settings[Section],
    revision: from.revision,
  });
  const form = useVersionedForm<Settings[Section]>({
    loaded: toVersioned(view),
    reload: () => client.invalidateQueries({ queryKey: ['settings', section] }),
    save: async (draft, over) => {
      const saved = await api.call('putSettings', {
        params: { section },
        body: { ...draft },
        ifMatch: etagOf(over ?? 0),
      });
      client.setQueryData(queries.settings(section).queryKey, saved);
      await client.invalidateQueries({ queryKey: ['storage'] });
      return toVersioned(saved);
    },
  });
  const { draft } = form;
  const errors = useMemo(() => {
    const parsed = settingsSections[section].safeParse(draft);
    if (parsed.success) return {};
    return Object.fromEntries(
      parsed.error.issues.map((issue) => [
        issue.path.map(String).join('.'),
        issue.code === 'too_small' && issue.origin === 'array'
          ? t('settings.nothingGiven')
          : (schemaSaid(issue.message, i18n.language) ?? t('settings.outOfLimits')),
      ]),
    );
  }, [section, draft, t, i18n.language]);
  return { form, errors };
};
