/** The folder of situations: reads its scripts, plays them, writes transcripts. Called by `scenarios-main.ts` and the test. */
import fs from 'node:fs';
import path from 'node:path';
import { grammar, type ScenarioScript } from './scenario-forms.ts';
import { playScript, type Played } from './scenario-runner.ts';
import { readScript } from './scenario-script.ts';
import { realSubject } from './subject.ts';

const folder = path.join(import.meta.dirname, '../../ha/scenarios');
/** How the folder is called in messages. */
const SHOWN_FOLDER = 'ha/scenarios';

export interface ScenarioFile {
  /** Without `.txt`. */
  readonly name: string;
  readonly content: string;
}

export function listScenarios(): readonly ScenarioFile[] {
  return fs
    .readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .toSorted()
    .map((file) => ({
      name: path.basename(file, '.txt'),
      content: fs.readFileSync(path.join(folder, file), 'utf8'),
    }));
}

export function parseScenario({ name, content }: ScenarioFile): ScenarioScript {
  return readScript(`${SHOWN_FOLDER}/${name}.txt`, content, grammar);
}

export function playScenario(file: ScenarioFile): Played {
  return playScript(parseScenario(file), realSubject);
}

export function writeScenario(name: string, text: string): void {
  fs.writeFileSync(path.join(folder, `${name}.txt`), text);
}
