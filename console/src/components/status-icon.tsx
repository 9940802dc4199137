// Icons of states: shapes differ, so that a state is told without colour.
import {
  IconAlertTriangleFilled,
  IconBan,
  IconCircleCheckFilled,
  IconCircleXFilled,
  IconClockHour4,
  IconHelpHexagonFilled,
  IconInfoCircle,
  IconLoader2,
  IconMinus,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipForward,
  IconPlayerStop,
  IconPlayerStopFilled,
  IconPlugConnected,
  IconPlugConnectedX,
  IconPlus,
  IconRepeat,
  IconTilde,
} from '@tabler/icons-react';
import type { StatusIconName } from './status.ts';

const icons: Readonly<Record<StatusIconName, typeof IconBan>> = {
  waiting: IconClockHour4,
  held: IconPlayerPauseFilled,
  starting: IconLoader2,
  running: IconPlayerPlayFilled,
  retry: IconRepeat,
  stopping: IconPlayerStop,
  stopped: IconPlayerStopFilled,
  normal: IconCircleCheckFilled,
  warning: IconAlertTriangleFilled,
  abnormal: IconCircleXFilled,
  unknown: IconHelpHexagonFilled,
  skipped: IconPlayerSkipForward,
  notRun: IconBan,
  info: IconInfoCircle,
  connected: IconPlugConnected,
  disconnected: IconPlugConnectedX,
  added: IconPlus,
  removed: IconMinus,
  changed: IconTilde,
};

export const StatusIcon = ({
  name,
  size = 16,
}: {
  readonly name: StatusIconName;
  readonly size?: number;
}) => {
  const Icon = icons[name];
  return (
    <Icon
      size={size}
      aria-hidden="true"
      className={name === 'running' || name === 'starting' ? 'nz-pulse' : undefined}
    />
  );
};
