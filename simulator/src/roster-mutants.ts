/** Mutants of the rules about rosters, data and voters that change. Part of `mutant-list.ts`. */
import type { Mutant } from './mutants.ts';

/** Rosters, in sync, directories. */
export const data: readonly Mutant[] = [
  {
    name: 'names-emptied-before-decided',
    says: 'commits are freed before the roster without the standby is decided',
    file: 'pair.ts',
    find: 'else if (decided && !isAdmitting(turn))',
    replace: 'else if (!isAdmitting(turn))',
    seeds: 20,
  },
  {
    name: 'not-in-sync-elected',
    says: 'a member that the newest roster does not list may become master',
    file: 'election.ts',
    find: '  if (token === undefined)\n',
    replace: "  if (token === undefined && record.id === '')\n",
    also: [
      {
        file: 'election.ts',
        find: '  if (token !== database.token)',
        replace: '  if (token !== undefined && token !== database.token)',
      },
    ],
    seeds: 100,
  },
  {
    name: 'token-ignored',
    says: 'a directory without the token that the roster names may become master',
    file: 'election.ts',
    find: '  if (token !== database.token)',
    replace: "  if (token !== database.token && record.id === '')",
    seeds: 3000,
  },
  {
    name: 'in-sync-shrunk-at-promoting',
    says: 'the winner drops the old master from the roster before its own promotion has worked',
    file: 'duty.ts',
    find: "    phase: 'promoting',\n    ...changes,",
    replace:
      "    phase: 'promoting',\n    inSync: { [record.id]: from.inSync[record.id] ?? '' },\n    ...changes,",
    seeds: 20,
  },
  {
    name: 'in-sync-kept-at-activation',
    says: 'the old master stays in sync although the new one commits without it',
    file: 'duty.ts',
    find: '    inSync: { [record.id]: token },\n    lineage:',
    replace: '    inSync: { ...roster.inSync, [record.id]: token },\n    lineage:',
    seeds: 500,
  },
  {
    name: 'admitted-without-waiting',
    says: 'a probe that returned without having waited admits the standby',
    file: 'pair.ts',
    find: "    if (input.stage === 'returned') {",
    replace: "    if (input.stage === 'returned' && turn.now < 0) {",
    also: [
      {
        file: 'pair.ts',
        find: "if (admission.stage !== 'named' || input.stage !== 'returned') return;",
        replace: '',
      },
      {
        file: 'pair.ts',
        find: "    sendProbe(turn, { ...admission, stage: 'named' });\n    return;",
        replace: '',
      },
    ],
    seeds: 50,
  },
  {
    name: 'admitted-before-probe-returns',
    says: 'the standby is admitted before it has flushed what was acknowledged without it',
    file: 'pair.ts',
    find: "    sendProbe(turn, { ...admission, stage: 'named' });\n    return;",
    replace: '',
    also: [
      {
        file: 'pair.ts',
        find: "if (admission.stage !== 'named' || input.stage !== 'returned') return;",
        replace: '',
      },
    ],
    seeds: 50,
  },
  {
    name: 'names-emptied-while-proposed',
    says: 'names are emptied again after the roster with the standby has left',
    file: 'pair.ts',
    find: '  if (!alone) setNames(turn, standbyName(turn));',
    replace:
      "  if (!alone && !decided) setNames(turn, '');\n  else if (!alone) setNames(turn, standbyName(turn));",
    seeds: 20,
  },
  {
    name: 'start-gate-skipped',
    says: 'the application is let in before the last commits are safe',
    file: 'pair.ts',
    find: 'const safe = alone ? decided :',
    replace: 'const safe = true || alone ? true :',
    seeds: 3000,
  },
  {
    name: 'copied-before-decided',
    says: 'a directory is dropped by a roster that is not decided',
    file: 'follow.ts',
    find: '  if (!settled) return;',
    replace: '',
    seeds: 500,
  },
  {
    name: 'forced-lineage-kept',
    says: 'a forced host claims promotions that its data has never seen',
    file: 'commands.ts',
    find: 'lineage: roster.lineage.filter((one) => one.term <= database.lineage),',
    replace: 'lineage: roster.lineage,',
    seeds: 30000,
  },
  {
    name: 'lineage-ignored',
    says: 'a directory of another history follows because it carries a token',
    file: 'roster.ts',
    find: "  if (index < 0) return 'its history is not that of the master';",
    replace: '  if (index < 0) return null;',
    seeds: 3000,
  },
  {
    name: 'lineage-position-ignored',
    says: 'a directory that went on after the others had left its history follows',
    file: 'roster.ts',
    find: 'next !== undefined && database.flushed > next.startLsn',
    replace: 'next !== undefined && database.flushed < 0',
    seeds: 100,
  },
  {
    name: 'dropped-without-own-data',
    says: 'a master whose own directory is gone drops the standby that holds everything',
    file: 'pair.ts',
    find: ' || !duty.primary) return false;\n  if (duty.proposal',
    replace: ') return false;\n  if (duty.proposal',
    also: [
      {
        file: 'hand-over.ts',
        find: '  if (database.token !== ownRoster(turn)',
        replace: "  if (name === 'starting' && database.token !== ownRoster(turn)",
      },
    ],
    seeds: 8000,
  },
];

/** Voters that change, and what replaces a lost majority. */
export const membership: readonly Mutant[] = [
  {
    name: 'joint-skipped',
    says: 'voters change in one step',
    file: 'voter-change.ts',
    find: 'voters: [[...old], [...change.target]],',
    replace: 'voters: [[...change.target]],',
    seeds: 20,
  },
  {
    name: 'forced-term-not-skipped',
    says: 'a forced master takes just the next term',
    file: 'commands.ts',
    find: 'return (Math.floor(record.term / blocks) + 2) * blocks + rank * FORCED_TERM_BLOCK;',
    replace: 'return record.term + 1 + 0 * rank * blocks;',
    seeds: 5000,
  },
  {
    name: 'force-not-marked',
    says: 'the lineage does not say that force may have lost something',
    file: 'duty.ts',
    find: 'lossy: roster.forced !== null',
    replace: 'lossy: false',
    seeds: 500,
  },
  {
    name: 'fence-vote-kept',
    says: 'a fence vote still stands for the peer after it has returned',
    file: 'decide.ts',
    find: '  if (fence?.peer === message.from) {',
    replace: '  if (fence?.peer === message.from && fence.startId === message.startId) {',
    seeds: 50,
  },
  {
    name: 'fence-without-met',
    says: 'a member fences although it has not met its peer since its start',
    file: 'election.ts',
    find: ' || !state.met || record.fence !== null)',
    replace: ' || record.fence !== null)',
    seeds: 10000,
  },
  {
    name: 'fence-voided-late',
    says: 'the peer is answered before the fence vote against it is void on disk',
    file: 'decide.ts',
    find: 'return state.fenceVoidSequence > state.durable;',
    replace: 'return false;',
    seeds: 1500,
  },
];
