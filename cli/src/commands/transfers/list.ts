// `nezuban transfers`: file transfers that are under way, one line each, and what each waits for.
import type { TransferView } from '@nezuban/protocol/api/transfer-operations';
import type { CommandRun } from '../command.ts';
import { formatBytes } from '../pair/words.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const session = args.integer('session');
  const api = await context.api();
  const { items } = await api.call('listTransfers', {
    query: session === undefined ? {} : { session },
  });
  await out.result({ items }, () =>
    items.length === 0
      ? 'No file transfer is under way.'
      : out.table(
          [
            { title: 'SESSION', align: 'right' },
            { title: 'UNIT' },
            { title: 'FROM' },
            { title: 'TO' },
            { title: 'DONE', align: 'right' },
            { title: 'SPEED', align: 'right' },
            { title: 'REMARK', flexible: true },
          ],
          items.map((item) => [
            item.sessionId,
            item.unit,
            `${item.from.node}:${item.from.path}`,
            `${item.to.node}:${item.to.path}`,
            doneText(item),
            item.bytesPerSecond === null ? '' : `${formatBytes(item.bytesPerSecond)}/s`,
            remarkText(item),
          ]),
        ),
  );
};

const doneText = ({ bytes, bytesTotal }: TransferView): string => {
  if (bytesTotal === null) return '';
  const share = bytesTotal === 0 ? 100 : Math.floor((bytes / bytesTotal) * 100);
  return `${formatBytes(bytes)} of ${formatBytes(bytesTotal)} (${share} %)`;
};

const remarkText = ({ state, reason, files, filesDone }: TransferView): string => {
  if (state === 'broken') return 'the connection was lost; it goes on as soon as there is one again';
  if (reason !== null) return reason;
  return files === null || files === 1 ? '' : `file ${Math.min(filesDone + 1, files)} of ${files}`;
};
