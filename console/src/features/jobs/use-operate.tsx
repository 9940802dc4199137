// Operations on sessions and units: which there are, how they look, and asking before those that change what has run.
import {
  IconAlertTriangle,
  IconArrowForwardUp,
  IconBolt,
  IconHandStop,
  IconArrowBarToUp,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconPlayerStop,
  IconRepeat,
  IconRepeatOff,
  IconRepeatOnce,
  IconZzz,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { UnitPath } from '@nezuban/protocol/ids';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import type { LoadedSession } from '../../api/live-patch.ts';
import { useBackend } from '../../app/backend.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { useAction } from '../../components/use-action.ts';
import { isDangerous, operationText } from './operation-texts.ts';

export const operationIcons: Readonly<Record<OperationName, typeof IconRepeat>> = {
  stop: IconPlayerStop,
  kill: IconBolt,
  interrupt: IconHandStop,
  suspend: IconZzz,
  rerun: IconRepeat,
  rerun_only: IconRepeatOnce,
  rerun_next: IconArrowForwardUp,
  rerun_failed: IconRepeatOff,
  rerun_failed_nets: IconRepeatOff,
  rerun_after_failed: IconArrowForwardUp,
  rerun_warnings: IconAlertTriangle,
  hold: IconPlayerPause,
  release: IconPlayerPlay,
  skip: IconPlayerSkipForward,
  set_status: IconPencil,
  to_front: IconArrowBarToUp,
};

/** Hold, suspend and release can be taken back by each other; the rest is asked about. */
const asksFirst = (operation: OperationName): boolean =>
  operation !== 'hold' && operation !== 'release' && operation !== 'suspend';

export const useOperate = (sessionId: number) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const operate = async (
    operation: OperationName,
    unit?: { readonly path: UnitPath; readonly name: string },
  ): Promise<void> => {
    const name = unit?.name ?? '';
    if (asksFirst(operation)) {
      const named = t(`sessionOperations.names.${operation}`);
      const yes = await confirm({
        title:
          unit === undefined
            ? t('sessionOperations.titleSession', { operation: named, id: sessionId })
            : t('sessionOperations.titleUnit', { operation: named, unit: name }),
        text: operationText(t, operation, unit === undefined),
        confirmLabel: named,
        danger: isDangerous(operation),
      });
      if (!yes) return;
    }
    await run(async () => {
      const detail = await api.call('operateSession', {
        params: { id: sessionId },
        body: { operation, ...(unit === undefined ? {} : { unit: unit.path }) },
      });
      client.setQueryData<LoadedSession>(['session', sessionId], (before) =>
        before !== undefined && before.detail.revision > detail.revision
          ? before
          : { detail, loadedRevision: detail.revision },
      );
    });
  };
  return { busy, operate };
};
