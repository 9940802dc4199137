// Meanings of the keys by which starts are controlled: priority, queue, locks, overlap, delays, end status; and of queues, locks and limits of
// nodes themselves. Part of meanings-yaml.ts.
type Meanings = Readonly<Record<string, string>>;

const placeMeanings = (at: string): Meanings => ({
  [`${at}priority`]:
    '1 (last) to 5 (first), 3 if nobody says; handed on to what is inside. A level counts as half an hour of waiting.',
  [`${at}queue`]: 'Units inside that run on nodes take a place of this queue while an attempt is open.',
  [`${at}locks`]:
    'Locks that it holds from its start to its end, over all tries; taken together. A name means one place.',
  [`${at}locks[].name`]: 'Name of the lock; without a definition it has one place.',
  [`${at}locks[].count`]: 'How many of its places; `all`: nobody else holds any meanwhile.',
});
const delayMeanings = (at: string): Meanings => ({
  [`${at}delays`]: 'What is done if it starts late or takes too long; told once with an event and a flag.',
  [`${at}delays.start`]: 'If it has not started by then.',
  [`${at}delays.start.at`]: 'A time of the session’s day, up to `47:59`, in the zone of the net.',
  [`${at}delays.start.after_s`]:
    'So many seconds after the start of the net around it; of a whole session after it was due.',
  [`${at}delays.start.do`]:
    '`notify`; `skip`: it does not run and counts as normal; `stop`: it is stopped before it runs; `{ set_status: ... }`: it does not run and counts so.',
  [`${at}delays.start.do.set_status`]: 'How it counts.',
  [`${at}delays.end`]: 'If it has not ended by then.',
  [`${at}delays.end.at`]: 'A time of the session’s day, up to `47:59`.',
  [`${at}delays.end.after_s`]: 'So many seconds after its own start.',
  [`${at}delays.end.history`]: 'Longer than it usually takes, by its last 30 normal ends.',
  [`${at}delays.end.history.factor`]: 'So many times the mean.',
  [`${at}delays.end.history.sigma`]: 'So many standard deviations above the mean.',
  [`${at}delays.end.history.min_runs`]: 'With fewer normal ends nothing is watched.',
  [`${at}delays.end.do`]:
    '`notify`; `stop`; `{ set_status: ... }`: it is stopped and counts so whatever comes of the stop.',
  [`${at}delays.end.do.set_status`]: 'How it counts.',
});
const endStatusMeanings = (at: string): Meanings => ({
  [`${at}end_status`]:
    'With which status the net ends: `worst` of all units (if left out), `ignore_warning`, `last`: only units that nothing follows count, or `{ units: [...] }`.',
  [`${at}end_status.units`]: 'Only these units count.',
});

export const targetChoiceMeanings: Meanings = {
  'target.mode':
    '`all`: on every node of the scope; `any`: on one that is connected; `least_loaded`: on the connected one with the fewest open attempts; `by_priority`: on the first connected one of `order`.',
  'target.order': 'Nodes of the scope that come before the others.',
  'target.answer_within_s':
    'Not of `all`: an agent that has not taken the order by then loses it, and the next node gets it.',
  'target.if_unknown':
    'What follows if nobody can say whether the agent that did not answer has run it: `stop` (if left out) or `run_elsewhere`.',
};

export const netControlMeanings: Meanings = {
  ...placeMeanings(''),
  overlap:
    'A start while `overlap_max` sessions of the net have not ended: `parallel` runs beside them, `queue` waits, `skip` does not start.',
  overlap_max: 'From how many sessions on `queue` and `skip` count; 1 if left out.',
  exclusive_with:
    'Job nets of which no session runs at the same time as one of this net, whoever comes first.',
  ...delayMeanings(''),
  ...endStatusMeanings(''),
};

export const unitControlMeanings: Meanings = {
  ...placeMeanings('units[].'),
  ...delayMeanings('units[].'),
  ...endStatusMeanings('units[].'),
};

const common = (what: string): Meanings => ({
  kind: 'What the document defines.',
  name: `Unique among ${what}.`,
  title: 'What people read beside the name.',
  description: 'What it is for.',
});
const byTime: Meanings = {
  by_time:
    'Places at times of the day, such as `"22:00-06:00": 20`; over midnight too. Where two overlap, the first counts.',
  timezone: 'IANA zone of `by_time`; UTC if left out.',
};

export const limitMeanings: Readonly<Record<string, Meanings>> = {
  queue: { ...common('queues'), places: 'Units that run at once; 0: none.', ...byTime },
  lock: { ...common('locks'), places: 'How many places it has; 1 if left out.' },
  node_limit: {
    ...common('limits of nodes'),
    name: 'Name of the node.',
    places: 'Attempts that run on it at once, at the most 200.',
    ...byTime,
  },
};
