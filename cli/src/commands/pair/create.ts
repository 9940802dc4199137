// `nezuban pair create`: this host becomes the first of a pair; prints the line that the next one types. The keeper does it.
import { usageFailure } from '../../failure.ts';
import { formatInstant } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import type { CommandRun } from '../command.ts';
import { refused } from './order.ts';
import { demandKeeper } from './pair-contact.ts';

const portMax = 65_535;

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const kind = args.flag('witness-token') ? 'witness' : 'member';
  const request = {
    command: 'pair-create',
    listen: checkAddress('listen', args.text('listen')),
    address: checkAddress('address', args.text('address')),
    kind,
    tieBreaker: (args.text('tie-breaker') ?? null) as 'witness' | 'fence' | 'manual' | null,
    profile: (args.text('profile') ?? null) as 'lan' | 'wan' | null,
  } as const;
  const keeper = await demandKeeper(context);
  const created = await keeper.ask(request);
  if (!created.ok) throw refused(created.says);
  out.note(visible(created.says));
  out.note(
    kind === 'member'
      ? 'Type this on the other host, as the user that shall run the manager there:'
      : 'Type this on the host that shall vote and hold no data:',
  );
  await out.result(created, () => visible(created.joinCommand));
  out.note(`It is good for one host, until ${formatInstant(created.expiresAt)}.`);
  if (kind === 'member') {
    out.note('Then that host copies the data while this one goes on, and the pair becomes redundant.');
    out.note('See how far it is with: nezuban pair status --watch');
  }
};

/** `HOST:PORT`, with an IPv6 address in brackets; null when it was not given. */
const checkAddress = (option: string, text: string | undefined): string | null => {
  if (text === undefined) return null;
  const match = /^(\[[0-9A-Fa-f:.]+\]|[^\s:/[\]]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match !== null && port >= 1 && port <= portMax) return text;
  throw usageFailure(
    `--${option} must be HOST:PORT, such as 192.0.2.10:7382 or [2001:db8::1]:7382, not "${text}".`,
    'pair create',
  );
};
