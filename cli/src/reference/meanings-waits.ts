// What the keys of units mean that wait for something inside the manager, and those of start conditions. Part of `meanings-yaml.ts`.
type Meanings = Readonly<Record<string, string>>;
/** Of conditions on events, below a place. */
type MatchMeanings = (at: string) => Meanings;

const places = '`{{parameter.NAME}}`, `{{net}}`, `{{session}}`, `{{unit}}`';
const targets = (at: string): Meanings => ({
  [`${at}[].net`]:
    'A job net by name. The name alone stands for the whole session and its normal or warning end.',
  [`${at}[].unit`]: 'Path of one of its units; without it, the end of the whole session counts.',
  [`${at}[].on`]: 'End statuses that fulfil it.',
});

export const waitingUnitMeanings = (match: MatchMeanings): Meanings => ({
  'units[].on_timeout':
    'How a unit that waits, or a file watch, ends when `timeout_s` is over; `stopped`: as if it had been stopped before it ran. Of an approval also `refuse` and `approve`.',
  'units[].event':
    'A wait for an event: which one. Named groups of `text.matches` become variables of the unit.',
  ...match('units[].event.'),
  'units[].look_back_s':
    'A wait for an event: one that happened up to so many seconds before counts as well. A wait for nets: sessions begun since so many seconds before count.',
  'units[].nets': 'A wait for nets: whose ends. A list means all of them; `all` or `any` say which.',
  ...targets('units[].nets'),
  'units[].nets.all': 'Every one of these.',
  ...targets('units[].nets.all'),
  'units[].nets.any': 'Any one of these.',
  ...targets('units[].nets.any'),
  'units[].which':
    'A wait for nets: which sessions count. `today`: begun since midnight in the zone of this net; `session`: since this session began; `next`: after this unit did.',
  'units[].if_absent':
    'A wait for nets: if there is no such session when it begins, `wait` for one, `go_on` as if it had ended so, or `fail`.',
  'units[].if_other':
    'A wait for nets: if it has ended otherwise, `wait` for its rerun or the next session, or `fail`.',
  'units[].net': 'The job net that the unit starts or refers to.',
  'units[].wait':
    'A start of a net: wait for its end and end as it does; `false`: end as soon as it has begun.',
  'units[].pass_stop': 'A start of a net: a stop of the unit stops that session, too.',
  'units[].question': `An approval: what people are asked, with the places ${places}.`,
  'units[].users': 'An approval: these users may decide, if they hold `nets.approve` here.',
  'units[].roles':
    'An approval: whoever has one of these roles may decide. Neither: everybody who holds the right.',
  'units[].needed': 'An approval: so many different people have to approve; one refusal is enough.',
  'units[].not_starter': 'An approval: whoever has started the session must not decide.',
  'units[].channel':
    'A mail: the named channel of type mail that sends it. An approval: a named channel that is told of it.',
  'units[].to': 'A mail: recipients, instead of those of the channel. A file transfer: what is written.',
  'units[].cc': 'A mail: who gets a copy.',
  'units[].subject': `A mail: its subject, with the places ${places}.`,
  'units[].body':
    'A mail: its text, with the same places. An HTTP call: what is sent, as `text`, `json` or `form`.',
});

const watcher = (at: string, match: MatchMeanings): Meanings => ({
  [`${at}[].name`]: 'Unique among the conditions of the net.',
  [`${at}[].event`]: 'Fulfilled by such an event.',
  ...match(`${at}[].event.`),
  [`${at}[].net`]: 'Fulfilled when a session of this job net ends.',
  [`${at}[].on`]: 'With which end statuses.',
  [`${at}[].parameters`]:
    'Values for the session, with the places `{{event.message}}`, `{{event.node}}`, `{{event.key}}`, `{{event.id}}`, `{{event.code}}`, `{{event.priority}}`, `{{event.monitor}}`, `{{event.at}}`, `{{event.field.NAME}}`, `{{event.detail.NAME}}` and `{{event.group.NAME}}`; of files `{{file.path}}`, `{{file.name}}`, `{{file.folder}}`, `{{file.size}}`, `{{file.modified}}`, `{{file.change}}`, `{{file.node}}` and `{{file.at}}`; of times `{{time.at}}`.',
  [`${at}[].files`]:
    'Fulfilled by each file that is found on a node, as a unit of type `file_watch` finds one.',
  [`${at}[].files.node`]: 'Where to look.',
  [`${at}[].files.path`]: 'One absolute path or several; `*`, `?` and `[...]` stand for names as in a shell.',
  [`${at}[].files.watch`]: 'Files that are made, changed (size or time), or deleted.',
  [`${at}[].files.already_there`]: 'What is there (or gone) when the watch begins: `counts`, or `ignored`.',
  [`${at}[].files.size_min`]: 'Smaller files do not count yet.',
  [`${at}[].files.settle_s`]:
    'Only when nothing has changed for so long, and no process of the host writes to it.',
  [`${at}[].files.interval_s`]: 'How often it looks.',
  [`${at}[].files.user`]: 'Who looks. Without it, the user of the agent.',
  [`${at}[].time`]: 'Fulfilled by each of these times. Times at which no manager ran count once, together.',
  [`${at}[].time.every_minutes`]: 'Every so many minutes of the day, from `from` on.',
  [`${at}[].time.from`]: 'With `every_minutes`: the first time of the day.',
  [`${at}[].time.until`]:
    'With `every_minutes`: not after this time; one before `from` lies in the next day.',
  [`${at}[].time.times`]: 'Times of day.',
  [`${at}[].time.cron`]: 'A cron expression.',
  [`${at}[].time.timezone`]: 'IANA zone. Without it, that of the net.',
  [`${at}[].time.calendar`]: 'Days go by this calendar, and so do times.',
  [`${at}[].time.on`]: 'Only on days of this kind.',
  [`${at}[].time.days`]: 'Days of the month, as in schedules.',
  [`${at}[].time.months`]: 'Only in these months.',
  [`${at}[].time.if_closed`]: 'What becomes of a closed day, as in schedules.',
});

export const startConditionMeanings = (match: MatchMeanings): Meanings => ({
  start_conditions: 'What starts it besides schedules and people.',
  'start_conditions.any': 'Each of these starts a session.',
  ...watcher('start_conditions.any', match),
  'start_conditions.all': 'A session starts when all of these have been fulfilled.',
  ...watcher('start_conditions.all', match),
  'start_conditions.within_s': 'With `all`: what was fulfilled counts for so many seconds.',
  'start_conditions.overlap':
    'While a session that they have started still runs: start another (`parallel`), let it wait for its turn (`wait`), or drop it with an event (`skip`).',
  'start_conditions.after_abnormal':
    'When the last one ended abnormally: go on, `hold` further starts until somebody releases them, or `stop` watching.',
  'start_conditions.starts_max':
    'After so many starts nothing more is watched, until somebody begins it again.',
  'start_conditions.valid_for_s': 'So long after it has begun the watching ends.',
  'start_conditions.valid_until':
    'At this instant the watching ends, such as `2026-12-25T18:00:00+09:00`. What is due by then still starts.',
  'start_conditions.enabled': 'Whether anything is watched.',
});
