/**
 * What was typed behind `nezuban backup`, as an order, or one sentence about what is wrong. Pure. Called by `run.ts`.
 */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

type Common = { readonly home: string | undefined };
export type BackupOrder =
  | { readonly do: 'help' }
  | ({
      readonly do: 'create';
      readonly to: string;
      readonly passphraseFile: string | null;
      readonly rateMax: number | null;
      readonly verify: boolean;
      readonly keep: number | null;
    } & Common &
      Ways)
  | ({ readonly do: 'archive'; readonly to: string } & Common & Ways)
  | ({ readonly do: 'list'; readonly from: string; readonly json: boolean } & Common)
  | ({
      readonly do: 'verify';
      readonly from: string;
      readonly name: string | null;
      readonly restore: boolean;
      readonly scratch: string | null;
      readonly passphraseFile: string | null;
    } & Common &
      Ways)
  | ({
      readonly do: 'restore';
      readonly from: string;
      readonly name: string | null;
      readonly toTime: string | null;
      readonly passphraseFile: string | null;
    } & Common &
      Ways)
  | ({ readonly do: 'export'; readonly file: string; readonly passphraseFile: string | null } & Common & Ways)
  | ({ readonly do: 'import'; readonly file: string; readonly passphraseFile: string | null } & Common &
      Ways);

/** How it speaks, and when it ends. */
type Ways = {
  readonly json: boolean;
  /** Ends when standard input does: started by the manager. */
  readonly endsWithStdin: boolean;
};

export type ParsedBackup =
  | { readonly ok: true; readonly order: BackupOrder }
  | { readonly ok: false; readonly says: string };

export const BACKUP_USAGE = `Usage:
  nezuban backup create --to DIR [options]         make a backup while the manager runs
  nezuban backup list --from DIR [--json]          what is there, newest first
  nezuban backup verify [NAME] --from DIR          check every checksum of a backup (the newest)
  nezuban backup restore [NAME] --from DIR --home DIR [--to-time TIME]
                                                   into an empty home; then start the manager there
  nezuban backup archive --to DIR                  copy the log as it is written, until it is ended; for --to-time
  nezuban backup export FILE                       all data as one file of text, independent of PostgreSQL's version
  nezuban backup import FILE --home DIR            into an empty home
  nezuban backup schedule ...                      let the manager do it: nezuban backup schedule --help

Options:
  --home DIR              the manager's home (default ~/.nezuban, as root /var/lib/nezuban; or NEZUBAN_HOME)
  --to DIR, --from DIR    the folder of the backups; keep it on another disk, or better on another host
  --to-time TIME          restore what was acknowledged up to then, such as 2026-11-26T09:30:00+09:00
  --passphrase-file FILE  seal CA and keys in the backup with the first line of this file, or open them
  --verify                create: check the backup when it is made
  --keep NUMBER           create: when it is made and verified, keep this many and remove older ones
  --rate-max KB           create: at most this many kilobytes a second
  --restore               verify: also restore into a scratch folder and read every page
  --scratch DIR           where that is done (default the system's folder for temporary files)
  --json                  results and progress as JSON
`;

const FLAGS = {
  home: { type: 'string' },
  to: { type: 'string' },
  from: { type: 'string' },
  'to-time': { type: 'string' },
  'passphrase-file': { type: 'string' },
  'rate-max': { type: 'string' },
  verify: { type: 'boolean' },
  keep: { type: 'string' },
  restore: { type: 'boolean' },
  scratch: { type: 'string' },
  json: { type: 'boolean' },
  'end-with-stdin': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsOptionsConfig;
type Flag = keyof typeof FLAGS;

const WAYS = ['home', 'json', 'end-with-stdin', 'help'] as const;
const ALLOWED: Readonly<Record<Exclude<BackupOrder['do'], 'help'>, readonly Flag[]>> = {
  create: ['to', 'passphrase-file', 'rate-max', 'verify', 'keep', ...WAYS],
  archive: ['to', ...WAYS],
  list: ['from', ...WAYS],
  verify: ['from', 'restore', 'scratch', 'passphrase-file', ...WAYS],
  restore: ['from', 'to-time', 'passphrase-file', ...WAYS],
  export: ['passphrase-file', ...WAYS],
  import: ['passphrase-file', ...WAYS],
};
const KEEP_MAX = 10_000;

export function parseBackup(args: readonly string[]): ParsedBackup {
  const [word, ...rest] = args;
  if (word === undefined || word === '--help' || word === '-h' || word === 'help')
    return { ok: true, order: { do: 'help' } };
  if (!isCommand(word))
    return refuse(
      `"${word}" is no command of backups; there are ${Object.keys(ALLOWED).join(', ')}, schedule`,
    );
  let parsed;
  try {
    parsed = parseArgs({ args: rest, options: FLAGS, allowPositionals: true, strict: true });
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/[.\n] ?/);
    return refuse(sentence);
  }
  const { values, positionals } = parsed;
  if (values.help === true) return { ok: true, order: { do: 'help' } };
  const foreign = (Object.keys(values) as Flag[]).find((flag) => !ALLOWED[word].includes(flag));
  if (foreign !== undefined) return refuse(`--${foreign} does not belong to "nezuban backup ${word}"`);
  return build(word, values, positionals);
}

