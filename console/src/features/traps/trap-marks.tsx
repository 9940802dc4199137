// What is to be said of a trap in a word: whether rules took it, whether it was understood, who heard it.
import { useTranslation } from 'react-i18next';
import type { TrapSummary } from '@nezuban/protocol/traps/trap';
import { Mark } from './mark.tsx';

type Marked = Pick<TrapSummary, 'protocol' | 'matched' | 'malformed' | 'perhapsRepeat'>;

export const TrapMarks = ({ trap }: { readonly trap: Marked }) => {
  const { t } = useTranslation();
  return (
    <span className="nz-trap-marks">
      {trap.protocol !== 'control' && (
        <Mark tone={trap.matched ? 'normal' : 'neutral'}>
          {t(trap.matched ? 'traps.matched.yes' : 'traps.matched.no')}
        </Mark>
      )}
      {trap.malformed !== null && (
        <Mark tone="warning" title={trap.malformed}>
          {t('traps.malformed')}
        </Mark>
      )}
      {trap.perhapsRepeat && (
        <Mark tone="neutral" title={t('traps.perhapsRepeatText')}>
          {t('traps.perhapsRepeat')}
        </Mark>
      )}
    </span>
  );
};
