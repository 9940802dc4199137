// How far a file transfer is while it is under way, or what it waits for. Shown above the output of its attempt.
import { Progress, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { UnitView } from '@nezuban/protocol/jobs/session';
import type { TransferView } from '@nezuban/protocol/api/transfer-operations';
import { saidIn } from '../../i18n/said.ts';
import { useBackend } from '../../app/backend.tsx';
import { useFormat } from '../../components/use-format.ts';
import { useWaitText } from './use-unit-reason.ts';

type Props = {
  readonly unit: UnitView;
  readonly sessionId: number;
  readonly attemptId: AttemptId;
};

export const TransferProgress = (props: Props) =>
  props.unit.type === 'file_transfer' && props.unit.state === 'running' ? <Running {...props} /> : null;

const Running = ({ sessionId, attemptId }: Props) => {
  const { t } = useTranslation();
  const format = useFormat();
  const whyItWaits = useWhyItWaits();
  const { queries } = useBackend();
  const { data } = useQuery(queries.transfers(sessionId));
  const transfer = data?.items.find((each) => each.attemptId === attemptId);
  if (transfer === undefined) return null;
  const { bytes, bytesTotal, bytesPerSecond, files, filesDone, reason, state } = transfer;
  const share = bytesTotal === null || bytesTotal === 0 ? 0 : (bytes / bytesTotal) * 100;
  const says =
    state === 'broken'
      ? t('transfer.broken')
      : reason !== null
        ? whyItWaits(transfer, reason)
        : bytesTotal === null
          ? t('transfer.starting')
          : [
              t('transfer.ofTotal', { bytes: format.size(bytes), total: format.size(bytesTotal) }),
              ...(files !== null && files > 1
                ? [t('transfer.files', { done: Math.min(filesDone + 1, files), files })]
                : []),
              ...(bytesPerSecond === null
                ? []
                : [t('transfer.speed', { bytes: format.size(bytesPerSecond) })]),
            ].join(' · ');
  return (
    <div>
      <Progress value={share} size="sm" aria-label={t('transfer.label')} animated={state === 'runs'} />
      <Text size="xs" mt={4} className="nz-tabular">
        {says}
      </Text>
    </div>
  );
};

/** In the user's language where the manager gave facts with its sentence. */
const useWhyItWaits = () => {
  const { i18n } = useTranslation();
  const waitText = useWaitText();
  return ({ waits, reasonSaid }: TransferView, reason: string): string =>
    waits === undefined ? saidIn({ message: reason, ...reasonSaid }, i18n.language) : waitText(waits);
};
