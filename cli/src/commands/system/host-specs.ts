// Commands on the host itself, which the launcher hands to another program (manager/src/host-tools): they work while no manager answers.
// Here they are for help and completion alone.
import type { CommandSpec, OptionSpec } from '../command.ts';

const group = 'system';
const home: OptionSpec = { type: 'text', value: 'DIR', description: 'home of the manager or agent' };

export const hostCommands: readonly CommandSpec[] = [
  {
    name: 'doctor',
    group,
    summary: 'Check this host: what is wrong, what it means, what to type',
    positionals: [],
    options: { home, agent: { type: 'flag', description: 'look at the home of an agent' } },
    details: [
      'Works while the manager is stopped or broken, and changes nothing. Looks at disk, clock, ports, the intake of traps, rights, releases, certificates, database, memory, limits, pair, backup, and the agent.',
      'Its exit code is 0 when nothing was found, 30 for warnings, 31 for problems.',
    ],
    examples: ['nezuban doctor', 'nezuban doctor --json'],
  },
  {
    name: 'support bundle',
    group,
    summary: 'Write logs and state into one file for whoever helps you, secrets masked',
    positionals: [{ name: 'FILE', description: 'a new file', optional: true }],
    options: { home },
    details: ['It says what it contains, and sends nothing. Works while the manager is stopped.'],
    examples: ['nezuban support bundle', 'nezuban support bundle /tmp/nezuban.tar.gz'],
  },
  {
    name: 'admin reset-password',
    group,
    summary: 'Give a user who cannot sign in a one-time password, on the host',
    positionals: [{ name: 'USER', description: 'admin if not given', optional: true }],
    options: {
      home,
      'end-tokens': { type: 'flag', description: 'API tokens of the user end too' },
      administrator: {
        type: 'flag',
        description: 'the user gets all rights, is enabled, and is made if there is none of that name',
      },
    },
    details: ['For the owner of the home and root alone. All sign-ins of the user end. The manager runs on.'],
    examples: ['nezuban admin reset-password', 'nezuban admin reset-password hanako --end-tokens'],
  },
  {
    name: 'admin rotate-key',
    group,
    summary: 'Make a new key for the secrets in the database, and seal them anew',
    positionals: [],
    options: { home, 'forget-old': { type: 'flag', description: 'former keys are removed' } },
    details: [
      'While the manager runs. On a pair the other host gets the key before it is used. Make a backup afterwards.',
    ],
    examples: ['nezuban admin rotate-key'],
  },
  {
    name: 'admin renew-certificate',
    group,
    summary: 'Make a new server certificate for the manager of this host now',
    positionals: [],
    options: { home },
    details: ['It renews itself in time; this is for a key that somebody may have seen.'],
    examples: ['nezuban admin renew-certificate'],
  },
  {
    name: 'admin renew-ca',
    group,
    summary: 'Exchange the certificate authority, without enrolling agents anew',
    positionals: [],
    options: {
      home,
      status: { type: 'flag', description: 'say how it stands, and do nothing' },
      'leave-behind': { type: 'flag', description: 'do not wait for who has not moved' },
    },
    details: [
      'While everything runs. Both authorities are trusted until agents, hosts of the pair and witness have moved; who has not is named. Type it again to go on.',
    ],
    examples: ['nezuban admin renew-ca', 'nezuban admin renew-ca --status'],
  },
  {
    name: 'intake status',
    group,
    summary:
      'Say what the intake of this host hears traps on, how full its journal is, and who says the most',
    positionals: [],
    options: { home },
    details: ['Asks the intake itself: it answers also while no manager is on duty.'],
    examples: ['nezuban intake status', 'nezuban intake status --json'],
  },
  {
    name: 'intake inspect',
    group,
    summary: "Show the journal of this host's intake: segments, damaged places, and what was heard",
    positionals: [],
    options: {
      home,
      from: {
        type: 'text',
        value: 'SEQ',
        description: 'the first record that is shown; the last ones if not given',
      },
      limit: { type: 'text', value: 'N', description: 'so many records (20 if not given, 0 for none)' },
    },
    details: [
      'Reads the files alone: it works while nothing runs, and changes nothing. What a device sent is shown as text where it is text, else in hexadecimal.',
      'With --json it writes one object about the journal, then one for each record on a line of its own.',
    ],
    examples: ['nezuban intake inspect', 'nezuban intake inspect --from 1200 --limit 100 --json'],
  },
];
