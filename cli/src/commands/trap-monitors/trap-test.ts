// `nezuban trap test`: what trap monitors would make of a sample or of past traps.
import type { TrapTest, TriedMonitor, TriedTrap } from '@nezuban/protocol/api/trap-monitor-operations';
import { parseInstant } from '../../arguments/instant.ts';
import { usageFailure } from '../../failure.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { readDefinitionFile } from '../definitions/definition-files.ts';

export const run: CommandRun = async (context) => {
  const { args, out, ports } = context;
  const file = args.positionals('FILE')[0];
  const given =
    file === undefined
      ? null
      : { name: file === '-' ? '<stdin>' : file, text: (await readDefinitionFile(file, ports.stdin)).text };
  const against = (await sampleOf(context)) ?? pastOf(context);
  const api = await context.api();
  const result = await api.call('testTrapMonitor', { body: { file: given, against } });
  await out.result(result, () => [
    ...(against.type === 'sample' || 'ids' in against ? sampleLines(result) : pastLines(result, context)),
    ...result.hints.map(({ monitor, path, message }) => `Hint: ${monitor}: ${path}: ${message}`),
  ]);
};

/** Undefined: there is none. */
const sampleOf = async ({ args, ports, command }: CommandContext) => {
  const sampleFile = args.text('sample-file');
  const message =
    sampleFile === undefined
      ? args.text('sample')
      : (await readDefinitionFile(sampleFile, ports.stdin)).text.replace(/\r?\n$/, '');
  if (message === undefined) return undefined;
  if (args.text('node') !== undefined)
    throw usageFailure('--node chooses among past traps; a sample is placed by what it says', command.name);
  const protocol = args.text('protocol') as TriedTrap['protocol'] | undefined;
  const address = args.text('from');
  return {
    type: 'sample' as const,
    message,
    encoding: args.flag('hex') ? ('hex' as const) : ('text' as const),
    ...(protocol !== undefined && { protocol }),
    ...(address !== undefined && { address }),
  };
};

const pastOf = ({ args, ports, command }: CommandContext) => {
  if (args.flag('hex') || args.text('protocol') !== undefined)
    throw usageFailure('--hex and --protocol are for a sample: give --sample or --sample-file', command.name);
  const id = args.integer('trap');
  if (id !== undefined) return { type: 'past' as const, ids: [id] };
  const from = parseInstant(args.text('past') ?? '24h', {
    option: 'past',
    command: command.name,
    now: ports.now(),
  });
  const [address, node, limit] = [args.text('from'), args.text('node'), args.integer('limit')];
  return {
    type: 'past' as const,
    from,
    ...(address !== undefined && { address }),
    ...(node !== undefined && { node }),
    ...(limit !== undefined && { limit }),
  };
};

const sampleLines = ({ traps }: TrapTest): string[] => {
  if (traps.length === 0) return ['There is no such trap, or it is kept no longer.'];
  return traps.flatMap((trap) => [
    `Text: ${trap.text}`,
    `Host: ${trap.host ?? 'none named'}; node: ${trap.node ?? 'unknown'}`,
    ...(trap.malformed === null ? [] : [`Not understood: ${trap.malformed}`]),
    ...(trap.monitors.length === 0 ? ['No monitor listens to such a trap.'] : []),
    ...trap.monitors.flatMap((tried) => triedLines(tried, trap.text)),
  ]);
};

const triedLines = ({ monitor, rule, event, spans }: TriedMonitor, text: string): string[] => {
  if (rule === null) return [`${monitor}: no rule fits`];
  if (event === null) return [`${monitor}: rule ${rule}: nothing to tell`];
  return [
    `${monitor}: rule ${rule}: ${event.priority} event: ${event.message}`,
    ...(event.key === null ? [] : [`  ${event.clears ? 'clears' : 'key'} ${event.key}`]),
    ...Object.entries(event.fields).map(([name, value]) => `  ${name} = ${value}`),
    ...spans
      .slice(1)
      .map((span, index) =>
        span === null
          ? `  group ${index + 1} took no part`
          : `  group ${index + 1}: ${text.slice(span.start, span.end)}`,
      ),
  ];
};

const pastLines = (result: TrapTest, { args, out }: CommandContext): string[] => {
  if (result.looked === 0) return ['No trap was heard in this time.'];
  const rows = result.traps.flatMap((trap) => {
    const taken = trap.monitors.filter(({ rule }) => rule !== null);
    if (taken.length === 0)
      return args.flag('all') ? [[formatInstant(trap.receivedAt), senderOf(trap), '', '', trap.text]] : [];
    return taken.map(({ monitor, rule, event }) => [
      formatInstant(trap.receivedAt),
      senderOf(trap),
      `${monitor}/${rule ?? ''}`,
      event?.priority ?? 'ignored',
      event?.message ?? trap.text,
    ]);
  });
  return [
    ...(rows.length === 0
      ? []
      : out.table(
          [
            { title: 'RECEIVED' },
            { title: 'SENDER' },
            { title: 'RULE' },
            { title: 'PRIORITY' },
            { title: 'MESSAGE', flexible: true },
          ],
          rows,
        )),
    ...out.table(
      [{ title: 'MONITOR' }, { title: 'RULE' }, { title: 'TOOK', align: 'right' }],
      result.totals.map(({ monitor, rule, count }) => [monitor, rule, count]),
    ),
    `${result.looked} ${result.looked === 1 ? 'trap was' : 'traps were'} looked at${result.more ? ' (there are more)' : ''}; ${result.unmatched} taken by no rule.`,
  ];
};

const senderOf = ({ node, host, address }: TriedTrap): string => node ?? host ?? address;
