// Operations on sessions and units: which there are, how they look, and asking before those that change what has run.
import {
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconPlayerStop,
  IconRepeat,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { UnitPath } from '@nezuban/protocol/ids';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import type { LoadedSession } from '../../api/live-patch.ts';
import { useBackend } from '../../app/backend.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { useAction } from '../../components/use-action.ts';

export const operationIcons: Readonly<Record<OperationName, typeof IconRepeat>> = {
  stop: IconPlayerStop,
  rerun: IconRepeat,
  hold: IconPlayerPause,
  release: IconPlayerPlay,
  skip: IconPlayerSkipForward,
};

/** Hold and release can be taken back by each other; the rest is asked about. */
const needsQuestion: Readonly<Record<OperationName, boolean>> = {
  stop: true,
  rerun: true,
  skip: true,
  hold: false,
  release: false,
};

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
    const scope = unit === undefined ? 'session' : 'unit';
    if (needsQuestion[operation]) {
      const yes = await confirm({
        title: t(`operations.${scope}.${operation}.title`, { id: sessionId, unit: name }),
        text: t(`operations.${scope}.${operation}.text`, { id: sessionId, unit: name }),
        confirmLabel: t(`operations.${operation}`),
        danger: operation === 'stop',
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
