// How the pair is, as text: one headline, both hosts, the voters, what to do, the last changes of master. Pure.
import type { Advice, PairHost, PairStatus, TakeOver } from '@nezuban/protocol/pair/status';
import type { Output } from '../../output/output.ts';
import { formatDuration, formatInstant, formatSpan } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import { padEnd, textWidth } from '../../output/width.ts';
import { copyWords, formatBytes, hostWords, needsGuard, redundancyWords, takeOverWords } from './words.ts';

/** Changes of master that are shown; the console and --json show all that are known. */
const historyShown = 5;

export type RenderOptions = {
  readonly out: Pick<Output, 'paint' | 'table' | 'word'>;
  readonly now: number;
  /** Who answered. */
  readonly says: string;
};

/** The lines of `nezuban pair status`. */
export const renderStatus = (status: PairStatus, options: RenderOptions): string[] => {
  const { out, says } = options;
  const { style, says: headline } = redundancyWords(status);
  return [
    out.paint(style, headline),
    ...(status.mode === 'single' ? [] : [masterWords(status, options.now)]),
    ...(status.mode === 'single' ? renderSingle(status, options) : renderPair(status, options)),
    ...renderAdvice(status.advice, options),
    ...renderHistory(status.history, options),
    '',
    out.paint('dim', `Asked ${visible(says)} at ${formatInstant(status.at)}.`),
  ];
};

/** Who is master, since when and why; where there is none, what the keeper says of that. */
const masterWords = (status: PairStatus, now: number): string => {
  const { master, history } = status;
  if (master === null) return visible(status.summary);
  const since =
    master.since === null
      ? ''
      : ` since ${formatInstant(master.since)} (${formatSpan(master.since, null, now)})`;
  const reason = history.find(({ term }) => term === master.term)?.reason ?? '';
  const who = `${visible(master.name)} is master${since}, term ${master.term}`;
  return reason === '' ? `${who}.` : `${who}: ${visible(reason)}`;
};

const renderSingle = (status: PairStatus, options: RenderOptions): string[] => [
  '',
  ...status.hosts.flatMap((host) => renderHost(host, status, options)),
  '',
  'To make a pair, type on this host:',
  '  nezuban pair create',
  'It prints the line to type on the second host.',
];

const renderPair = (status: PairStatus, options: RenderOptions): string[] => [
  '',
  ...status.hosts.flatMap((host) => renderHost(host, status, options)),
  '',
  ...renderVoters(status, options),
];

const renderHost = (host: PairHost, status: PairStatus, { out, now }: RenderOptions): string[] => {
  const { says, style } = hostWords(host, status.mode);
  const width = Math.max(...status.hosts.map(({ name }) => textWidth(visible(name))));
  const self = host.isSelf ? out.paint('dim', '  (answers here)') : '';
  const head = `${out.paint(style, host.isMaster ? '◆' : '●')} ${out.paint('bold', padEnd(visible(host.name), width))}  ${out.paint(style, says)}${status.mode === 'pair' ? self : ''}`;
  return [head, ...hostDetails(host, status, now).map((line) => `    ${line}`)];
};

const hostDetails = (host: PairHost, status: PairStatus, now: number): string[] => {
  const { view } = host;
  const place = [
    ...(host.address === null || status.mode === 'single' ? [] : [visible(host.address)]),
    ...(view === null ? [] : [`release ${visible(view.release)}`]),
    ...(host.roundTripMs === null || !host.reachable ? [] : [`round trip ${host.roundTripMs.toFixed(1)} ms`]),
    ...(host.consoleUrl === null ? [] : [visible(host.consoleUrl)]),
  ].join(', ');
  if (view === null) return place === '' ? [] : [place];
  const since = `since ${formatInstant(view.since)} (${formatSpan(view.since, null, now)}): ${visible(view.reason)}`;
  return [
    since,
    ...(view.copy === null ? [] : [copyWords(view.copy, view.at)]),
    databaseWords(host, status),
    place,
  ];
};

