// The editor of a job net: five views on one draft, properties beside them, problems below, saving above. Responsible for putting them together and for
// the guard before leaving. Called by the pages of editing (edit-pages.tsx).
import { Alert, Anchor, Button, Group, Tabs, Text } from '@mantine/core';
import { IconDeviceFloppy, IconUsers } from '@tabler/icons-react';
import { Link, useBlocker } from '@tanstack/react-router';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { editorViews, type EditorView } from '../../../app/search.ts';
import { useConfirm } from '../../../components/confirm.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { Page } from '../../../components/page.tsx';
import { ListSkeleton } from '../../../components/query-list.tsx';
import { ShortcutHelp } from '../../../components/shortcut-help.tsx';
import { TabList } from '../../../components/tab-list.tsx';
import { useShortcuts } from '../../../components/use-shortcuts.ts';
import type { DraftStore } from './draft-store.ts';
import { EditingBanner } from './editing-badge.tsx';
import './editor.css';
import { EditorToolbar } from './editor-toolbar.tsx';
import { IssueBar } from './issue-bar.tsx';
import type { DraftNet } from './model/draft-net.ts';
import { PropertiesPanel } from './panel/properties-panel.tsx';
import type { Base } from './save/base.ts';
import { ConflictDialog } from './save/conflict-dialog.tsx';
import { SaveDialog } from './save/save-dialog.tsx';
import { TakeDialog } from './save/take-dialog.tsx';
import { useSaving } from './save/use-saving.ts';
import { StartsView } from './starts/starts-view.tsx';
import { useEditor, type Editor } from './use-editor.ts';
import { useEditorActions } from './use-editor-actions.ts';
import { useEditorKeys } from './use-editor-keys.ts';
import { useKeptDraft } from './use-kept-draft.ts';
import { useOtherEditors } from './use-presence.ts';
import { TableEditor } from './views/table-editor.tsx';
import { namedDraftOf, TextView } from './views/text-view.tsx';
import { TreeEditor } from './views/tree-editor.tsx';

const EditorGraph = lazy(async () => ({ default: (await import('./graph/editor-graph.tsx')).EditorGraph }));

/** Of one suspended session alone; the net stays as it is. */
export type EditedSession = { readonly id: number; readonly onTaken: () => void };

type Props = {
  readonly session?: EditedSession;
  readonly initial: DraftNet;
  readonly base: Base | null;
  readonly readOnly: boolean;
  readonly user: string;
  readonly store: DraftStore;
  readonly view: EditorView;
  readonly onView: (view: EditorView) => void;
  readonly onSaved: (name: string) => void;
  readonly now: () => number;
};

