// Changes of the status by hand: clears entries after a question, says that somebody is on it, or takes that back.
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { StatusEntry, StatusPlace } from '@nezuban/protocol/events/status';
import { useBackend } from '../../app/backend.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { useAction } from '../../components/use-action.ts';

export type StatusAction = 'clear' | 'acknowledge' | 'unacknowledge';
/** The API takes so many at once. */
const entriesMax = 500;

export const useChangeStatus = () => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const ask = useConfirm();
  const { busy, run } = useAction();
  const change = async (entries: readonly StatusEntry[], action: StatusAction): Promise<boolean> => {
    const count = entries.length;
    if (
      action === 'clear' &&
      !(await ask({
        title: t('situation.clear.title', { count }),
        text: t('situation.clear.text'),
        confirmLabel: t('situation.clear.action'),
        danger: true,
      }))
    )
      return false;
    return await run(
      async () => {
        for (let from = 0; from < count; from += entriesMax)
          await api.call('changeStatus', {
            body: { entries: entries.slice(from, from + entriesMax).map(toPlace), action },
          });
        await Promise.all(
          ['listStatus', 'statusTree'].map((key) => client.invalidateQueries({ queryKey: [key] })),
        );
      },
      t(`situation.${action}.done`, { count }),
    );
  };
  return { busy, change };
};

const toPlace = ({ node, monitor, key }: StatusEntry): StatusPlace => ({ node, monitor, key });