const databaseWords = ({ view, id }: PairHost, status: PairStatus): string => {
  if (view === null) return '';
  const { database, lagBytes, freeBytes } = view;
  const runs = {
    absent: 'no database yet',
    stopped: 'database stopped',
    standby: database.streaming ? 'database follows the master' : 'database does not receive anything',
    primary: 'database is primary',
  }[database.runs];
  const other = status.hosts.find((host) => host.id !== id);
  const lag =
    lagBytes === null || other === undefined
      ? []
      : [
          `${visible(other.name)} is ${lagBytes === 0 ? 'level with it' : `${formatBytes(lagBytes)} behind`}`,
          view.commitsWait ? 'commits wait for it' : 'commits do not wait for it',
        ];
  return [
    `${runs}${database.healthy || database.runs === 'absent' ? '' : ', not healthy'}`,
    ...(database.bytes === null ? [] : [formatBytes(database.bytes)]),
    ...lag,
    ...(freeBytes === null ? [] : [`${formatBytes(freeBytes)} free`]),
    ...(view.guardRuns || !needsGuard(status) ? [] : ['its guard does not run']),
  ].join(', ');
};

const tieBreakers = {
  witness: 'witness',
  fence: 'fence command',
  manual: 'a human',
} as const satisfies Record<PairStatus['tieBreaker'], string>;

const renderVoters = ({ voters, tieBreaker }: PairStatus, { out }: RenderOptions): string[] => {
  const answering = voters.filter(({ reachable }) => reachable).length;
  const needed = Math.floor(voters.length / 2) + 1;
  const names = voters.map(
    ({ name, kind, reachable }) =>
      `${kind === 'witness' ? 'witness ' : ''}${visible(name)}${reachable ? '' : out.paint('red', ' (does not answer)')}`,
  );
  return [
    `Voters: ${answering} of ${voters.length} answer, ${needed} are needed: ${names.join(', ')}.`,
    `Tie-breaker: ${tieBreakers[tieBreaker]}${tieBreaker === 'witness' && !voters.some(({ kind }) => kind === 'witness') ? ', but there is none' : ''}.`,
  ];
};

const renderAdvice = (advice: readonly Advice[], { out }: RenderOptions): string[] =>
  advice.length === 0
    ? []
    : [
        '',
        out.paint('bold', 'What is missing, and what to type'),
        ...advice.flatMap(({ priority, says, command }) => {
          const { style } = out.word(priority);
          const word = padEnd(priority, 'critical'.length);
          return [
            `  ${style === undefined ? word : out.paint(style, word)}  ${visible(says)}`,
            ...(command === null ? [] : [`${' '.repeat(12)}${out.paint('bold', visible(command))}`]),
          ];
        }),
      ];

const ms = (value: number | null): string => (value === null ? '-' : formatDuration(value));

const renderHistory = (history: readonly TakeOver[], { out }: RenderOptions): string[] => {
  if (history.length === 0) return [];
  const columns = [
    { title: 'WHEN' },
    { title: 'WHAT' },
    { title: 'FROM' },
    { title: 'TO' },
    { title: 'TOOK', align: 'right' },
    { title: 'DETECT', align: 'right' },
    { title: 'ELECT', align: 'right' },
    { title: 'PROMOTE', align: 'right' },
    { title: 'OPEN', align: 'right' },
    { title: 'WHY', flexible: true },
  ] as const;
  const rows = history
    .slice(0, historyShown)
    .map(({ at, kind, from, to, totalMs, steps, reason }) => [
      formatInstant(at),
      kind === 'forced'
        ? { text: takeOverWords[kind], style: 'red' as const }
        : (takeOverWords[kind] ?? kind),
      from,
      to,
      ms(totalMs),
      ms(steps.detectMs),
      ms(steps.electMs),
      ms(steps.promoteMs),
      ms(steps.openMs),
      reason,
    ]);
  return ['', out.paint('bold', 'Last changes of master'), ...out.table(columns, rows)];
};
