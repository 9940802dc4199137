// The order in which an upgrade is done: one host, a pair, or over a major version of PostgreSQL. Pure.

export type StepsFor = { readonly pair: boolean; readonly postgresChanges: boolean };

const agentsLast =
  'Upgrade the agents when it suits, one host after the other: stop the agent, install, start it; running commands go on. "nezuban nodes" shows the releases.';
const backup = 'Make a backup and verify it: nezuban backup create --to DIR --verify';

/** Sentences in order. */
export const upgradeSteps = ({ pair, postgresChanges }: StepsFor): readonly string[] => {
  if (postgresChanges)
    return pair ? [...overMajor.slice(0, -1), joinAnew, ...overMajor.slice(-1)] : overMajor;
  return pair ? pairSteps : singleSteps;
};

const singleSteps: readonly string[] = [
  backup,
  'Stop the manager; running commands go on: systemctl stop nezuban-manager, or nezuban manager stop',
  'Install the new release.',
  'Start the manager: systemctl start nezuban-manager, or nezuban manager. It brings the schema to the new release by itself.',
  'Look: nezuban status, nezuban doctor',
  agentsLast,
];

const pairSteps: readonly string[] = [
  backup,
  'On the standby: stop the manager, install the new release, start the manager.',
  'Wait until "nezuban pair status" says that the pair is redundant again.',
  'Move the service: nezuban pair switch. The new release brings the schema to its own by itself.',
  'On the other host, which is the standby now: stop the manager, install the new release, start the manager.',
  'Look: nezuban pair status, nezuban status, nezuban doctor on both hosts',
  agentsLast,
];

const overMajor: readonly string[] = [
  backup,
  'Let nothing new start and wait for what runs: nezuban drain manager --reason upgrade --wait',
  'Carry the data out with the present release: nezuban backup export FILE',
  'Stop the manager and keep its home: it is the way back.',
  'Install the new release, and carry the data into an empty home: nezuban backup import FILE --home DIR',
  'Start the manager on that home, look (nezuban status, nezuban doctor), and let work begin: nezuban resume manager',
  agentsLast,
];

const joinAnew =
  'On the other host: install the new release and join it anew: nezuban pair create on the first host prints the line.';
