// Topics of the help that belong to no single command. Pure.
import { exitCodeMeanings, exitCodes } from '../exit-codes.ts';

type Topic = { readonly name: string; readonly summary: string; readonly lines: readonly string[] };

const codes = Object.keys(exitCodes) as (keyof typeof exitCodes)[];

export const topics: readonly Topic[] = [
  {
    name: 'exit-codes',
    summary: 'What each exit code means',
    lines: codes.map((name) => `${String(exitCodes[name]).padStart(3)}  ${exitCodeMeanings[name]}`),
  },
  {
    name: 'connection',
    summary: 'Which manager a command talks to, and as whom',
    lines: [
      'The first of these that names a manager wins:',
      '  1. --url and --token',
      '  2. NEZUBAN_URL and NEZUBAN_TOKEN in the environment',
      '  3. cli.json in the home named by --home or NEZUBAN_HOME',
      '  4. ~/.config/nezuban/cli.json, written by "nezuban login"',
      '  5. cli.json in ~/.nezuban (as root in /var/lib/nezuban), written by the manager of this host at each start',
      'A token is sent only to the address that it was stored for, or together with which it was named.',
      'Plain HTTP is accepted for this computer alone (localhost); --ca FILE names the certificates to trust for TLS.',
    ],
  },
  {
    name: 'language',
    summary: 'In which language the manager is quoted',
    lines: [
      'Sentences of the manager (why something was refused, why a unit waits or failed, what happened) are told in Japanese where',
      'the first of these that is set begins with "ja": NEZUBAN_LANG, LC_ALL, LC_MESSAGES, LANG. Otherwise in English.',
      'Words of the command line itself (headings, states, hints, help) are English, and so is all of --json: scripts read the same everywhere.',
      'What follows a session while it runs, and the logs, are English, too.',
    ],
  },
];
