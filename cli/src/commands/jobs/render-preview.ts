// What an operation would bring about, as text. Pure.
import type { OperationPreview, PreviewEffect, PreviewOutcome } from '@nezuban/protocol/jobs/operate';
import type { Output } from '../../output/output.ts';
import { visible } from '../../output/visible.ts';

const effects: Readonly<Record<PreviewEffect, string>> = {
  starts: 'starts at once',
  begins_again: 'begins again when its turn comes',
  held: 'is held',
  passed_over: 'is passed over',
  not_run: 'will not run',
  stopped: 'is stopped before it runs',
  cancelled: 'is ended by TERM, then KILL',
  killed: 'is ended by KILL',
  result_set: 'gets its result by hand',
  as_warning: 'counts as a warning',
  paused: 'starts nothing new inside',
  released: 'goes on',
  added: 'is added',
  removed: 'is removed',
  redefined: 'gets its new definition',
  starts_on_release: 'starts as soon as the session is released',
};
const outcomes: Readonly<Record<PreviewOutcome, string>> = {
  runs: 'runs',
  waits: 'waits for a release',
  passed_over: 'is passed over',
  not_run: 'never runs',
  stopped: 'ends stopped',
  stays: '',
  removed: '',
};

export const renderPreview = (preview: OperationPreview, id: number, out: Output): string[] => {
  if (preview.refusal !== null) return [visible(preview.refusal)];
  if (preview.units.length === 0)
    return [`Nothing changes for any unit of session ${id}.`, ...ending(preview)];
  const rows = preview.units.map(({ unit, effects: seen, later }) => [
    unit,
    seen.map((effect) => effects[effect]).join(', '),
    outcomes[later],
  ]);
  const table = out.table(
    [{ title: 'UNIT' }, { title: 'AT ONCE' }, { title: 'LATER', flexible: true }],
    rows,
  );
  const left = preview.unitsLeftOut === 0 ? [] : [`and ${preview.unitsLeftOut} more units`];
  return [...table, ...left, '', ...ending(preview)];
};

const ending = ({ endsAs, waitsFor }: OperationPreview): string[] => {
  if (endsAs !== null) return [`If every command ends normally, the session ends ${endsAs}.`];
  const names = waitsFor.map((path) => (path === '' ? 'the session itself is paused' : visible(path)));
  return [
    `It does not end by itself then: ${names.length === 0 ? 'something still waits' : names.join(', ')}.`,
  ];
};
