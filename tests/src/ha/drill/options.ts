/**
 * What was typed behind `nezuban drill`, as an order, or one sentence that says what is wrong with it.
 *
 * Pure. Not responsible for whether files and hosts are as named (`preflight.ts`). Called by `drill-main.ts`.
 */
import { parseArgs } from 'node:util';
import { type DrillFault, drillFaults, faultKeys, type Language, languages } from './faults.ts';

export type DrillOrder =
  | { readonly do: 'help'; readonly language: Language }
  | { readonly do: 'list'; readonly language: Language }
  | ScratchOrder
  | SwitchOrder;

export interface ScratchOrder {
  readonly do: 'scratch';
  readonly language: Language;
  readonly faults: readonly DrillFault[];
  /** File of the HTML report. */
  readonly report: string | null;
  /** Homes and logs of the drill's hosts stay. */
  readonly keep: boolean;
}

export interface SwitchOrder {
  readonly do: 'switch';
  readonly language: Language;
  readonly home: string | null;
  readonly back: boolean;
  readonly yes: boolean;
  readonly report: string | null;
}

export type Parsed =
  | { readonly ok: true; readonly order: DrillOrder }
  | { readonly ok: false; readonly says: string };

const known = {
  faults: { type: 'string', multiple: true },
  report: { type: 'string' },
  language: { type: 'string' },
  keep: { type: 'boolean' },
  home: { type: 'string' },
  back: { type: 'boolean' },
  yes: { type: 'boolean' },
  list: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const belongTo = { scratch: ['faults', 'keep', 'list'], switch: ['home', 'back', 'yes'] } as const;

export function parseDrill(args: readonly string[], environment: NodeJS.ProcessEnv): Parsed {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: known, allowPositionals: true, strict: true });
  } catch (error) {
    // The first sentence says it; what follows is advice for another kind of program.
    const [sentence = ''] = (error as Error).message.split(/[.\n] ?/);
    return refuse(`${sentence}. All options: nezuban drill --help`);
  }
  const { values, positionals } = parsed;
  const language = languageOf(values.language, environment);
  if (language === null)
    return refuse(`--language is "${values.language}"; it must be one of: ${languages.join(', ')}.`);
  if (values.help === true) return accept({ do: 'help', language });
  const [word, ...more] = positionals;
  if ((word !== undefined && word !== 'switch') || more.length > 0)
    return refuse(
      `"${positionals.join(' ')}" is not known here: there is "nezuban drill" and "nezuban drill switch".`,
    );
  const kind = word === 'switch' ? 'switch' : 'scratch';
  const other = kind === 'switch' ? 'scratch' : 'switch';
  const foreign = belongTo[other].find((name) => values[name] !== undefined);
  if (foreign !== undefined)
    return refuse(`--${foreign} belongs to "nezuban drill${other === 'switch' ? ' switch' : ''}".`);
  if (values.report === '') return refuse('--report is empty: it must name a file.');
  const report = values.report ?? null;
  if (kind === 'switch') {
    const { home = null, back = false, yes = false } = values;
    if (home === '') return refuse('--home is empty: it must name the folder of the manager of this host.');
    return accept({ do: 'switch', language, home, back, yes, report });
  }
  if (values.list === true) return accept({ do: 'list', language });
  const faults = chooseFaults(values.faults);
  if (typeof faults === 'string') return refuse(faults);
  return accept({ do: 'scratch', language, faults, report, keep: values.keep ?? false });
}

const accept = (order: DrillOrder): Parsed => ({ ok: true, order });
const refuse = (says: string): Parsed => ({ ok: false, says });

/** In the order in which they are played, whatever the order typed; a sentence if one is not known. */
function chooseFaults(lists: readonly string[] | undefined): readonly DrillFault[] | string {
  if (lists === undefined) return drillFaults;
  const words = lists.flatMap((list) => list.split(',')).map((word) => word.trim());
  const wanted = new Set(words.filter((word) => word !== ''));
  const unknown = [...wanted].filter((word) => !faultKeys.includes(word));
  if (unknown.length > 0)
    return `No fault is called ${unknown.map((word) => `"${word}"`).join(' or ')}. There are: ${faultKeys.join(', ')}.`;
  if (wanted.size === 0) return `--faults names none. There are: ${faultKeys.join(', ')}.`;
  return drillFaults.filter(({ key }) => wanted.has(key));
}

/** As typed, else as the environment says; null: typed, and not known. */
export function languageOf(typed: string | undefined, environment: NodeJS.ProcessEnv): Language | null {
  if (typed !== undefined) return languages.find((one) => one === typed) ?? null;
  const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '';
  return /^ja(?:[_.@-]|$)/i.test(locale) ? 'ja' : 'en';
}
