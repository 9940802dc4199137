/**
 * What `nezuban drill --help` and `--list` print. Called by `drill-main.ts`.
 */
import { drillFaults, type Language } from './faults.ts';
import { padded } from './narrator.ts';

export const usage = `Usage:
  nezuban drill [--faults LIST] [--report FILE.html] [--keep]
  nezuban drill switch [--home DIR] [--back] [--yes] [--report FILE.html]

Proves the pair. "nezuban drill" makes a pair of its own on this machine, with its own homes, processes and network, plays one fault after
the other under load, and counts what became of every write and every job. A running manager is not touched.
"nezuban drill switch" does a planned switch on the pair that this host belongs to, and says how long nobody was master.

Options of "nezuban drill"
  --faults LIST      Only these, separated by commas: nezuban drill --list
  --keep             Keep homes and logs of the drill's hosts
  --list             Say which faults there are

Options of "nezuban drill switch"
  --home DIR         Home of the manager of this host (NEZUBAN_HOME, else as root /var/lib/nezuban, else ~/.nezuban)
  --back             Move the service back afterwards
  --yes              Do it without being asked; needed where there is no terminal

Options of both
  --report FILE.html Write the report as one HTML file, too
  --language LANG    en or ja (as the environment says: LC_ALL, LC_MESSAGES, LANG)
  -h, --help         Show this

Exit code: 0 passed, 1 something failed or the drill was refused, 2 mistyped, 130 ended by Ctrl-C.
`;

export function listFaults(language: Language): string[] {
  const width = Math.max(...drillFaults.map(({ key }) => key.length));
  return drillFaults.map(
    ({ key, title, does }) =>
      `${padded(key, width)}  ${title[language]}\n${' '.repeat(width)}  ${does[language]}`,
  );
}
