// A part of a form that few need: folded away behind its name and what is set in it, open where something in it is wrong.
import { Collapse, Text, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useId, useState, type ReactNode } from 'react';
import { faultWithin } from './draft.ts';
import { useDraftForm } from './draft-form.tsx';

type Props = {
  readonly label: string;
  /** What is set in it, in a few words; empty: nothing. */
  readonly summary: string;
  readonly openAtFirst?: boolean;
  /** Places of the draft that it holds. */
  readonly paths: readonly string[];
  readonly children: ReactNode;
};

export const Fold = ({ label, summary, openAtFirst = false, paths, children }: Props) => {
  const form = useDraftForm();
  const id = useId();
  const [opened, setOpened] = useState(openAtFirst);
  const isWrong = form.judged && paths.some((path) => faultWithin(form.faults, path) !== undefined);
  const isOpen = opened || isWrong;
  return (
    <div className="nz-fold">
      <UnstyledButton
        className="nz-fold-head"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpened(!isOpen)}
      >
        <IconChevronRight size={15} aria-hidden="true" className="nz-fold-mark" />
        <span>{label}</span>
        {summary !== '' && (
          <Text span size="sm" c="dimmed" className="nz-break">
            {summary}
          </Text>
        )}
      </UnstyledButton>
      <Collapse expanded={isOpen} id={id}>
        {isOpen && <div className="nz-fold-body">{children}</div>}
      </Collapse>
    </div>
  );
};
