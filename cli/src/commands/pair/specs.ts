// The commands on the pair: two hosts of which either may fail.
import type { CommandSpec, OptionSpec } from '../command.ts';

const group = 'pair';

const yes: OptionSpec = {
  type: 'flag',
  description: 'Do it without being asked; needed where there is no terminal',
};
const hostOption = (description: string): OptionSpec => ({ type: 'text', value: 'NAME', description });
const report: OptionSpec = {
  type: 'text',
  value: 'FILE',
  description: 'Write the report as one HTML file, too',
};
const language: OptionSpec = {
  type: 'text',
  value: 'LANG',
  choices: ['en', 'ja'],
  description: 'Language of what it says and of the report (as the environment says)',
};
const tieBreakers = ['witness', 'fence', 'manual'] as const;

export const pairCommands: readonly CommandSpec[] = [
  {
    name: 'pair create',
    group,
    summary: 'Make this host the first of a pair, and print the line that the second one types',
    positionals: [],
    options: {
      listen: {
        type: 'text',
        value: 'HOST:PORT',
        description: "Where the pair's port listens on this host (every address, port 7382)",
      },
      address: {
        type: 'text',
        value: 'HOST:PORT',
        description: 'Under which address the other host reaches this one (found by itself)',
      },
      'witness-token': {
        type: 'flag',
        description: 'Print the line for a host that shall only vote, instead of the second host',
      },
      'tie-breaker': {
        type: 'text',
        value: 'WHICH',
        choices: tieBreakers,
        description: 'What decides when one of the two hosts is lost',
      },
      profile: {
        type: 'text',
        value: 'PROFILE',
        choices: ['lan', 'wan'],
        description: 'How long a silence may be before it counts; wan doubles all times',
      },
    },
    details: [
      'Asks the keeper of this host, so a manager must run here. What has been made already stays; each call makes a new line, good for one host.',
      'The line alone goes to standard output. The service goes on while the second host copies the data.',
    ],
    examples: ['nezuban pair create', 'nezuban pair create --address 192.0.2.10:7382'],
    load: () => import('./create.ts'),
  },
  {
    name: 'pair join',
    group,
    summary: 'Make this host the second of a pair (run on the second host)',
    positionals: [
      { name: 'HOST:PORT', description: 'address of the first host, as "nezuban pair create" prints it' },
    ],
    options: {
      token: {
        type: 'text',
        value: 'TOKEN',
        description: 'The one-time token that "nezuban pair create" printed',
      },
    },
    details: [
      '"nezuban pair create" on the first host prints the whole line. It joins, starts the manager of this host in the background, copies the data while the first host goes on serving, and ends with a self-test.',
      'It takes the options of "nezuban manager" as well. All of them: nezuban pair join --help',
    ],
    examples: ['nezuban pair join 192.0.2.10:7382 --token TOKEN'],
  },
  {
    name: 'pair status',
    group,
    summary: 'Say who is master and why, how both hosts are, and what is missing for redundancy',
    positionals: [],
    options: {
      watch: { type: 'flag', short: 'w', description: 'Go on showing it until Ctrl-C' },
    },
    details: [
      'Asks the keeper of this host, which answers even while there is no master; where none runs, or with --url, a manager by its API. The last line says which.',
      'Exit code: 0 redundant, 20 not redundant, 21 no master; a single host counts as not redundant. With the tie-breaker "manual" 0 says that both hosts hold everything: the first line then warns that a human must promote the other one, and so does the advice "tie_breaker_manual" of --json.',
    ],
    examples: [
      'nezuban pair status',
      'nezuban pair status --watch',
      'nezuban pair status --json > status.json || alert',
    ],
    load: () => import('./status.ts'),
  },
  {
    name: 'pair switch',
    group,
    summary: 'Move the service to the standby, and say how long it took',
    positionals: [],
    options: { yes },
    details: [
      'Nothing is lost and running jobs go on. It waits until the other host serves. If the standby cannot take over, nothing is changed.',
    ],
    examples: ['nezuban pair switch', 'nezuban pair switch --yes'],
    load: () => import('./switch.ts'),
  },
  {
    name: 'pair recover',
    group,
    summary: 'Bring the pair back to redundancy, whatever is wrong',
    positionals: [],
    options: { host: hostOption('Begin with this host') },
    details: [
      'Says what is wrong and what it does, and shows how far it is. Ends when the pair is redundant, or when only a human can go on (also after 30 s without a master and without progress): then one sentence says what to do, and the exit code is 20 or 21.',
      'Ctrl-C ends the watching alone; what was begun goes on.',
    ],
    examples: ['nezuban pair recover', 'nezuban pair recover --host host-b'],
    load: () => import('./recover.ts'),
  },
  {
    name: 'pair maintenance',
    group,
    summary: 'Take a host out of duty for work on it, or back',
    positionals: [{ name: 'ON-OR-OFF', description: '"on" or "off"' }],
    options: { host: hostOption('Which host (this one; by a remote manager the standby)') },
    details: [
      'The host still votes, and holds no duty until maintenance is off. A master is refused: move the service first with "nezuban pair switch".',
    ],
    examples: ['nezuban pair maintenance on --host host-b', 'nezuban pair maintenance off --host host-b'],
    load: () => import('./maintenance.ts'),
  },
  {
    name: 'pair witness',
    group,
    summary: 'Appoint the witness, which votes and holds no data',
    positionals: [],
    options: {
      node: {
        type: 'text',
        value: 'NODE',
        description: 'Name of the node whose agent it shall be (any that is suited)',
      },
    },
    details: [
      'Any managed host but the two of the pair will do. Another one is appointed by itself when it is lost.',
    ],
    examples: ['nezuban pair witness', 'nezuban pair witness --node web-1'],
    load: () => import('./witness.ts'),
  },
  {
    name: 'witness',
    group,
    summary: 'Run a witness on this host: it votes and holds no data (run on any third host)',
    positionals: [],
    options: {},
    details: [
      '"nezuban pair create --witness-token" prints the line for its first start. It stays in the foreground; Ctrl-C stops it.',
      'For a host without an agent; an agent is appointed with "nezuban pair witness". All its options: nezuban witness --help',
    ],
    examples: [
      'nezuban witness --join 192.0.2.10:7382 --token TOKEN --home /var/lib/nezuban',
      'nezuban witness',
    ],
  },
  {
    name: 'pair tie-breaker',
    group,
    summary: 'Choose what decides when one of the two hosts is lost',
    positionals: [{ name: 'WHICH', description: '"witness", "fence" or "manual"' }],
    options: {},
    details: [
      'witness: a third host votes; the normal choice. fence: a command of yours that surely cuts the power of the other host. manual: nothing happens until somebody types "nezuban pair promote".',
    ],
    examples: ['nezuban pair tie-breaker witness'],
    load: () => import('./tie-breaker.ts'),
  },
  {
    name: 'pair promote',
    group,
    summary: 'Two hosts without a witness: this one takes over, since the other is switched off',
    positionals: [],
    options: {
      'peer-is-off': { type: 'flag', description: 'Your word that the other host is switched off' },
      host: hostOption('Which host takes over (this one)'),
      yes,
    },
    details: [
      'Needed with the tie-breaker "manual" alone. If the other host still runs, both act as master: that it does not answer proves nothing.',
    ],
    examples: ['nezuban pair promote --peer-is-off'],
    load: () => import('./promote.ts'),
  },
  {
    name: 'pair force-master',
    group,
    summary: 'Last resort: go on with what this host has, though acknowledged work may be lost',
    positionals: [],
    options: {
      'confirm-off': {
        type: 'text',
        value: 'NAME',
        many: true,
        description:
          'A voter that does not answer and is switched off; may be repeated, and each must be named',
      },
      host: hostOption('Which host is forced (this one)'),
      yes,
    },
    details: [
      'For the case that the other host and a majority of the voters are lost. Refused while anybody has lately heard another master.',
      'The other hosts may be started again only with a connection to this one. Until a majority of the former voters has agreed, the pair is shown as forced.',
    ],
    examples: ['nezuban pair force-master --confirm-off host-a --confirm-off web-1'],
    load: () => import('./force-master.ts'),
  },
  {
    name: 'pair leave',
    group,
    summary: 'Take a host out of the pair for good; the other one stays alone',
    positionals: [],
    options: { host: hostOption('Which host (this one; by a remote manager the standby)'), yes },
    examples: ['nezuban pair leave --host host-b'],
    load: () => import('./leave.ts'),
  },
  {
    name: 'drill',
    group,
    summary: 'Prove the pair: make one of its own on this machine, and let everything go wrong under load',
    positionals: [],
    options: {
      faults: {
        type: 'text',
        value: 'LIST',
        description: 'Only these faults, separated by commas; "nezuban drill --list" names them',
      },
      list: { type: 'flag', description: 'Say which faults there are' },
      keep: { type: 'flag', description: "Keep homes and logs of the drill's hosts" },
      report,
      language,
    },
    details: [
      'A manager that runs on this machine is not touched: the drill has homes, processes and a network of its own. As root on Linux its hosts are network namespaces, which can be cut from each other; else loopback addresses, and faults that need a cut are left out.',
      'Afterwards it counts what became of every write and every job. Takes about eight minutes; Ctrl-C ends it and cleans up. Exit code: 0 passed, 1 not.',
    ],
    examples: [
      'nezuban drill',
      'nezuban drill --report drill.html',
      'nezuban drill --faults cut-off,keeper-frozen',
    ],
  },
  {
    name: 'drill switch',
    group,
    summary: 'Prove the pair of this host by a planned switch, and say how long nobody was master',
    positionals: [],
    options: {
      back: { type: 'flag', description: 'Move the service back afterwards' },
      home: {
        type: 'text',
        value: 'DIR',
        description: 'Home of the manager of this host (NEZUBAN_HOME, else its usual place)',
      },
      yes,
      report,
      language,
    },
    details: [
      'Refused unless the pair is redundant. Asks both consoles 50 times a second who is master, and ends when the pair is redundant again. Changes nothing else and needs no sign-in.',
    ],
    examples: ['nezuban drill switch', 'nezuban drill switch --back --yes --report drill.html'],
  },
];