export const NetEditor = ({
  session,
  initial,
  base: given,
  readOnly,
  user,
  store,
  view,
  onView,
  onSaved,
  now,
}: Props) => {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const editor = useEditor(initial, readOnly);
  const [kept, setKept] = useState<string | null>(null);
  const saving = useSaving({
    editor,
    initial: given,
    follows: session === undefined,
    onSaved(name) {
      // It has an address of its own now; what was kept without one must not be offered for the next new net.
      void store.forget(user, '').then(() => onSaved(name));
    },
  });
  const { base, changed } = saving;
  const { net } = editor.state;
  const others = useOtherEditors(net.name, !readOnly && base !== null && session === undefined);
  const [boxing, setBoxing] = useState(false);
  const [help, setHelp] = useState(false);
  /** Nothing is lost by leaving then. */
  const taken = useRef(false);
  const panel = useRef<HTMLElement>(null);
  const views = useRef<HTMLDivElement>(null);
  const isUnsaved = !readOnly && (kept !== null || (changed && (base !== null || net !== initial)));

  const keptAs = session !== undefined ? `session ${session.id}` : base === null ? '' : net.name;
  useKeptDraft(
    store,
    { user, net: keptAs },
    isUnsaved
      ? {
          user,
          net: keptAs,
          draft: net,
          base: base === null ? null : { definition: base.net, revision: base.revision },
          savedAt: now(),
        }
      : null,
  );
  useBlocker({
    shouldBlockFn: async ({ current, next }) => {
      if (!isUnsaved || taken.current || current.pathname === next.pathname || saving.busy) return false;
      const leaves = await confirm({
        title: t('editor.leave.title'),
        text: t('editor.leave.text'),
        confirmLabel: t('editor.leave.confirm'),
        danger: true,
      });
      // Whoever leaves on purpose is not asked again when he comes back.
      if (leaves) await store.forget(user, keptAs);
      return !leaves;
    },
    enableBeforeUnload: () => isUnsaved,
  });
  const mayLeaveText = async (): Promise<boolean> => {
    if (kept === null) return true;
    const draft = namedDraftOf(kept, net.name);
    if (draft !== null) {
      editor.run({ type: 'replace', net: draft }, 'text');
      setKept(null);
      return true;
    }
    const leaves = await confirm({
      title: t('editor.text.leaveTitle'),
      text: t('editor.text.leaveText'),
      confirmLabel: t('editor.text.giveUp'),
      danger: true,
    });
    if (leaves) setKept(null);
    return leaves;
  };
  const show = async (next: EditorView) => {
    if (next === view || !(await mayLeaveText())) return;
    onView(next);
  };
  const openPanel = () => {
    const field = panel.current?.querySelector<HTMLElement>('input:not(:disabled), textarea, select');
    (field ?? panel.current)?.focus();
    if (field instanceof HTMLInputElement) field.select();
  };
  const backToView = () =>
    views.current?.querySelector<HTMLElement>('.react-flow[tabindex], [role="tree"]')?.focus();
  // The panel shows the new unit once it has been drawn.
  const actions = useEditorActions(editor, () => requestAnimationFrame(openPanel));
  const maySave = !readOnly && changed && kept === null && editor.judged && editor.issues.length === 0;
  useEditorKeys({
    editor,
    actions,
    ofUnits: view !== 'starts',
    onSave: () => maySave && saving.ask(),
    onRename: openPanel,
  });
  useShortcuts({ '?': () => setHelp(true) });
  const discard = async () => {
    const sure = await confirm({
      title: t('editor.discard.title'),
      text: t('editor.discard.text'),
      confirmLabel: t('editor.discard.confirm'),
      danger: true,
    });
    if (sure) saving.discard();
  };
  return (
    <Page
      fill
      title={
        session !== undefined
          ? t('editor.session.title', { id: session.id, net: net.name })
          : base === null
            ? t('editor.newTitle', { net: net.name })
            : t('edit.title', { net: net.name })
      }
      description={
        readOnly
          ? t('editor.readOnly')
          : base === null
            ? t('editor.isNew')
            : t('editor.basedOn', { revision: base.revision })
      }
      actions={
        <>
          {isUnsaved && (
            <Text size="sm" c="dimmed" role="status">
              {t('form.unsaved')}
            </Text>
          )}
          <ShortcutHelp
            opened={help}
            onOpen={() => setHelp(true)}
            onClose={() => setHelp(false)}
            keys={helpKeys.map(([keys, text]) => [keys, t(`editor.help.${text}`)])}
          />
          {session !== undefined && (
            <Button
              variant="default"
              renderRoot={(props: object) => (
                <Link to="/sessions/$id" params={{ id: String(session.id) }} {...props} />
              )}
            >
              {t('editor.session.toSession')}
            </Button>
          )}
          {base !== null && session === undefined && (
            <Button
              variant="default"
              renderRoot={(props: object) => <Link to="/net/$name" params={{ name: net.name }} {...props} />}
            >
              {t('editor.toNet')}
            </Button>
          )}
          {!readOnly && (
            <>
              {base !== null && (
                <Button variant="default" disabled={!isUnsaved} onClick={() => void discard()}>
                  {t('form.discard')}
                </Button>
              )}
              <Button
                leftSection={<IconDeviceFloppy size={15} aria-hidden="true" />}
                disabled={!maySave}
                onClick={saving.ask}
                title={editor.issues.length > 0 ? t('editor.save.notYet') : undefined}
              >
                {t(session === undefined ? 'editor.save.action' : 'editor.session.action')}
              </Button>
            </>
          )}
        </>
      }
    >
      <EditingBanner others={others} user={user} />
      {saving.newer !== null && changed && (
        <Alert color="yellow" icon={<IconUsers aria-hidden="true" />} p="xs" role="alert">
          <Group gap="sm">
            <Text size="sm">
              {t('editor.conflict.newer', {
                user: saving.newer.updatedBy,
                revision: saving.newer.revision,
              })}
            </Text>
            <Button size="compact-xs" variant="default" onClick={() => void saving.compare()}>
              {t('editor.conflict.compare')}
            </Button>
          </Group>
        </Alert>
      )}
      {!saving.asking && saving.error !== null && <ErrorState error={saving.error} />}
      {!readOnly && (
        <EditorToolbar
          editor={editor}
          actions={actions}
          ofUnits={view !== 'starts'}
          inGraph={view === 'graph'}
          boxing={boxing}
          onBoxing={() => setBoxing(!boxing)}
        />
      )}
      <Tabs
        value={view}
        onChange={(value) => void show(editorViews.find((each) => each === value) ?? 'graph')}
        keepMounted={false}
        className="nz-fill-tabs"
      >
        <TabList active={view}>
          {editorViews.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {t(`editor.view.${value}`)}
            </Tabs.Tab>
          ))}
        </TabList>
        <div className="nz-editor-body">
          <div className="nz-editor-main" ref={views}>
            <Tabs.Panel value="graph" className="nz-fill-panel">
              <Breadcrumb editor={editor} />
              <Suspense fallback={<ListSkeleton />}>
                <EditorGraph editor={editor} actions={actions} boxing={boxing} onOpenPanel={openPanel} />
              </Suspense>
            </Tabs.Panel>
            <Tabs.Panel value="tree" className="nz-fill-panel">
              <TreeEditor editor={editor} onOpenPanel={openPanel} onAdd={() => actions.add('command')} />
            </Tabs.Panel>
            <Tabs.Panel value="table" className="nz-fill-panel">
              <TableEditor editor={editor} />
            </Tabs.Panel>
            <Tabs.Panel value="starts" className="nz-fill-panel">
              <StartsView editor={editor} now={now} />
            </Tabs.Panel>
            <Tabs.Panel value="yaml" className="nz-fill-panel">
              <TextView editor={editor} kept={kept} onKeep={setKept} />
            </Tabs.Panel>
          </div>
          {(view === 'graph' || view === 'tree') && (
            <PropertiesPanel
              editor={editor}
              ref={panel}
              onLeave={backToView}
              onStarts={() => void show('starts')}
            />
          )}
        </div>
      </Tabs>
      {/* Of text that is no draft, the problems stand above it. */}
      {kept === null && <IssueBar editor={editor} />}
      {saving.asking && session !== undefined && base !== null && (
        <TakeDialog
          sessionId={session.id}
          net={net}
          base={base}
          onTaken={() => {
            taken.current = true;
            void store.forget(user, keptAs).then(session.onTaken);
          }}
          onClose={saving.stopAsking}
        />
      )}
      {saving.asking && session === undefined && (
        <SaveDialog
          net={net}
          base={base}
          clashes={saving.clashes}
          busy={saving.busy}
          error={saving.error}
          onSave={(reason) => void saving.save(reason)}
          onClose={saving.stopAsking}
        />
      )}
      {saving.theirs !== 'none' && base !== null && (
        <ConflictDialog
          mine={net}
          base={base}
          theirs={saving.theirs}
          onMerge={saving.merge}
          onTheirs={saving.takeTheirs}
          onMine={saving.keepMine}
          onClose={saving.closeConflict}
        />
      )}
    </Page>
  );
};

