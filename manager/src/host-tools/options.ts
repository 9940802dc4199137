// The words behind `nezuban admin`, `nezuban doctor` and `nezuban support`. Pure.
// Responsible for understanding them and for the help. Called by main.ts.
import { parseArgs } from 'node:util';
import { ToolError, toolExitCodes } from './tool-error.ts';

type Common = { readonly home: string | undefined; readonly json: boolean };
export type Invocation =
  | { readonly command: 'help'; readonly text: string }
  | (Common & { readonly command: 'doctor'; readonly agent: boolean })
  | (Common & { readonly command: 'support bundle'; readonly file: string | undefined })
  | (Common & {
      readonly command: 'admin reset-password';
      readonly user: string;
      readonly endTokens: boolean;
      readonly administrator: boolean;
    })
  | (Common & { readonly command: 'admin rotate-key'; readonly forgetOld: boolean })
  | (Common & { readonly command: 'admin renew-certificate' })
  | (Common & {
      readonly command: 'admin renew-ca';
      readonly do: 'go-on' | 'look';
      readonly leaveBehind: boolean;
    });

const COMMON =
  '  --home DIR       home of the manager or agent (default: NEZUBAN_HOME, /var/lib/nezuban as root, ~/.nezuban)\n  --json           the answer as one JSON document\n  --help           this text';

const HELP = {
  doctor: `nezuban doctor [--agent] [--home DIR] [--json]

Checks this host: disk, clock, ports, rights, releases, certificates, database, memory, limits, pair, backup, agent. Each finding says what
it means and what to type. Works while the manager is stopped or broken. Nothing is changed.

  --agent          look at the home of an agent (found by itself where the home is one)
${COMMON}

Exit code: 0 nothing found, 30 warnings, 31 problems.`,
  'support bundle': `nezuban support bundle [FILE] [--home DIR] [--json]

Writes one file (tar.gz) with logs, state, versions, settings and what the doctor finds, for whoever helps you. Secrets are masked: passwords,
tokens, keys, addresses of webhooks, values of environment variables of jobs. Nothing is sent anywhere; look into it before you pass it on.

  FILE             where it is written (default: nezuban-support-HOST-TIME.tar.gz here)
${COMMON}`,
  'admin reset-password': `nezuban admin reset-password [USER] [--end-tokens] [--administrator] [--home DIR] [--json]

Gives the user (default: admin) a one-time password, shown once, and ends all sign-ins of the user. Only the owner of the home and root may do
it. The manager runs on; its database has to run.

  --end-tokens     API tokens of the user end too
  --administrator  the user gets all rights, is enabled, and is made if there is none of that name
${COMMON}`,
  'admin rotate-key': `nezuban admin rotate-key [--forget-old] [--home DIR] [--json]

Makes a new key for the secrets in the database (passwords and addresses of notification channels) and seals them anew, while the manager runs.
On a pair the other host gets the key before it is used. Former keys stay in the key file, for backups from before. Make a backup afterwards.

  --forget-old     former keys are removed
${COMMON}`,
  'admin renew-certificate': `nezuban admin renew-certificate [--home DIR] [--json]

Makes a new server certificate for the manager of this host now. It renews itself in time; this is for a key that may have been seen.
${COMMON}`,
  'admin renew-ca': `nezuban admin renew-ca [--status] [--leave-behind] [--home DIR] [--json]

Exchanges the certificate authority, while everything runs and without enrolling agents anew. The new one is made beside the old one and both
are trusted, until agents, hosts of the pair and witness have fetched certificates of the new one by themselves; then the old one is dropped.
The command goes as far as everybody has moved, names who has not, and goes on where it is typed again. It may be broken off at any moment.

  --status         say how it stands, and do nothing
  --leave-behind   do not wait for who has not moved: such an agent has to be enrolled anew, such a host has to join the pair anew
${COMMON}

Exit code: 0 finished, 30 somebody has not moved yet.`,
} as const;
type ToolName = keyof typeof HELP;

const OVERVIEW = `Commands on this host, for its owner and root:

  nezuban doctor                   check this host, say what is wrong and what to type
  nezuban support bundle [FILE]    logs and state in one file, secrets masked
  nezuban admin reset-password     a one-time password for a user who cannot sign in
  nezuban admin rotate-key         another key for the secrets in the database
  nezuban admin renew-certificate  a new server certificate
  nezuban admin renew-ca           another certificate authority, without enrolling anew

Each explains itself with --help.`;

/** Throws a ToolError for words that are not understood. */
export const parseToolWords = (words: readonly string[]): Invocation => {
  const name = (Object.keys(HELP) as ToolName[]).find((each) =>
    each.split(' ').every((word, index) => words[index] === word),
  );
  if (name === undefined) {
    if (words.some((word) => word === '--help' || word === '-h') || words.length < 2)
      return { command: 'help', text: OVERVIEW };
    throw usage(`There is no command "nezuban ${words.slice(0, 2).join(' ')}".`);
  }
  const { values, positionals } = parse(words.slice(name.split(' ').length), name);
  if (values.help === true) return { command: 'help', text: HELP[name] };
  const common = { home: values.home, json: values.json === true };
  const allow = (max: number): void => {
    if (positionals.length > max) throw usage(`"${positionals[max]}" is one word too many.`, name);
  };
  switch (name) {
    case 'doctor':
      allow(0);
      return { command: name, ...common, agent: values.agent === true };
    case 'support bundle':
      allow(1);
      return { command: name, ...common, file: positionals[0] };
    case 'admin reset-password':
      allow(1);
      return {
        command: name,
        ...common,
        user: positionals[0] ?? 'admin',
        endTokens: values['end-tokens'] === true,
        administrator: values.administrator === true,
      };
    case 'admin rotate-key':
      allow(0);
      return { command: name, ...common, forgetOld: values['forget-old'] === true };
    case 'admin renew-certificate':
      allow(0);
      return { command: name, ...common };
    case 'admin renew-ca':
      allow(0);
      if (values.status === true && values['leave-behind'] === true)
        throw usage('--status does nothing, so --leave-behind does not belong to it.', name);
      return {
        command: name,
        ...common,
        do: values.status === true ? 'look' : 'go-on',
        leaveBehind: values['leave-behind'] === true,
      };
  }
};

const OWN_FLAGS: Readonly<Record<ToolName, readonly string[]>> = {
  doctor: ['agent'],
  'support bundle': [],
  'admin reset-password': ['end-tokens', 'administrator'],
  'admin rotate-key': ['forget-old'],
  'admin renew-certificate': [],
  'admin renew-ca': ['status', 'leave-behind'],
};

const parse = (words: readonly string[], name: ToolName) => {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        home: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        agent: { type: 'boolean' },
        'end-tokens': { type: 'boolean' },
        administrator: { type: 'boolean' },
        'forget-old': { type: 'boolean' },
        status: { type: 'boolean' },
        'leave-behind': { type: 'boolean' },
      },
    });
  } catch (cause) {
    throw usage(cause instanceof Error ? cause.message : String(cause), name);
  }
  const own = new Set(['home', 'json', 'help', ...OWN_FLAGS[name]]);
  const foreign = Object.keys(parsed.values).find((flag) => !own.has(flag));
  if (foreign !== undefined) throw usage(`"nezuban ${name}" has no option --${foreign}.`, name);
  return parsed;
};

const usage = (message: string, name?: ToolName): ToolError =>
  new ToolError(message, {
    exitCode: toolExitCodes.usage,
    hints: [`See: nezuban ${name ?? 'admin'} --help`],
  });
