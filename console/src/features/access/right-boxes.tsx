// Rights to be chosen, grouped by what they are about, each with what it allows.
import { Checkbox, Fieldset, SimpleGrid } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { rights, type Right } from '@nezuban/protocol/access/rights';
import { areas, rightsOfArea } from './right-text.ts';

type Props = {
  /** Those that can be chosen here. */
  readonly offered: readonly Right[];
  readonly value: readonly Right[];
  readonly onChange: (value: readonly Right[]) => void;
  readonly disabled?: boolean;
};

export const RightBoxes = ({ offered, value, onChange, disabled = false }: Props) => {
  const { t } = useTranslation();
  const chosen = new Set(value);
  const set = (some: readonly Right[], on: boolean) => {
    const next = new Set(chosen);
    for (const right of some) {
      if (on) next.add(right);
      else next.delete(right);
    }
    onChange(rights.filter((right) => next.has(right)));
  };
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
      {areas.map((area) => {
        const own = rightsOfArea(area).filter((right) => offered.includes(right));
        if (own.length === 0) return null;
        const count = own.filter((right) => chosen.has(right)).length;
        const all = (
          <Checkbox
            size="xs"
            label={t(`rights.${area}.area`)}
            fw={600}
            checked={count === own.length}
            indeterminate={count > 0 && count < own.length}
            onChange={(event) => set(own, event.currentTarget.checked)}
            disabled={disabled}
          />
        );
        return (
          <Fieldset key={area} legend={own.length > 1 ? all : t(`rights.${area}.area`)} p="xs">
            {own.map((right) => (
              <Checkbox
                key={right}
                size="xs"
                mt={6}
                label={t(`rights.${right}.name`)}
                description={t(`rights.${right}.text`)}
                checked={chosen.has(right)}
                onChange={(event) => set([right], event.currentTarget.checked)}
                disabled={disabled}
              />
            ))}
          </Fieldset>
        );
      })}
    </SimpleGrid>
  );
};
