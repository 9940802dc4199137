// `nezuban pair recover`: the one command for every failure. Says what is wrong and what it does, does it, and follows it until the pair
// is redundant or one sentence says what a human must do. What is to be done is decided by recovery-plan.ts.
import type { PairHost, PairStatus } from '@nezuban/protocol/pair/status';
import { exitCodes, type ExitCode } from '../../exit-codes.ts';
import { visible } from '../../output/visible.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { findHost } from './find-host.ts';
import { giveOrder } from './order.ts';
import { openContact, type PairContact } from './pair-contact.ts';
import { planRecovery, type RecoveryStep } from './recovery-plan.ts';
import { createRecoveryProgress } from './recovery-progress.ts';
import { watchProgress } from './watch-progress.ts';
import { exitCodeOfPair, hostWords, redundancyWords } from './words.ts';

const goesOn =
  'What was begun goes on in the background. See how far it is with: nezuban pair status --watch';

type End = { readonly step: Extract<RecoveryStep, { kind: 'done' | 'human' }>; readonly status: PairStatus };
type Steps = {
  readonly contact: PairContact;
  readonly ordered: Set<string>;
  /** What was said at the beginning. */
  readonly begin: PairStatus;
};

export const run: CommandRun = async (context) => {
  const { args, command } = context;
  const { contact, status } = await openContact(context);
  const ordered = new Set<string>();
  const named = args.text('host');
  const host = named === undefined ? undefined : findHost(named, status, command.name);
  sayWhatIs(status, context);
  const steps: Steps = { contact, ordered, begin: status };
  if (host !== undefined && host.reachable) await order(host, steps, context);
  return sayEnd(await follow(steps, context), context);
};

const sayWhatIs = (status: PairStatus, { out }: CommandContext): void => {
  const { style, says } = redundancyWords(status);
  out.note(out.paint(style, says));
  for (const host of status.hosts)
    out.note(
      `  ${visible(host.name)}: ${hostWords(host).says}${host.view === null ? '' : `. ${visible(host.view.reason)}`}`,
    );
};

/** Alternates between watching and ordering, since an order is given once and what follows it is watched. */
const follow = async (steps: Steps, context: CommandContext): Promise<End> => {
  const { contact, ordered, begin } = steps;
  const said = new Set(begin.hosts.map(({ view }) => visible(view?.reason ?? '')));
  const progress = createRecoveryProgress();
  const judge = (status: PairStatus) => {
    const step = planRecovery(status, { ordered, stuckMs: progress.stuckMs(status) });
    if (step.kind !== 'wait') return { step, status };
    if (!said.has(step.says)) context.out.note(step.says);
    said.add(step.says);
    return undefined;
  };
  let known = begin;
  for (;;) {
    const { step, status } = await watchProgress(context, { contact, known, judge, boundMs: null, goesOn });
    if (step.kind !== 'order') return { step, status };
    known = status;
    context.out.note(step.says);
    await order(step.host, steps, context);
  }
};

const order = async (host: PairHost | null, steps: Steps, context: CommandContext): Promise<void> => {
  steps.ordered.add(host?.id ?? '');
  const result = await giveOrder(steps.contact, { host: host?.id ?? null, operator: { do: 'recover' } });
  context.out.note(`${host === null ? '' : `${visible(host.name)}: `}${visible(result.says)}`);
};

const sayEnd = async ({ step, status }: End, { out }: CommandContext): Promise<ExitCode> => {
  const command = step.kind === 'human' ? step.command : null;
  await out.result({ redundant: step.kind === 'done', says: step.says, command, status }, () => [
    step.says,
    ...(command === null ? [] : [`  ${command}`]),
    ...(step.kind === 'done' ? status.advice.map(({ says }) => `Note: ${visible(says)}`) : []),
  ]);
  return step.kind === 'done' ? exitCodes.ok : exitCodeOfPair(status);
};
