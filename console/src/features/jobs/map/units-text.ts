// The units of a relation in words. Pure.
import type { TFunction } from 'i18next';
import type { NetMapRelation } from '@nezuban/protocol/jobs/net-relation';

export const unitNames = (t: TFunction, { units, unitCount }: NetMapRelation): string => {
  const rest = unitCount - units.length;
  const named = units.join(t('netMap.unitSeparator'));
  return rest > 0 ? t('netMap.unitsAndMore', { units: named, count: rest }) : named;
};

export const unitsText = (t: TFunction, relation: NetMapRelation): string =>
  t('netMap.units', { units: unitNames(t, relation) });
