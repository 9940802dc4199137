// `nezuban pair status`: how the pair is and what to type; its exit code tells scripts whether it is redundant.
import { setTimeout as delay } from 'node:timers/promises';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { withPatience } from '../../api/patience.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { openContact, type PairContact } from './pair-contact.ts';
import { renderStatus } from './render-status.ts';
import { exitCodeOfPair } from './words.ts';

/** Between two looks with --watch: often enough to see a copy move. */
const watchMs = 1_000;
/** Home, then clear what stands below: the screen is drawn anew without flicker. */
const redraw = '\u001b[H\u001b[J';
const clear = '\u001b[2J';

export const run: CommandRun = async (context) => {
  const { contact, status } = await openContact(context);
  if (context.args.flag('watch')) return watch(contact, status, context);
  await context.out.result(status, () => linesOf(contact, status, context));
  return exitCodeOfPair(status);
};

const linesOf = (contact: PairContact, status: PairStatus, { out, ports }: CommandContext): string[] =>
  renderStatus(status, { out, now: ports.now(), says: contact.says });

/** Until Ctrl-C. */
const watch = async (contact: PairContact, first: PairStatus, context: CommandContext): Promise<never> => {
  const { out, ports, signal } = context;
  const show = await createDisplay(contact, context);
  let status = first;
  for (;;) {
    await show(status);
    await delay(watchMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    status = await withPatience(() => contact.status(), {
      signal,
      now: ports.now,
      onTrouble: (failure) => out.note(`${failure.message} Trying on.`),
    });
  }
};

/** A terminal is drawn anew; a pipe gets what has changed. */
const createDisplay = async (contact: PairContact, context: CommandContext) => {
  const { out, ports } = context;
  const textOf = (status: PairStatus) => linesOf(contact, status, context).join('\n');
  if (ports.stdout.isTTY === true && !out.json) {
    await out.write(clear);
    return (status: PairStatus) => out.write(`${redraw}${textOf(status)}\n`);
  }
  let shown = '';
  return async (status: PairStatus): Promise<void> => {
    const key = changeKey(status);
    if (key !== shown) await out.item(status, () => `${textOf(status)}\n`);
    shown = key;
  };
};

/** What makes a status another one; instants, ages and positions always move. */
const changeKey = ({ redundancy, summary, advice, hosts, voters }: PairStatus): string =>
  JSON.stringify([
    redundancy,
    summary,
    advice.map(({ code }) => code),
    hosts.map(({ id, reachable, view }) => [
      id,
      reachable,
      view?.state,
      view?.copy === null || view?.copy === undefined ? null : Math.floor(view.copy.bytes / 100e6),
    ]),
    voters.map(({ id, reachable }) => [id, reachable]),
  ]);
