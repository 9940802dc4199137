/**
 * The table of scenarios: every row of the table of faults, and what people do. Played by `npm run test:ha` and in part by `quick.test.ts`.
 *
 * Responsible for the whole list, and for what cannot be tested from inside a machine, each with the reason.
 */
import type { Scenario } from './scenario.ts';
import { cutScenarios } from './scenarios-cuts.ts';
import { diskScenarios } from './scenarios-disks.ts';
import { dueScenarios } from './scenarios-due.ts';
import { fenceScenarios } from './scenarios-fence.ts';
import { killScenarios } from './scenarios-kills.ts';
import { operatorScenarios } from './scenarios-operator.ts';
import { outputScenarios } from './scenarios-output.ts';
import { trapScenarios } from './scenarios-traps.ts';

export const scenarios: readonly Scenario[] = [
  ...killScenarios,
  ...cutScenarios,
  ...diskScenarios,
  ...operatorScenarios,
  ...outputScenarios,
  ...trapScenarios,
  ...fenceScenarios,
  ...dueScenarios,
];

/** Printed with the table, so that nobody takes silence for proof. */
export const notTested: readonly { readonly what: string; readonly because: string }[] = [
  {
    what: 'a virtual machine frozen together with its clocks',
    because:
      'it cannot be done or seen from inside; the simulator has it (zombie work between resume and lease check)',
  },
  {
    what: "the machine's own wall clock, as PostgreSQL sees it",
    because: 'it belongs to everybody on the machine; nothing in PostgreSQL that the pair rests on reads it',
  },
  {
    what: 'delay, loss and reordering of packets',
    because: 'this kernel may lack netem; the simulator has them',
  },
];

/** One shared pair, five faults, less than three minutes: part of `npm test`. */
export const quickNames: readonly string[] = [
  "master's host loses power without a word: standby takes over",
  'master cut off from everybody: it stands down, the standby takes over, the cut heals',
  "master's keeper killed: the guard ends the tree, the standby takes over",
  "master's PostgreSQL killed: the standby takes over at once",
  'a planned switch typed on the standby',
];
