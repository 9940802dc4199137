// `nezuban doctor`: what is shown, and the exit code. Called by main.ts.
import type { Answer } from '../admin/commands.ts';
import type { Host } from '../host.ts';
import type { Invocation } from '../options.ts';
import { toolExitCodes, type ToolExitCode } from '../tool-error.ts';
import { diagnose, type Diagnosis } from './doctor.ts';
import type { FindingLevel } from './finding.ts';

const exitCodes: Readonly<Record<FindingLevel, ToolExitCode>> = {
  ok: toolExitCodes.ok,
  warning: toolExitCodes.warning,
  problem: toolExitCodes.problem,
};
const marks: Readonly<Record<FindingLevel, string>> = {
  ok: '  ok     ',
  warning: '  WARNING',
  problem: '  PROBLEM',
};
const INDENT = ' '.repeat(11);

export const runDoctor = async (
  host: Host,
  { agent }: Extract<Invocation, { command: 'doctor' }>,
): Promise<{ readonly answer: Answer; readonly exitCode: ToolExitCode }> => {
  const diagnosis = await diagnose(host, agent ? 'agent' : null);
  return {
    answer: { value: diagnosis, lines: renderDiagnosis(diagnosis) },
    exitCode: exitCodes[diagnosis.level],
  };
};

export const renderDiagnosis = ({ findings, home, kind, level }: Diagnosis): string[] => {
  const count = (wanted: FindingLevel): number => findings.filter((one) => one.level === wanted).length;
  const head = { manager: `Manager home ${home}`, agent: `Agent home ${home}`, none: home }[kind];
  return [
    head,
    '',
    ...findings.flatMap((finding) => [
      `${marks[finding.level]}  ${finding.says}`,
      ...(finding.means === undefined ? [] : [`${INDENT}${finding.means}`]),
      ...(finding.type ?? []).map((line) => `${INDENT}> ${line}`),
    ]),
    '',
    level === 'ok'
      ? 'Nothing is wrong.'
      : `${count('problem')} problems, ${count('warning')} warnings, ${count('ok')} fine.`,
  ];
};
