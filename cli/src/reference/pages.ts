// The generated pages of the manual and where they lie. Pure.
import { commands } from '../commands/registry.ts';
import { renderApiReference } from './render-api-reference.ts';
import { renderCliReference } from './render-cli-reference.ts';
import { renderSettingsReference, renderYamlReference } from './render-definitions-reference.ts';
import { renderErrorsReference } from './render-errors-reference.ts';
import { renderEventsReference, renderEventsReferenceJa } from './render-events-reference.ts';

/** Folder of the manual. */
export const docsFolder: string = `${import.meta.dirname}/../../../docs`;

/** Text by path below the folder. */
export const renderPages = (): ReadonlyMap<string, string> =>
  new Map([
    ['reference/cli.md', renderCliReference(commands)],
    ['reference/errors.md', renderErrorsReference()],
    ['reference/api.md', renderApiReference()],
    ['reference/yaml.md', renderYamlReference()],
    ['reference/events.md', renderEventsReference()],
    ['reference/settings.md', renderSettingsReference('en')],
    ['ja/reference/events.md', renderEventsReferenceJa()],
    ['ja/reference/settings.md', renderSettingsReference('ja')],
  ]);
