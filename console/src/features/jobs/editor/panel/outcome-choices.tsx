// On which ends of the unit before an edge leads on: boxes to be ticked, at least one. Called by the forms of units and edges.
import { Checkbox, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { endStatuses } from '@nezuban/protocol/jobs/end-status';
import type { EdgeOutcome } from '@nezuban/protocol/jobs/units/unit-base';
import { outcomeText } from '../../unit-words.ts';

type Props = {
  readonly on: readonly EdgeOutcome[];
  readonly isJudgment: boolean;
  readonly label: string;
  readonly onChange: (on: readonly EdgeOutcome[]) => void;
};

export const OutcomeChoices = ({ on, isJudgment, label, onChange }: Props) => {
  const { t } = useTranslation();
  const usual: readonly EdgeOutcome[] = isJudgment ? [true, false, 'unknown'] : endStatuses;
  const offered = [...usual, ...on.filter((outcome) => !usual.includes(outcome))];
  return (
    <Group gap="xs" role="group" aria-label={label}>
      {offered.map((outcome) => {
        const isOn = on.includes(outcome);
        return (
          <Checkbox
            key={String(outcome)}
            size="xs"
            label={outcomeText(t, outcome)}
            checked={isOn}
            disabled={isOn && on.length === 1}
            onChange={() =>
              onChange(offered.filter((each) => (each === outcome ? !isOn : on.includes(each))))
            }
          />
        );
      })}
    </Group>
  );
};