function isCommand(word: string): word is keyof typeof ALLOWED {
  return Object.hasOwn(ALLOWED, word);
}

type Values = {
  readonly [Name in Flag]?: (typeof FLAGS)[Name]['type'] extends 'boolean' ? boolean : string;
};

function build(word: keyof typeof ALLOWED, values: Values, positionals: readonly string[]): ParsedBackup {
  const home = values.home;
  const ways = { json: values.json === true, endsWithStdin: values['end-with-stdin'] === true };
  const passphraseFile = values['passphrase-file'] ?? null;
  const { to, from } = values;
  const [first, ...more] = positionals;
  const takesOne = word === 'verify' || word === 'restore' || word === 'export' || word === 'import';
  const extra = takesOne ? more[0] : first;
  if (extra !== undefined) return refuse(`"${extra}" is not expected here`);
  if (ALLOWED[word].includes('to') && to === undefined)
    return refuse('name the folder of the backups with --to DIR');
  if (ALLOWED[word].includes('from') && from === undefined)
    return refuse('name the folder of the backups with --from DIR');
  switch (word) {
    case 'create': {
      const rateMax = toNumber(values['rate-max'], 1_000_000_000);
      const keep = toNumber(values.keep, KEEP_MAX);
      if (rateMax === 'wrong')
        return refuse('--rate-max needs a number of kilobytes a second, such as 20000');
      if (keep === 'wrong') return refuse(`--keep needs a number from 1 to ${KEEP_MAX}`);
      const verify = values.verify === true || keep !== null;
      return accept({ do: word, to: to ?? '', passphraseFile, rateMax, verify, keep, home, ...ways });
    }
    case 'archive':
      return accept({ do: word, to: to ?? '', home, ...ways });
    case 'list':
      return accept({ do: word, from: from ?? '', home, json: ways.json });
    case 'verify':
      return accept({
        do: word,
        from: from ?? '',
        name: first ?? null,
        restore: values.restore === true,
        scratch: values.scratch ?? null,
        passphraseFile,
        home,
        ...ways,
      });
    case 'restore': {
      const toTime = toInstant(values['to-time']);
      if (toTime === undefined)
        return refuse(
          `--to-time "${values['to-time'] ?? ''}" is no instant; right would be 2026-11-26T09:30:00+09:00 or 2026-11-26T00:30:00Z`,
        );
      return accept({
        do: word,
        from: from ?? '',
        name: first ?? null,
        toTime,
        passphraseFile,
        home,
        ...ways,
      });
    }
    case 'export':
    case 'import':
      if (first === undefined) return refuse(`name the file: nezuban backup ${word} FILE`);
      return accept({ do: word, file: first, passphraseFile, home, ...ways });
    default:
      return word satisfies never;
  }
}

function toNumber(text: string | undefined, max: number): number | null | 'wrong' {
  if (text === undefined) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 1 && value <= max ? value : 'wrong';
}

/** Undefined: it is none. */
function toInstant(text: string | undefined): string | null | undefined {
  if (text === undefined) return null;
  try {
    return Temporal.Instant.from(text).toString({ smallestUnit: 'millisecond' });
  } catch {
    return undefined;
  }
}

function accept(order: BackupOrder): ParsedBackup {
  return { ok: true, order };
}

function refuse(says: string): ParsedBackup {
  return { ok: false, says: `${says}. All options: nezuban backup --help` };
}
