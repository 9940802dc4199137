// `nezuban trap show`: all that is known of one trap.
import type { TrapDetail } from '@nezuban/protocol/traps/trap';
import { formatInstant } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const trap = await api.call('getTrap', { params: { id: Number(args.positional('TRAP')) } });
  await out.result(trap, () => lines(trap).join('\n'));
};

const lines = (trap: TrapDetail): readonly string[] => {
  const line = (title: string, value: string | number | null): string[] =>
    value === null || value === '' ? [] : [`${title.padEnd(TITLE_WIDTH)}${visible(String(value))}`];
  return [
    ...line('Trap', trap.id),
    ...line('Received', `${formatInstant(trap.receivedAt)} on ${trap.heardBy}`),
    ...line('By', [trap.protocol, ...trap.flags].join(', ')),
    ...line('From', `${trap.address} port ${trap.port}`),
    ...line('Node', trap.node ?? 'not known'),
    ...line('Host', trap.host),
    ...line('Malformed', trap.malformed),
    ...(trap.perhapsRepeat ? line('Note', 'it may be a copy of one that is told already') : []),
    ...Object.entries(trap.extra).flatMap(([name, value]) => line('With', `${name}: ${value}`)),
    ...trap.facts.flatMap((facts) => [
      '',
      ...line('Text', facts.text),
      ...line('Said at', facts.saidAt),
      ...(facts.syslog === null
        ? []
        : line(
            'Syslog',
            `facility ${facts.syslog.facility ?? '-'}, severity ${facts.syslog.severity ?? '-'}, app ${facts.syslog.app ?? '-'}`,
          )),
      ...(facts.snmp === null
        ? []
        : line('SNMP', `v${facts.snmp.version} ${facts.snmp.kind} ${facts.snmp.trapOid}`)),
      ...Object.entries(facts.fields).flatMap(([name, value]) => line('Field', `${name} = ${value}`)),
    ]),
    '',
    ...line('Raw', `${trap.raw} (${trap.bytes} bytes)`),
    ...(trap.events.length === 0
      ? ['It became no event that you may see.']
      : trap.events.flatMap((event) => line('Event', `${event.id} ${event.priority} ${event.message}`))),
  ];
};
const TITLE_WIDTH = 11;
