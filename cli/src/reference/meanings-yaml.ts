// What each key of a definition means, in one sentence: for the manual's page of YAML files. A test demands one for every key.
// `units[].target.*` and the like are said once, at the top.
import { variableMeanings } from './meanings-variables.ts';
import { actingChannelMeanings, ownChannelMeanings } from './meanings-channels.ts';
import { calendarMeanings, scheduleDayMeanings, timeBandMeanings } from './meanings-calendars.ts';
import {
  limitMeanings,
  netControlMeanings,
  targetChoiceMeanings,
  unitControlMeanings,
} from './meanings-places.ts';
import { toolMeanings, usageMeanings } from './meanings-tools.ts';
import { trapMeanings } from './meanings-traps.ts';
import { startConditionMeanings, waitingUnitMeanings } from './meanings-waits.ts';

type Meanings = Readonly<Record<string, string>>;

const target: Meanings = {
  target: 'Where commands run, unless a unit or a net around it says otherwise.',
  'target.node': 'A node by name.',
  'target.scope': 'The nodes of a scope and its child scopes.',
  ...targetChoiceMeanings,
};
const under = (path: string, meanings: Meanings): Meanings =>
  Object.fromEntries(Object.entries(meanings).map(([key, text]) => [`${path}${key}`, text]));
const edges = (path: string): Meanings => ({
  [`${path}[].unit`]: 'Name of a unit beside this one.',
  [`${path}[].on`]:
    'End statuses of that unit on which this one may start; `true` and `false` are answers of a judgment.',
});

/** Of the conditions that rules, inhibitions and silences share. */
const matchMeanings = (at: string): Readonly<Record<string, string>> => {
  return {
    [`${at}priorities`]: 'Only events of these priorities; empty: of all.',
    [`${at}codes`]: 'Only events of these codes (see events.md); empty: of all.',
    [`${at}nets`]: 'Only events of these job nets; `*` at the end stands for any rest. Empty: of all.',
    [`${at}monitors`]: 'Only events of these monitors; `*` at the end stands for any rest.',
    [`${at}scopes`]: 'Only events of nodes in one of these scopes, or in a scope below.',
    [`${at}nodes`]: 'Only events of these nodes; `*` at the end stands for any rest.',
    [`${at}text`]: 'Only events with such a message.',
    [`${at}text.contains`]: 'The message holds this text.',
    [`${at}text.matches`]:
      'The message fits this regular expression (RE2: no look-around, no back references).',
    [`${at}text.ignore_case`]: 'Upper and lower case are the same.',
    [`${at}keys`]: 'Only events about these states, such as `link:3`; `*` at the end stands for any rest.',
    [`${at}fields`]: 'Only events with these fields (or details); all must hold.',
    [`${at}fields[].name`]: 'Name of the field.',
    [`${at}fields[].equals`]: 'Its value is this.',
    [`${at}fields[].contains`]: 'Its value holds this text.',
    [`${at}fields[].matches`]: 'Its value fits this regular expression.',
    [`${at}fields[].ignore_case`]: 'Upper and lower case are the same, for `contains` and `matches`.',
    [`${at}state`]:
      '`raised`: only events that begin a state that something can end; `cleared`: only those that end one.',
  };
};

