// "Why is it waiting?": for any unit, or a whole session, the unmet conditions, followed back through predecessors and nets to where they
// come down to: a command that runs, a hold, a time, a node. Of what is over, what failed first (explain-end.ts). Pure; costs at most the net
// once.
import type { UnitPath } from '@nezuban/protocol/ids';
import type { WaitEnd, WaitExplanation } from '@nezuban/protocol/jobs/waiting';
import type { Session, UnitRecord } from '../session-state.ts';
import { isSettled, recordAt } from '../step.ts';
import { explainEnd } from './explain-end.ts';
import { waitSteps } from './wait-facts.ts';
import type { WaitContext } from './wait-facts.ts';

/** Roots that an answer holds: more than a person reads at once. */
const rootsMax = 20;

/** Null: the session has no such unit. `unit` left out: the session as a whole. */
export function explainWaiting(
  session: Session,
  unit: string | undefined,
  context: WaitContext,
): WaitExplanation | null {
  const index = unit === undefined ? 0 : session.plan.indexByPath.get(unit);
  if (index === undefined) return null;
  const asked = recordAt(session, index);
  const steps = waitSteps(session, asked, context);
  const roots = rootsOf(session, asked, context);
  const end = explainEnd(session, asked);
  const sentence = sentenceOf(session, asked, roots);
  return {
    unit: unit === undefined ? null : asked.unit.path,
    state: asked.state,
    facts: steps.map(({ fact }) => fact),
    roots: roots.slice(0, rootsMax),
    rootsLeftOut: Math.max(0, roots.length - rootsMax),
    ...(end === undefined ? {} : { end }),
    sentence: end === undefined ? sentence : `${sentence} ${endSentence(end, isSettled(asked))}`,
  };
}

type Root = WaitExplanation['roots'][number];
type Visit = { readonly record: UnitRecord; readonly through: readonly UnitPath[] };

/** Breadth first, so that the shortest way to each is told; every unit once. */
function rootsOf(session: Session, asked: UnitRecord, context: WaitContext): Root[] {
  const roots: Root[] = [];
  const told = new Set<string>();
  const seen = new Set([asked.unit.index]);
  const queue: Visit[] = [{ record: asked, through: pathOf(asked) }];
  for (const { record, through } of queue) {
    for (const { fact, leadsTo } of waitSteps(session, record, context)) {
      for (const next of leadsTo) {
        if (seen.has(next.unit.index)) continue;
        seen.add(next.unit.index);
        queue.push({ record: next, through: [...through, ...pathOf(next)] });
      }
      // The pause of a net is told once, whoever comes by it.
      const isPause = fact.code.startsWith('session_') || fact.code === 'net_suspended';
      const key = isPause
        ? `${fact.code} ${fact.facts['net'] ?? ''}`
        : `${fact.code} ${record.unit.path} ${fact.phrase}`;
      if (leadsTo.length > 0 || told.has(key)) continue;
      told.add(key);
      roots.push({ through: [...through], fact });
    }
  }
  return roots;
}

function pathOf(record: UnitRecord): UnitPath[] {
  return record.unit.parent === -1 ? [] : [record.unit.path];
}

function sentenceOf(session: Session, asked: UnitRecord, roots: readonly Root[]): string {
  const [first, ...others] = roots;
  const name = asked.unit.parent === -1 ? `Session ${session.id}` : `"${asked.unit.path}"`;
  if (first === undefined) return `${name} waits for nothing.`;
  const names = first.through.map((path) => `"${path}"`);
  const chain = asked.unit.parent === -1 ? [name, ...names] : names;
  const [begin = name, ...between] = chain;
  const way = between.map((each, at) => `${at === 0 ? ' waits for ' : ', which waits for '}${each}`).join('');
  const end = between.length === 0 ? ` ${first.fact.phrase}` : `, which ${first.fact.phrase}`;
  const more = others.length === 0 ? '' : ` It also comes down to ${others.length} more.`;
  return `${begin}${way}${end}.${more}`;
}

function endSentence(end: WaitEnd, isOver: boolean): string {
  const [first] = end.failures;
  const failed = end.failures.length + end.failuresLeftOut;
  const notRun = end.notRun.length + end.notRunLeftOut;
  const name = first?.unit === null ? 'The session' : `"${first?.unit ?? ''}"`;
  const status = first?.endStatus ?? 'stopped before it ran';
  const why = first?.reason === null || first?.reason === undefined ? '.' : `: ${first.reason}`;
  const others = failed > 1 ? ` Others that failed: ${failed - 1}.` : '';
  const behind = notRun > 0 ? ` Not run because of ${failed > 1 ? 'them' : 'it'}: ${notRun}.` : '';
  return `${isOver ? 'First failed' : 'Failed so far, first'} ${name} (${status})${why}${others}${behind}`;
}
