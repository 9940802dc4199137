// The editor of one definition of notifications, around its fields: draft and faults, who may write, save and conflict, and what stands beside.
import { Anchor, Stack } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/use-may.ts';
import { FormBar } from '../../components/form-bar.tsx';
import { LookOnly } from '../../components/look-only.tsx';
import { useVersionedForm, type Versioned, type VersionedForm } from '../../components/use-versioned-form.ts';
import { faultsOf, type Draft, type Faults } from './form/draft.ts';
import { DraftFormProvider } from './form/draft-form.tsx';
import './notifications.css';

type EditorOptions = {
  readonly loaded: Versioned<Draft>;
  readonly schema: Parameters<typeof faultsOf>[0];
  readonly save: (draft: Draft, over: number | null) => Promise<Versioned<Draft>>;
  readonly reload: () => Promise<unknown>;
};
export type Editor = { readonly form: VersionedForm<Draft>; readonly faults: Faults };

export const useEditor = ({ loaded, schema, save, reload }: EditorOptions): Editor => {
  const form = useVersionedForm<Draft>({ loaded, save, reload });
  const { draft } = form;
  const faults = useMemo(() => faultsOf(schema, draft), [schema, draft]);
  return { form, faults };
};

/** A stored definition as a draft: a list without anything in it is as if it were not there. */
export const toDraft = (value: object): Draft =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([, each]) => !(Array.isArray(each) && each.length === 0) && each !== undefined,
    ),
  );

type FrameProps = {
  readonly editor: Editor;
  readonly stored: boolean;
  readonly changedBy: string | null;
  readonly back: { readonly section: string; readonly label: string };
  readonly onSaved: (draft: Draft) => void;
  /** Beside the form, or below it where there is no room. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
};

export const EditorFrame = ({ editor, stored, changedBy, back, onSaved, aside, children }: FrameProps) => {
  const { t } = useTranslation();
  const mayWrite = useMay('notifications.write');
  const { form, faults } = editor;
  const [judged, setJudged] = useState(false);
  const fields = useRef<HTMLFieldSetElement>(null);
  const save = async (write: () => Promise<boolean>): Promise<boolean> => {
    if (faults.size === 0) return await write();
    setJudged(true);
    // After the faults have been drawn.
    requestAnimationFrame(() =>
      fields.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-error="true"] input')?.focus(),
    );
    return false;
  };
  return (
    <>
      <Anchor
        renderRoot={(props: object) => (
          <Link to="/notifications/$section" params={{ section: back.section }} {...props} />
        )}
        size="sm"
      >
        <IconArrowLeft size={13} aria-hidden="true" /> {back.label}
      </Anchor>
      <LookOnly right="notifications.write" />
      <div className={aside === undefined ? 'nz-def' : 'nz-def nz-def-two'}>
        <form onSubmit={(event) => event.preventDefault()} noValidate>
          <Stack gap="md">
            <fieldset className="nz-def-fields" disabled={!mayWrite} ref={fields}>
              <DraftFormProvider
                draft={form.draft}
                onChange={form.change}
                faults={faults}
                judged={judged}
                stored={stored}
              >
                <Stack gap="md">{children}</Stack>
              </DraftFormProvider>
            </fieldset>
            {mayWrite && (
              <div className="nz-def-bar">
                <FormBar
                  form={{
                    ...form,
                    save: () => save(form.save),
                    overwrite: () => save(form.overwrite),
                  }}
                  changedBy={changedBy}
                  onSaved={() => {
                    setJudged(false);
                    onSaved(form.draft);
                  }}
                  {...(stored ? {} : { saveLabel: t('notify.create') })}
                />
                {judged && faults.size > 0 && (
                  <span role="alert" className="nz-def-faults">
                    {t('notify.fault.some', { count: faults.size })}
                  </span>
                )}
              </div>
            )}
          </Stack>
        </form>
        {aside !== undefined && <aside className="nz-def-aside">{aside}</aside>}
      </div>
    </>
  );
};
