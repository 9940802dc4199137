// What is to be said of a trap in a word: whether rules took it, whether it was understood, who heard it.
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TrapSummary } from '@nezuban/protocol/traps/trap';

type Marked = Pick<TrapSummary, 'protocol' | 'matched' | 'malformed' | 'perhapsRepeat'>;

export const TrapMarks = ({ trap }: { readonly trap: Marked }) => {
  const { t } = useTranslation();
  return (
    <span className="nz-trap-marks">
      {trap.protocol !== 'control' && (
        <Badge size="sm" variant="light" color={trap.matched ? 'green' : 'gray'}>
          {t(trap.matched ? 'traps.matched.yes' : 'traps.matched.no')}
        </Badge>
      )}
      {trap.malformed !== null && (
        <Badge size="sm" variant="light" color="yellow" title={trap.malformed}>
          {t('traps.malformed')}
        </Badge>
      )}
      {trap.perhapsRepeat && (
        <Badge size="sm" variant="light" color="gray" title={t('traps.perhapsRepeatText')}>
          {t('traps.perhapsRepeat')}
        </Badge>
      )}
    </span>
  );
};
