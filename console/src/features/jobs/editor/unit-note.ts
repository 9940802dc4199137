// The line below a unit's name in the editor: its type, and what is most telling of it. Pure.
import type { TFunction } from 'i18next';
import type { DraftUnit } from './model/draft-net.ts';
import { cellText } from './model/table-columns.ts';
import { typeWord } from './words.ts';

const noteLengthMax = 80;

export const noteOf = (t: TFunction, unit: DraftUnit): string => {
  const { recovery, hold } = unit;
  const parts = [
    unit.type === 'command' ? firstLine(unit['command']) : typeWord(t, unit.type),
    unit.units === undefined ? '' : t('net.units', { count: unit.units.length }),
    cellText(unit, 'target'),
    recovery === undefined || recovery === false ? '' : t('net.recovery'),
    hold === true ? t('net.beginsHeld') : '',
  ];
  return parts
    .filter((part) => part !== '')
    .join(' · ')
    .slice(0, noteLengthMax);
};

const firstLine = (command: unknown): string => {
  const text = Array.isArray(command) ? command.join(' ') : typeof command === 'string' ? command : '';
  return (text.split('\n')[0] ?? '').trim();
};
