// What units that wait for something inside the manager say of themselves in the definition panel. Pure. Called by `unit-words.ts`.
import type { TFunction } from 'i18next';
import type { UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { Format } from '../../components/format.ts';

/** Rows of name and value; none for other types. */
export const waitingRows = (t: TFunction, format: Format, unit: UnitDefinition): [string, string][] => {
  switch (unit.type) {
    case 'event_wait':
      return [
        [t('unitWork.event'), conditionText(unit.event)],
        ...(unit.look_back_s > 0
          ? [[t('unitWork.lookBack'), format.duration(unit.look_back_s * 1000)] satisfies [string, string]]
          : []),
        ...limitRows(t, format, unit),
      ];
    case 'net_wait': {
      const [mode, targets] =
        'any' in unit.nets ? (['any', unit.nets.any] as const) : (['all', unit.nets.all] as const);
      const names = targets.map(({ net, unit: path }) => (path === undefined ? net : `${net} / ${path}`));
      return [
        [targets.length > 1 ? t(`unit.after.${mode}`) : t('unitWork.nets'), format.list(names)],
        ...limitRows(t, format, unit),
      ];
    }
    case 'net_start':
      return [[t('unitWork.starts'), unit.net], ...limitRows(t, format, unit)];
    case 'approval': {
      const names = [...(unit.users ?? []), ...(unit.roles ?? [])];
      return [
        [t('unitWork.question'), unit.question],
        ...(names.length > 0
          ? [[t('unitWork.deciders'), format.list(names)] satisfies [string, string]]
          : []),
        ...(unit.needed > 1
          ? [[t('unitWork.needed'), format.number(unit.needed)] satisfies [string, string]]
          : []),
        ...limitRows(t, format, unit),
      ];
    }
    case 'mail_send':
      return [
        [t('unitWork.channel'), unit.channel],
        ...(unit.to === undefined
          ? []
          : [[t('unitWork.to'), format.list(unit.to)] satisfies [string, string]]),
        [t('unitWork.subject'), unit.subject],
      ];
    default:
      return [];
  }
};

const limitRows = (
  t: TFunction,
  format: Format,
  { timeout_s: seconds }: { readonly timeout_s?: number | undefined },
): [string, string][] =>
  seconds === undefined ? [] : [[t('unitWork.limit'), format.duration(seconds * 1000)]];

/** As in the definition: keys and values need no language. */
const conditionText = (event: object): string =>
  Object.entries(event)
    .map(([key, value]) => `${key}: ${Array.isArray(value) ? value.map(plain).join(', ') : plain(value)}`)
    .join('; ');
const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
