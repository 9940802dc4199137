// The units of a definition as its picture shows them. Called by the graphs of the net's page.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { ShownUnit } from './graph/graph-model.ts';
import { hasOwnSign } from './unit-type-icon.tsx';
import { unitsOfDefinition } from './layout/graph-unit.ts';

const noteOf = (unit: UnitDefinition): string | null => {
  if (!('target' in unit) || unit.target === undefined) return null;
  return 'node' in unit.target ? unit.target.node : `${unit.target.scope} (${unit.target.mode})`;
};

export const useDefinitionUnits = (definition: JobNetDefinition) => {
  const { t } = useTranslation();
  return useMemo(
    () =>
      unitsOfDefinition(definition).map((unit): ShownUnit & { readonly definition: UnitDefinition } => {
        const { hold, recovery } = unit.definition;
        const isRecovery = recovery !== undefined && recovery !== false;
        const notes = [
          hasOwnSign(unit.type) ? t(`unit.type.${unit.type}`) : null,
          noteOf(unit.definition),
          isRecovery ? t('net.recovery') : null,
          hold ? t('net.beginsHeld') : null,
        ].filter((note) => note !== null);
        return {
          ...unit,
          status: null,
          startedAt: null,
          endedAt: null,
          note: notes.length === 0 ? t(`unit.type.${unit.type}`) : notes.join(' · '),
          reruns: 0,
        };
      }),
    [definition, t],
  );
};
