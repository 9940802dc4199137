// `nezuban silence list`: silences, newest first.
import type { SilenceView } from '@nezuban/protocol/api/notification-operations';
import { collect } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';
import { matchText } from './match-text.ts';

const limitDefault = 50;

export const run: CommandRun = async (context) => {
  const { args, out, ports } = context;
  const api = await context.api();
  const open = !args.flag('all');
  const page = await collect(
    (query) => api.call('listSilences', { query: { ...query, ...(open && { open: 'true' }) } }),
    args.integer('limit') ?? limitDefault,
  );
  const now = ports.now();
  await out.result(page, () =>
    page.items.length === 0
      ? open
        ? 'No silence is open.'
        : 'There was no silence yet.'
      : out.table(
          [
            { title: 'ID', align: 'right' },
            { title: 'STATE' },
            { title: 'UNTIL' },
            { title: 'BY' },
            { title: 'EVENTS', flexible: true },
            { title: 'REASON', flexible: true },
          ],
          page.items.map((silence) => [
            silence.id,
            stateOf(silence, now),
            formatInstant(silence.endedAt ?? silence.until),
            silence.by,
            matchText(silence.match),
            silence.reason,
          ]),
        ),
  );
};

const stateOf = ({ endedBy, until }: SilenceView, now: number): string => {
  if (endedBy !== null) return `ended by ${endedBy}`;
  return Date.parse(until) > now ? 'open' : 'over';
};
