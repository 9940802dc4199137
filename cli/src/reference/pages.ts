// The generated pages of the manual and where they lie. Pure.
import { commands } from '../commands/registry.ts';
import { renderCliReference } from './render-cli-reference.ts';
import { renderErrorsReference } from './render-errors-reference.ts';

/** Folder of the manual. */
export const docsFolder: string = `${import.meta.dirname}/../../../docs`;

/** Text by path below the folder. */
export const renderPages = (): ReadonlyMap<string, string> =>
  new Map([
    ['reference/cli.md', renderCliReference(commands)],
    ['reference/errors.md', renderErrorsReference()],
  ]);
