// The draft of a definition, given to all fields of a form: what it is, how it is changed, what is wrong where.
// A fault is shown once its field has content or was left; all of them when somebody wants to save.
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { faultWithin, valueAt, withValueAt, type Draft, type Faults } from './draft.ts';
import { faultText } from './fault-text.ts';

export type DraftForm = {
  readonly draft: Draft;
  readonly set: (path: string, value: unknown) => void;
  /** Takes the whole draft, where more than one place changes at once. */
  readonly change: (next: Draft) => void;
  readonly faultAt: (path: string) => string | undefined;
  readonly leave: (path: string) => void;
  readonly faults: Faults;
  /** All faults are shown. */
  readonly judged: boolean;
  /** It is stored already: what is left empty may be a stored secret. */
  readonly stored: boolean;
};

const DraftContext = createContext<DraftForm | null>(null);

export const useDraftForm = (): DraftForm => {
  const form = use(DraftContext);
  if (form === null) throw new Error('a field outside DraftFormProvider');
  return form;
};

type Props = {
  readonly draft: Draft;
  readonly onChange: (next: Draft) => void;
  readonly faults: Faults;
  readonly judged: boolean;
  readonly stored: boolean;
  readonly children: ReactNode;
};

export const DraftFormProvider = ({ draft, onChange, faults, judged, stored, children }: Props) => {
  const { t, i18n } = useTranslation();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const leave = useCallback(
    (path: string) => setLeft((before) => (before.has(path) ? before : new Set([...before, path]))),
    [],
  );
  const form = useMemo<DraftForm>(
    () => ({
      draft,
      set: (path, value) => onChange(withValueAt(draft, path, value)),
      change: onChange,
      leave,
      faults,
      judged,
      stored,
      faultAt: (path) => {
        const fault = faultWithin(faults, path);
        if (fault === undefined) return undefined;
        const value = valueAt(draft, path);
        const isShown = judged || left.has(path) || (value !== undefined && value !== '');
        return isShown ? faultText(t, i18n.language, fault) : undefined;
      },
    }),
    [draft, onChange, leave, faults, judged, stored, left, t, i18n.language],
  );
  return <DraftContext value={form}>{children}</DraftContext>;
};
