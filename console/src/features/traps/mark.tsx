// A word on a tone: smaller and quieter than a state, readable in light and dark.
import type { ReactNode } from 'react';
import type { Tone } from '../../components/status.ts';

type Props = {
  readonly tone: Tone;
  readonly title?: string;
  readonly children: ReactNode;
};

export const Mark = ({ tone, title, children }: Props) => (
  <span className="nz-status nz-mark" data-tone={tone} title={title}>
    {children}
  </span>
);
