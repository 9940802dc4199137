// The pages that edit job nets: one that is there, and a new one, from nothing or as a copy. Responsible for what the editor begins with: what is
// stored, or a draft that this browser has kept.
import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { netNameSchema } from '@nezuban/protocol/ids';
import { hasCode } from '../../../api/api-problem.ts';
import { useBackend } from '../../../app/backend.tsx';
import type { EditorView } from '../../../app/search.ts';
import { useMayOnNet } from '../../../app/use-may.ts';
import { ErrorState, FormError } from '../../../components/error-state.tsx';
import { Page } from '../../../components/page.tsx';
import { ListSkeleton } from '../../../components/query-list.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { createDraftStore, type DraftStore, type KeptDraft } from './draft-store.ts';
import { draftOf, type DraftNet } from './model/draft-net.ts';
import { NetEditor, type EditedSession } from './net-editor.tsx';
import { differs, type Base } from './save/base.ts';

type Beginning = { readonly initial: DraftNet; readonly base: Base | null };

const useDraftStore = (): DraftStore => useState(() => createDraftStore(Date.now))[0];
const useUser = (): string => {
  const { queries } = useBackend();
  return useQuery(queries.me()).data?.user ?? '';
};

export const EditNetPage = () => {
  const { t } = useTranslation();
  const { name } = useParams({ from: '/gate/net/$name/edit' });
  const { view = 'graph' } = useSearch({ from: '/gate/net/$name/edit' });
  const { queries } = useBackend();
  const readOnly = !useMayOnNet('nets.write', name);
  // What was loaded first stays the base: the editor itself follows what comes later.
  const { data, error, refetch } = useQuery({ ...queries.net(name), staleTime: 0 });
  const [first, setFirst] = useState<{ readonly name: string; readonly base: Base } | null>(null);
  if (data !== undefined && first?.name !== name)
    setFirst({ name, base: { net: draftOf(data.body.definition), revision: data.body.revision } });
  if (first?.name !== name)
    return (
      <Page title={t('edit.title', { net: name })}>
        {error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  return (
    <KeptOrStored
      key={name}
      title={t('edit.title', { net: name })}
      net={name}
      stored={{ initial: first.base.net, base: first.base }}
      readOnly={readOnly}
      view={view}
    />
  );
};

type KeptProps = {
  readonly title: string;
  /** By what its draft is kept; empty for a new net. */
  readonly net: string;
  readonly stored: Beginning;
  readonly readOnly: boolean;
  readonly view: EditorView;
  /** Whose definition it is, where it is that of one session. */
  readonly session?: EditedSession;
};

/** Asks for the draft that this browser keeps, if there is one, before anything is edited. */
export const KeptOrStored = ({ title, net, stored, readOnly, view, session }: KeptProps) => {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDraftStore();
  const user = useUser();
  const [kept, setKept] = useState<KeptDraft | null | 'asking'>('asking');
  const [beginning, setBeginning] = useState<Beginning | null>(null);
  useEffect(() => {
    void store.find(user, net).then((found) => {
      const isOther =
        !readOnly && found !== null && (stored.base === null || differs(found.draft, stored.base.net));
      setKept(isOther ? found : null);
      if (!isOther) setBeginning(stored);
    });
    // Once, when the page opens.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [store, user, net]);
  const navigate = useNavigate();
  if (beginning !== null)
    return (
      <NetEditor
        {...beginning}
        {...(session === undefined ? {} : { session })}
        readOnly={readOnly}
        user={user}
        store={store}
        view={view}
        onView={(next) =>
          void navigate({
            to: '.',
            search: ((before: object) => ({ ...before, view: next === 'graph' ? undefined : next })) as never,
            replace: true,
          })
        }
        onSaved={(name) => void navigate({ to: '/net/$name/edit', params: { name }, replace: true })}
        now={Date.now}
      />
    );
  if (kept === 'asking' || kept === null)
    return (
      <Page title={title}>
        <ListSkeleton />
      </Page>
    );
  return (
    <Page title={title}>
      <Alert color="blue" icon={<IconHistory aria-hidden="true" />} title={t('editor.kept.title')}>
        <Stack gap="sm">
          <Text size="sm">
            {t('editor.kept.text', {
              net: kept.draft.name,
              time: format.instant(new Date(kept.savedAt).toISOString()),
            })}
          </Text>
          {kept.base !== null && stored.base !== null && kept.base.revision !== stored.base.revision && (
            <Text size="sm">
              {t('editor.kept.older', { was: kept.base.revision, now: stored.base.revision })}
            </Text>
          )}
          <Group gap="xs">
            <Button
              onClick={() =>
                setBeginning({
                  initial: kept.draft,
                  base:
                    kept.base === null ? null : { net: kept.base.definition, revision: kept.base.revision },
                })
              }
            >
              {t('editor.kept.continue')}
            </Button>
            <Button
              variant="default"
              onClick={() => {
                void store.forget(user, net);
                setBeginning(stored);
              }}
            >
              {t('editor.kept.discard')}
            </Button>
          </Group>
        </Stack>
      </Alert>
    </Page>
  );
};

export const NewNetPage = () => {
  const { t } = useTranslation();
  const { from, view = 'graph' } = useSearch({ from: '/gate/nets/new' });
  const { queries } = useBackend();
  const source = useQuery({ ...queries.net(from ?? ''), enabled: from !== undefined });
  const [begun, setBegun] = useState<DraftNet | null>(null);
  const store = useDraftStore();
  const user = useUser();
  const [hasKept, setHasKept] = useState(false);
  useEffect(() => {
    void store.find(user, '').then((found) => setHasKept(found !== null));
  }, [store, user]);
  const title = from === undefined ? t('edit.newTitle') : t('editor.copyTitle', { net: from });
  if (begun !== null)
    return (
      <KeptOrStored
        title={title}
        net=""
        stored={{ initial: begun, base: null }}
        readOnly={false}
        view={view}
      />
    );
  if (from !== undefined && source.data === undefined)
    return (
      <Page title={title}>
        {source.error === null ? (
          <ListSkeleton />
        ) : (
          <ErrorState error={source.error} onRetry={() => void source.refetch()} />
        )}
      </Page>
    );
  const copied = source.data?.body.definition;
  return (
    <Page title={title}>
      <NewNetForm
        copied={copied === undefined ? null : draftOf(copied)}
        hasKept={hasKept}
        onBegin={setBegun}
      />
    </Page>
  );
};

type FormProps = {
  readonly copied: DraftNet | null;
  readonly hasKept: boolean;
  readonly onBegin: (net: DraftNet) => void;
};

/** What a net must have before it can be drawn: its name, which is its address ever after. */
const NewNetForm = ({ copied, hasKept, onBegin }: FormProps) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const navigate = useNavigate();
  const [name, setName] = useState(copied === null ? '' : `${copied.name}-copy`);
  const [title, setTitle] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const mayWrite = useMayOnNet('nets.write', name);
  const begin = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setError(null);
    const parsed = netNameSchema.safeParse(name.trim());
    if (!parsed.success) return setProblem(t('editor.start.nameWrong'));
    if (!mayWrite) return setProblem(t('editor.start.forbidden'));
    try {
      await api.call('getNet', { params: { name: parsed.data } });
      return setProblem(t('editor.start.taken'));
    } catch (failure) {
      if (!hasCode(failure, 'not_found')) return setError(failure);
    }
    const own = { name: parsed.data, ...(title.trim() === '' ? {} : { title: title.trim() }) };
    // Schedules of a copy would start it beside the original.
    onBegin(
      copied === null
        ? {
            kind: 'jobnet',
            ...own,
            timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
            units: [],
          }
        : { ...copied, ...own, schedules: [] },
    );
    return undefined;
  };
  return (
    <form onSubmit={(event) => void begin(event)}>
      <Stack gap="sm" maw={520}>
        <FormError error={error} />
        {hasKept && (
          <Alert color="blue" icon={<IconHistory aria-hidden="true" />}>
            <Text size="sm">{t('editor.start.kept')}</Text>
          </Alert>
        )}
        <TextInput
          label={t('editor.panel.name')}
          description={t('editor.start.nameHint')}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
            setProblem(null);
          }}
          error={problem}
          required
          spellCheck={false}
          data-autofocus
        />
        <TextInput
          label={t('editorFields.title')}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          maxLength={200}
        />
        {copied !== null && (
          <Text size="sm" c="dimmed">
            {t('editor.start.copyHint')}
          </Text>
        )}
        <Group gap="xs">
          <Button type="submit">{t('editor.start.begin')}</Button>
          <Button variant="default" onClick={() => void navigate({ to: '/nets' })}>
            {t('actions.cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
