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
  IconReplace,
  IconZzz,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OperationRequest } from '@nezuban/protocol/jobs/operate';
import type { OperationName, UnitView } from '@nezuban/protocol/jobs/session';
import { ApiProblem } from '../../api/api-problem.ts';
import type { LoadedSession } from '../../api/live-patch.ts';
import { useBackend } from '../../app/backend.tsx';
import { useAction } from '../../components/use-action.ts';
import type { AskedOperation } from './operate/operation-drawer.tsx';

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
  take_definition: IconReplace,
  to_front: IconArrowBarToUp,
};

/** Hold and release can be taken back by each other, and change nothing that runs; the rest is asked about. */
const asksFirst = (operation: OperationName): boolean => operation !== 'hold' && operation !== 'release';

type OperatedUnit = Pick<UnitView, 'path' | 'name' | 'type'>;

export type Operate = {
  readonly busy: boolean;
  /** Does it, or asks first. */
  readonly operate: (operation: OperationName, unit?: OperatedUnit) => Promise<void>;
  /** What is being asked about now. */
  readonly asked: AskedOperation | null;
  readonly confirm: (request: OperationRequest) => Promise<void>;
  readonly dismiss: () => void;
};

export const useOperate = (sessionId: number): Operate => {
  const { api } = useBackend();
  const client = useQueryClient();
  const { busy, run } = useAction();
  const [asked, setAsked] = useState<AskedOperation | null>(null);
  const send = async (body: OperationRequest): Promise<void> => {
    const detail = await api.call('operateSession', { params: { id: sessionId }, body });
    client.setQueryData<LoadedSession>(['session', sessionId], (before) =>
      before !== undefined && before.detail.revision > detail.revision
        ? before
        : { detail, loadedRevision: detail.revision },
    );
    await client.invalidateQueries({ queryKey: ['explainWaiting', sessionId] });
  };
  return {
    busy,
    asked,
    dismiss: () => setAsked(null),
    async operate(operation, unit) {
      if (asksFirst(operation)) {
        setAsked({ operation, unit: unit ?? null, reasonNeeded: false });
        return;
      }
      await run(async () => {
        try {
          await send({ operation, ...(unit === undefined ? {} : { unit: unit.path }) });
        } catch (error) {
          if (!asksForReason(error)) throw error;
          setAsked({ operation, unit: unit ?? null, reasonNeeded: true });
        }
      });
    },
    async confirm(request) {
      await run(async () => {
        try {
          await send(request);
          setAsked(null);
        } catch (error) {
          if (asksForReason(error)) setAsked((now) => now && { ...now, reasonNeeded: true });
          throw error;
        }
      });
    },
  };
};

const asksForReason = (error: unknown): boolean =>
  error instanceof ApiProblem && (error.problem.issues ?? []).some(({ path }) => path === 'body.reason');
