// What units say of themselves, in the user's language: outcomes on edges, the question of a judgment, the span of a wait.
// Called by the graph and by the panels of definition and session.
import type { TFunction } from 'i18next';
import type { EdgeOutcome } from '@nezuban/protocol/jobs/units/unit-base';
import type { JudgmentUnit } from '@nezuban/protocol/jobs/units/judgment';
import type { UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { Format } from '../../components/format.ts';
import { waitingRows } from './waiting-words.ts';

export const outcomeText = (t: TFunction, outcome: EdgeOutcome): string => {
  if (typeof outcome !== 'boolean') return t(`status.end.${outcome}`);
  return outcome ? t('unit.answer.true') : t('unit.answer.false');
};

/** Rows of name and value; none for commands and nets, which have more to show. */
export const controlRows = (t: TFunction, format: Format, unit: UnitDefinition): [string, string][] => {
  const rows: [string, string][] = [];
  if (unit.recovery !== undefined && unit.recovery !== false) {
    const on = Array.isArray(unit.recovery) ? unit.recovery : (['abnormal'] as const);
    rows.push([t('definition.recovery'), format.list(on.map((status) => t(`status.end.${status}`)))]);
  }
  if (unit.type === 'wait') {
    if (unit.for_s !== undefined) rows.push([t('definition.waitFor'), format.duration(unit.for_s * 1000)]);
    if (unit.until !== undefined) rows.push([t('definition.waitUntil'), unit.until]);
  } else if (unit.type === 'judgment') rows.push([t('definition.question'), questionText(unit.if)]);
  else if (unit.type === 'net_ref') {
    rows.push([t('outputs.of'), unit.net]);
    for (const [name, text] of Object.entries(unit.parameters ?? {})) rows.push([name, text]);
  } else if (unit.type === 'event_send') {
    rows.push([t('definition.priority'), t(`status.priority.${unit.priority}`)]);
    rows.push([t('definition.message'), unit.message]);
    if (unit.key !== undefined) rows.push([t('definition.key'), unit.key]);
    if (unit.clears) rows.push([t('definition.clears'), t('definition.yes')]);
  }
  return [...rows, ...waitingRows(t, format, unit)];
};

/** In signs, which need no language. */
const questionText = (question: JudgmentUnit['if']): string => {
  if ('exit_code' in question) return `${question.unit}: exit code ∈ ${question.exit_code}`;
  const { equals, matches, at_least: least, at_most: most } = question;
  const parameter = 'parameter' in question ? question.parameter : `${question.unit}: ${question.output}`;
  if (equals !== undefined) return `${parameter} = "${equals}"`;
  if (matches !== undefined) return `${parameter} ~ /${matches}/`;
  return [least === undefined ? '' : `${least} ≤ `, parameter, most === undefined ? '' : ` ≤ ${most}`].join(
    '',
  );
};
