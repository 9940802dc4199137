// Rights and patterns of rights in words.
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { rightAreas, type RightPattern } from '@nezuban/protocol/access/role';
import { rights, type Right } from '@nezuban/protocol/access/rights';

export type RightArea =
  | 'nets'
  | 'output'
  | 'nodes'
  | 'events'
  | 'traps'
  | 'notifications'
  | 'calendars'
  | 'system'
  | 'settings'
  | 'access'
  | 'audit'
  | 'pair'
  | 'backup';
export const areas = rightAreas as readonly RightArea[];
export const rightsOfArea = (area: RightArea): readonly Right[] =>
  rights.filter((right) => right.startsWith(`${area}.`));

export const useRightText = (): ((pattern: RightPattern) => string) => {
  const { t } = useTranslation();
  return useCallback(
    (pattern) => {
      if (pattern === '*') return t('admin.grant.all');
      const area = areas.find((each) => pattern === `${each}.*`);
      if (area !== undefined) return t('admin.grant.area', { area: t(`rights.${area}.area`) });
      const right = rights.find((each) => each === pattern);
      return right === undefined ? pattern : t(`rights.${right}.name`);
    },
    [t],
  );
};