const helpKeys = [
  [['←', '→', '↑', '↓'], 'walk'],
  [['Shift', '←→↑↓'], 'extend'],
  [['Alt', '←→↑↓'], 'move'],
  [['Enter'], 'properties'],
  [['Ctrl', 'Enter'], 'enter'],
  [['Esc'], 'leave'],
  [['N'], 'add'],
  [['C'], 'connect'],
  [['F2'], 'rename'],
  [['Delete'], 'delete'],
  [['Ctrl', 'Z'], 'undo'],
  [['Ctrl', 'Y'], 'redo'],
  [['Ctrl', 'X / C / V'], 'clipboard'],
  [['Ctrl', 'D'], 'duplicate'],
  [['Ctrl', 'A'], 'all'],
  [['Ctrl', 'G'], 'group'],
  [['Ctrl', 'Shift', 'G'], 'dissolve'],
  [['Ctrl', 'Shift', 'L'], 'arrange'],
  [['+', '−', '0', '1'], 'zoom'],
  [['Ctrl', 'S'], 'save'],
] as const;

/** The nets around what is shown, the outermost first. */
const Breadcrumb = ({ editor }: { readonly editor: Editor }) => {
  const { t } = useTranslation();
  const { inside, net } = editor.state;
  const names = inside === null ? [] : inside.split('/');
  return (
    <nav className="nz-editor-crumbs" aria-label={t('editor.crumbs')}>
      {[null, ...names].map((name, index) => {
        const path = index === 0 ? null : names.slice(0, index).join('/');
        return (
          <span key={path ?? ''}>
            {index > 0 && <span aria-hidden="true"> › </span>}
            {path === inside ? (
              <strong aria-current="page">{name ?? net.name}</strong>
            ) : (
              <Anchor
                component="button"
                type="button"
                size="sm"
                onClick={() => editor.dispatch({ type: 'enter', inside: path })}
              >
                {name ?? net.name}
              </Anchor>
            )}
          </span>
        );
      })}
    </nav>
  );
};
