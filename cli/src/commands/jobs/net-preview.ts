// `nezuban net preview`: what an agent would be given for a unit, before anything runs.
import { usageFailure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';
import { parseParameters } from './parameters.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('NET');
  const unit = args.text('unit');
  if (unit === undefined) throw usageFailure('--unit UNIT says which unit is meant.', 'net preview');
  const api = await context.api();
  const preview = await api.call('previewOrder', {
    params: { name },
    body: {
      unit,
      parameters: parseParameters([...args.texts('param'), ...args.texts('parameter')], 'net preview'),
    },
  });
  await out.result(preview, () => {
    const { command, script, tool } = preview;
    const lines = [
      ['Unit', preview.unit],
      ['Runs on', preview.nodes.length > 0 ? preview.nodes.join(', ') : (preview.noNodes ?? 'no node')],
      ['Command', command === null ? null : typeof command === 'string' ? command : JSON.stringify(command)],
      ['Script', script === null ? null : [script.text.trimEnd(), ...script.arguments].join('\n')],
      ['Tool', tool === null ? null : `${tool.name} ${JSON.stringify(tool.input)}`],
      ['User', preview.user],
      ['Group', preview.group],
      ['Directory', preview.workingDirectory],
      ['Input', preview.stdin ?? preview.stdinFile],
      ...preview.files.map(({ variable, text }) => [`File $${variable}`, text] as const),
    ].flatMap(([label, text]) => (text == null ? [] : [`${label}: ${indent(text)}`]));
    const environment = Object.entries(preview.environment).map(
      ([key, value]) => `  ${key}=${indent(value)}`,
    );
    const problems = preview.problems.map(({ path, message }) => `! ${path}: ${message}`);
    return [...lines, 'Environment:', ...environment, ...problems].join('\n');
  });
};

/** Lines of a text below each other. */
const indent = (text: string): string =>
  text.includes('\n') ? `\n${text.replace(/\n$/, '').replaceAll(/^/gm, '    ')}` : text;
