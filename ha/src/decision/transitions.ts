/**
 * The transition table of a voter: from which state to which, and the sentence that an operator reads in the log.
 *
 * Responsible for every change of the state's name: `move` asserts that the row allows it. `to: null` is a note that changes no name.
 * Not responsible for when a row is taken (the other files here). Placeholders: {who} a host, {term} a term, {why} a reason.
 */
import { stateNames, type StateName } from './state.ts';

export interface Row {
  readonly from: readonly StateName[];
  readonly to: StateName | null;
  readonly says: string;
}

const followers: readonly StateName[] = [
  'waiting',
  'standby-copying',
  'standby-catching-up',
  'standby-in-sync',
];
const acting: readonly StateName[] = ['promoting', 'master-alone', 'master-paired', 'resigning'];
const settled: readonly StateName[] = ['master-alone', 'master-paired'];
const any: readonly StateName[] = stateNames;

const table = {
  // The way into service.
  started: {
    from: ['starting'],
    to: 'waiting',
    says: 'The data directory has been looked at. Looking for the master.',
  },
  'started-in-maintenance': {
    from: ['starting'],
    to: 'maintenance',
    says: 'This host is in maintenance: it votes, and nothing else.',
  },
  'follows-by-copy': {
    from: followers,
    to: 'standby-copying',
    says: 'The data of this host cannot follow {who}: {why}. It is made anew from there.',
  },
  'follows-catching-up': {
    from: followers,
    to: 'standby-catching-up',
    says: 'This host follows {who} and catches up.',
  },
  'follows-in-sync': {
    from: followers,
    to: 'standby-in-sync',
    says: 'This host holds everything that {who} has acknowledged, and can take over.',
  },
  'leader-lost': {
    from: ['standby-copying', 'standby-catching-up', 'standby-in-sync'],
    to: 'waiting',
    says: '{who} is not heard any more. This host does not hold everything that was acknowledged, and waits.',
  },
  'copy-repeated': {
    from: ['standby-copying'],
    to: null,
    says: 'The copy from {who} failed: {why}. It is tried again after a pause.',
  },
  'copy-given-up': {
    from: ['standby-copying'],
    to: 'failed',
    says: 'The copy failed too often: {why}. Mend that, then type: nezuban pair recover',
  },
  'standby-database-restarted': {
    from: ['waiting', 'standby-catching-up', 'standby-in-sync', 'candidate'],
    to: null,
    says: 'The database of this host ended and is started again.',
  },
  'database-given-up': {
    from: ['waiting', 'standby-catching-up', 'standby-in-sync', 'candidate'],
    to: 'failed',
    says: 'The database of this host ends again and again. Mend that, then type: nezuban pair recover',
  },

  // Elections.
  'asks-for-votes': {
    from: ['waiting', 'standby-in-sync'],
    to: 'candidate',
    says: 'No master is heard. This host asks whether it may take over as term {term}.',
  },
  'cannot-take-over': {
    from: ['waiting', 'standby-in-sync'],
    to: null,
    says: 'No master is heard, and this host cannot become one: {why}.',
  },
  // Nobody else could be master: a database that takes its time to start is no loss of one.
  'still-starting': {
    from: ['waiting', 'standby-in-sync'],
    to: null,
    says: 'This host, the only one, is starting: its database is not ready yet.',
  },
  'candidacy-cancelled': {
    from: ['candidate'],
    to: 'waiting',
    says: '{who} is master of term {term}. The candidacy ends.',
  },
  'candidacy-failed': { from: ['candidate'], to: 'waiting', says: 'This host was not elected: {why}.' },
  elected: {
    from: ['candidate'],
    to: 'promoting',
    says: 'Elected as master of term {term}. The database becomes primary.',
  },
  forced: {
    from: ['waiting', 'standby-catching-up', 'standby-in-sync', 'candidate'],
    to: 'promoting',
    says: 'An operator makes this host master of term {term} by force. Acknowledged work may be missing.',
  },
  'forced-confirmed': {
    from: settled,
    to: null,
    says: 'A majority of the former voters has accepted the forced master.',
  },
  'in-service': {
    from: ['promoting'],
    to: 'master-alone',
    says: 'This host is master of term {term}, alone: nothing is redundant yet.',
  },

  // The pair.
  'standby-being-admitted': {
    from: ['master-alone'],
    to: null,
    says: '{who} has caught up. Commits wait for it from now on, to take it in.',
  },
  'admission-given-up': {
    from: ['master-alone'],
    to: null,
    says: '{who} was not taken in: {why}. It is tried again later.',
  },
  paired: { from: ['master-alone'], to: 'master-paired', says: '{who} is in sync: the pair is redundant.' },
  'standby-lost': {
    from: settled,
    to: null,
    says: '{who} is taken out of the pair: {why}. Commits wait until the voters have agreed.',
  },
  alone: { from: ['master-paired'], to: 'master-alone', says: '{who} is out. This host goes on alone.' },
  'without-majority': {
    from: ['master-alone'],
    to: null,
    says: 'No majority of the voters answers. Nobody else can be elected, so this host goes on alone. Bring the others back.',
  },
  'service-given-up': {
    from: acting,
    to: null,
    says: 'Not staying up on this host: {who}. No standby is ready to take over yet; one that becomes ready does so by itself.',
  },
  'majority-again': {
    from: ['master-alone'],
    to: null,
    says: 'A majority of the voters answers again.',
  },
  'database-restarted': {
    from: settled,
    to: null,
    says: 'The database ended and is started again. Nobody is let in before its last commits are safe.',
  },

  // Voters.
  'voters-joint': { from: settled, to: null, says: 'The voters change, {why}. Both sets must agree.' },
  'voters-final': {
    from: settled,
    to: null,
    says: 'The old voters have agreed. From now on these count: {why}.',
  },
  'voters-changed': { from: settled, to: null, says: 'The voters have changed: {why}.' },
  'voters-kept': {
    from: settled,
    to: null,
    says: 'The new voters did not agree in time. The old ones stay: {why}.',
  },
  'voter-silent': {
    from: settled,
    to: null,
    says: 'The witness {who} does not answer any more. The service goes on, but survives fewer losses until it is back.',
  },
  'voter-heard': { from: settled, to: null, says: '{who} answers again.' },
  'voters-asymmetric': {
    from: settled,
    to: null,
    says: 'No witness is left: this host is the only voter, so that it survives the loss of the standby. If this host is lost, a human must decide.',
  },

  // Giving way.
  'switch-begins': {
    from: ['master-paired'],
    to: 'resigning',
    says: 'The service moves to {who}: work is drained, the database stops.',
  },
  'switch-called-off': {
    from: ['resigning'],
    to: 'master-paired',
    says: 'The move is called off: {why}. This host stays master.',
  },
  'stands-down': {
    from: acting,
    to: 'standing-down',
    says: 'This host stops acting as master of term {term}: {why}.',
  },
  'stood-down': {
    from: ['standing-down', 'fenced'],
    to: 'waiting',
    says: 'Everything that acted has ended on this host.',
  },
  'stood-down-for-good': {
    from: ['standing-down', 'fenced'],
    to: 'failed',
    says: 'Everything that acted has ended on this host: {why}. Mend that, then start the keeper again or type: nezuban pair recover',
  },
  'could-not-stand-down': {
    from: ['standing-down'],
    to: 'fenced',
    says: 'The database could not be ended in time. The guard kills it. If nothing follows this line, power this host off.',
  },

  // Operators and damage.
  'maintenance-begins': {
    from: ['waiting', 'standby-copying', 'standby-catching-up', 'standby-in-sync', 'failed'],
    to: 'maintenance',
    says: 'This host is out of duty for maintenance. It still votes.',
  },
  'maintenance-wanted': {
    from: ['standby-in-sync'],
    to: null,
    says: 'Maintenance is wanted: the master is asked to go on without this host first.',
  },
  'maintenance-ends': {
    from: ['maintenance'],
    to: 'waiting',
    says: 'Maintenance is over. Looking for the master.',
  },
  recovering: {
    from: ['failed'],
    to: 'waiting',
    says: 'An operator has asked to recover. Looking for the master.',
  },
  'record-lost': {
    from: any,
    to: 'failed',
    says: 'The voter record cannot be written: {why}. This host votes no more. Mend the disk, then start the keeper again.',
  },
  stranger: { from: any, to: null, says: 'A message from {who} is ignored: {why}.' },
  'clock-jumped': { from: any, to: null, says: 'The clocks of this host jumped: it may have been frozen.' },
  'peer-fenced': {
    from: ['waiting', 'standby-in-sync', 'candidate'],
    to: null,
    says: '{who} counts as off: {why}. This host votes for both until it is heard again.',
  },
  'peer-being-fenced': { from: ['waiting'], to: null, says: '{who} is silent. The fence command is run.' },
  'fence-failed': { from: any, to: null, says: 'The fence command against {who} did not succeed: {why}.' },
  'fence-void': { from: any, to: null, says: '{who} is heard again. It votes for itself again.' },
} as const satisfies Record<string, Row>;

export type RowName = keyof typeof table;
export const rows: Readonly<Record<RowName, Row>> = table;

export interface Facts {
  readonly who?: string;
  readonly term?: number;
  readonly why?: string;
  /** Said before: the state changes without another line. */
  readonly quiet?: boolean;
}

/** The sentence of a row with its facts. */
export function sentence(row: Row, facts: Facts): string {
  return row.says
    .replace('{who}', facts.who ?? 'nobody')
    .replace('{term}', String(facts.term ?? 0))
    .replace('{why}', facts.why ?? 'no reason given');
}
