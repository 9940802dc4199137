// A state as coloured icon and word.
import { useTranslation } from 'react-i18next';
import { StatusIcon } from './status-icon.tsx';
import type { Status } from './status.ts';

export const StatusBadge = ({
  status,
  plain = false,
}: {
  readonly status: Status;
  /** Without a background, for dense tables. */ readonly plain?: boolean;
}) => {
  const { t } = useTranslation();
  return (
    <span className={plain ? 'nz-status nz-status-plain' : 'nz-status'} data-tone={status.tone}>
      <StatusIcon name={status.icon} />
      <span>{t(status.label)}</span>
    </span>
  );
};