export const yamlMeanings: Readonly<Record<string, Meanings>> = {
  ...trapMeanings,
  calendar: calendarMeanings,
  ...limitMeanings,
  jobnet: {
    kind: 'What the document defines.',
    name: 'Unique; `/` puts it into a folder.',
    title: 'What people read beside the name.',
    description: 'What it is for; shown on its page.',
    timezone: 'IANA zone of schedules that name none.',
    business_date:
      'By which calendar its sessions have a business date, for `{{business_date}}` and days of parameters.',
    'business_date.calendar': 'The calendar, whose zone and begin of the day count.',
    'business_date.if_closed':
      'Of a day that is closed: the open day `before` it or `after` it, or `keep` the day.',
    'business_date.move_open_days': 'Then by so many open days; negative: to earlier ones.',
    ...target,
    ...usageMeanings('What its commands and containers may use where they do not say it themselves.'),
    ...netControlMeanings,
    parameters: 'Values that a start may give; they reach commands as environment variables.',
    'parameters[].name': 'Name of the environment variable.',
    'parameters[].description': 'What the value is for.',
    'parameters[].default': 'Value of a start that gives none; without it every start must give one.',
    schedules: 'When it starts by itself.',
    'schedules[].name': 'Unique within the net.',
    'schedules[].cron':
      'Five fields (minute hour day month weekday), or six with seconds first. Either this or `times`.',
    'schedules[].times':
      'Times of day, `HH:MM` or `HH:MM:SS`. With a calendar up to `47:59`, of its business days.',
    'schedules[].timezone': 'IANA zone; else that of the net. Not with a calendar.',
    ...scheduleDayMeanings,
    'schedules[].enabled': 'Whether it starts anything.',
    'schedules[].missed':
      'Starts that fell into a time without a manager: `run_once` makes up for all of them with one, `skip` drops them with an event.',
    'schedules[].parameters': 'Values for these starts.',
    ...startConditionMeanings(matchMeanings),
    units: 'The commands and nets that it consists of.',
    ...toolMeanings,
    ...waitingUnitMeanings(matchMeanings),
    'units[].name': 'Unique within its net.',
    'units[].title': 'What people read beside the name.',
    'units[].description': 'What it does.',
    'units[].after': 'What it waits for: a list means all of them; `all` or `any` say which.',
    ...edges('units[].after'),
    'units[].after.all': 'It waits for every one of these.',
    ...edges('units[].after.all'),
    'units[].after.any': 'It waits for any one of these.',
    ...edges('units[].after.any'),
    'units[].recovery':
      'It runs only if a unit under `after` failed (`true`: ended abnormally; or a list of end statuses), else it is passed over.',
    'units[].hold':
      'Held when the session starts; waits for a release by an operator. `if_previous_warning`, `if_previous_abnormal`: if it ended so in the session before, or worse.',
    ...unitControlMeanings,
    'units[].position': 'Where it stands in the picture; without it the console lays it out.',
    'units[].position.x': 'From the left, in pixels of the picture.',
    'units[].position.y': 'From the top, in pixels of the picture.',
    'units[].type': 'May be left out for commands and nets: a unit with `units` is a net, else a command.',
    'units[].for_s': 'A wait: so many seconds after its start.',
    'units[].until': 'A wait: the next such time of day, `HH:MM` or `HH:MM:SS`, in the zone of the net.',
    'units[].if': 'A judgment: its question.',
    'units[].if.unit': 'A command under `after`.',
    'units[].if.exit_code': 'True if its exit code is among these; of several nodes the highest counts.',
    'units[].if.parameter': 'A parameter of the net.',
    'units[].if.equals': 'True if its value is this.',
    'units[].if.matches': 'True if its value fits this regular expression (RE2).',
    'units[].if.ignore_case': 'Upper and lower case are the same, for `equals` and `matches`.',
    'units[].if.at_least': 'True if its value is a number, and this or more.',
    'units[].if.at_most': 'True if its value is a number, and this or less.',
    'units[].priority': 'An event: how much it matters.',
    'units[].message':
      'An event: its text, with the places `{{parameter.NAME}}`, `{{net}}`, `{{session}}` and `{{unit}}`.',
    'units[].key': 'An event: what state it is about; may have the same places.',
    'units[].clears': 'An event: it ends what earlier events with this key have raised.',
    'units[].command': 'A line for `/bin/sh -c`, or a list of arguments that is started without a shell.',
    'units[].working_directory': 'Folder in which the command starts.',
    'units[].environment': 'Variables beside the parameters.',
    'units[].user': 'Operating system user; needs an agent that may change it.',
    'units[].group': 'Primary group.',
    'units[].supplementary_groups': 'Else those of the user.',
    'units[].stdin_file': 'File that the command reads as standard input.',
    'units[].umask': 'Octal, such as `"022"`.',
    ...under('units[].', usageMeanings('A command or a container: what it may use on its node.')),
    'units[].stop': 'The command that ends it before TERM, when it is stopped or its time is over.',
    'units[].stop.command':
      'A line for `/bin/sh -c`, or a list of arguments; `NEZUBAN_PID` is the number of what runs.',
    'units[].stop.timeout_s': 'After so many seconds it is ended itself, and TERM follows.',
    'units[].timeout_s':
      'After so many seconds all processes of the command get TERM. A unit that waits for something inside the manager waits no longer.',
    'units[].kill_after_s': 'So many seconds after TERM they get KILL.',
    'units[].exit_codes': 'What exit codes mean; every other one, and a signal, is abnormal.',
    'units[].exit_codes.normal': 'Codes or ranges, such as `"0,10-19"`; `"0"` if left out.',
    'units[].exit_codes.warning': 'Codes or ranges that end the unit with a warning.',
    'units[].retry': 'Whether it is run again by itself.',
    'units[].retry.count': 'How often, beside the first time.',
    'units[].retry.delay_s': 'Seconds before each.',
    'units[].retry.on': 'End statuses after which it is run again.',
    ...under('units[].', target),
    'units[].output_encoding': 'Encoding of what the command writes; `auto` guesses.',
    'units[].output_bytes_max': 'Bytes kept of standard output and of standard error, each.',
    ...variableMeanings,
    'units[].units': 'The units of a net; each has the keys above.',
  },
  scope: {
    kind: 'What the document defines.',
    name: 'Unique among scopes.',
    title: 'What people read beside the name.',
    parent: 'The scope above it; its nodes belong to that one, too.',
    nodes: 'Names of its nodes.',
  },
  notification: {
    kind: 'What the document defines.',
    name: 'Unique among notification rules.',
    enabled: 'Whether it sends anything.',
    ...matchMeanings(''),
    times: 'When it tells. What comes outside is not told; that something is over is, at any time.',
    'times.timezone': 'IANA zone of the times of day.',
    'times.only': 'It tells within these bands alone.',
    ...timeBandMeanings('only'),
    'times.only[].weekdays': '`mon` to `sun`; left out: every day.',
    'times.only[].from': 'First minute.',
    'times.only[].to':
      'First minute that is outside, `24:00` at the latest. Before `from`: the band goes over midnight and belongs to the day on which it begins.',
    'times.except': 'It tells nothing within these, whatever `only` says.',
    ...timeBandMeanings('except'),
    'times.except[].weekdays': '`mon` to `sun`; left out: every day.',
    'times.except[].from': 'First minute.',
    'times.except[].to': 'First minute that is outside.',
    after: 'It tells only when the same has come several times. Then counting begins anew.',
    'after.times': 'How often, of the same node, monitor and key.',
    'after.within_min': 'Within so many minutes.',
    repeat:
      'Of the same node, monitor and key: `always` (if left out); `on_change`: not again while the priority stays; `{ every_min: N }`: again every N minutes while it stands, until it is over or somebody takes it up.',
    'repeat.every_min': 'So many minutes after the last message.',
    recovered:
      'Tells the same people when what was told is over: the event that clears it, or information about the same state.',
    group: 'Gathers events into one message.',
    'group.by':
      'Events that are the same in these go together; empty: all events of the rule. `scope`: the first of the rule’s scopes that holds the node.',
    'group.wait_s': 'Seconds from the first event to the first message.',
    'group.interval_s': 'Seconds from one message to the next of the same group.',
    limit_per_min:
      'Messages that it sends in a minute (60); what is more is gathered into one at the end of the minute, and nothing is lost.',
    escalation: 'Name of an escalation that begins with each message, until somebody takes it up.',
    channels: 'Names of channels (kind `channel`).',
    channel: 'A channel of this rule alone. A rule has this, `channels` or `escalation`, or several of them.',
    ...ownChannelMeanings,
  },
  role: {
    kind: 'What the document defines.',
    name: 'Unique; not that of a built-in role.',
    title: 'What people read beside the name.',
    description: 'Who is meant to have it.',
    grants: 'What it allows and denies. A deny wins over every allow, of other roles too.',
    'grants[].effect': 'Allow or deny.',
    'grants[].rights': '`"*"`, an area such as `nets.*`, or single rights (see api.md).',
    'grants[].folder': 'Only job nets of this folder.',
    'grants[].scope': 'Only nodes of this scope and its child scopes.',
  },
  channel: {
    kind: 'What the document defines.',
    name: 'Unique among channels.',
    title: 'For people.',
    enabled: 'Whether messages go out by it; those that come meanwhile fail and can be tried again.',
    limit_per_min: 'Messages a minute; more wait.',
    channel: 'Where it goes, and how.',
    ...ownChannelMeanings,
    ...actingChannelMeanings,
  },
  inhibition: {
    kind: 'What the document defines.',
    name: 'Unique among inhibitions.',
    title: 'For people.',
    enabled: 'Whether it keeps anything back.',
    while: 'Events that keep others back while they stand: from raising to clearing.',
    ...matchMeanings('while.'),
    keep_back:
      'Events whose notifications are kept back meanwhile. They are kept as events; what still stands at the end is told then.',
    ...matchMeanings('keep_back.'),
    equal:
      'In what both must be the same: `node`, `scope` (their nodes share one), `monitor`, `key`, `net`, `field:NAME`.',
    behind:
      'Only events of nodes in this scope; `{{node}}` stands for the node of the event that stands: `behind-{{node}}`.',
    at_most_min: 'What is never cleared ends after so many minutes.',
  },
  escalation: {
    kind: 'What the document defines.',
    name: 'Unique among escalations; rules name it.',
    title: 'For people.',
    enabled: 'Whether it begins; chains that run end at their next step.',
    steps: 'Whom to tell next while nobody takes the event up (confirming or confirmed) and it is not over.',
    'steps[].after_min': 'Minutes from the step before; of the first, from the rule’s own message.',
    'steps[].channels': 'Names of channels (kind `channel`).',
    rounds: 'How often all steps are gone through.',
  },
  maintenance_window: {
    kind: 'What the document defines.',
    name: 'Unique among maintenance windows.',
    title: 'What people read beside the name.',
    reason: 'Why; shown where something is frozen.',
    enabled: 'Whether it takes effect.',
    places: 'What it concerns.',
    'places[].manager': 'Everything.',
    'places[].folder': 'All job nets of a folder.',
    'places[].net': 'One job net.',
    'places[].scope': 'The nodes of a scope and its child scopes.',
    'places[].node': 'One node.',
    timezone: 'IANA zone of the times below.',
    start: 'Once: from this moment, such as `2026-12-01T01:00`.',
    end: 'Once: up to this moment.',
    cron: 'Again and again: when it begins. Either this with `duration_min`, or `start` with `end`.',
    duration_min: 'How many minutes it lasts each time.',
    effects:
      '`freeze`: nothing new starts there; `mute`: notifications from there are kept back and counted.',
  },
};
