// The draft as YAML text. While the text has the form of a net it is the draft; what has not yet stays here, with what is wrong at its line, until it is
// right or given up. Called by net-editor.tsx.
import { Alert, Button, Group, Text } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IssueList } from '../../../../components/issue-list.tsx';
import { YamlEditor, type YamlEditorHandle } from '../../yaml-editor.tsx';
import type { DraftNet } from '../model/draft-net.ts';
import { draftOfText, textOfDraft } from '../model/net-text.ts';
import type { Editor } from '../use-editor.ts';

/** After the last key; reading a large text takes a moment. */
const readDelayMs = 300;

/** The name is the net's address: a text cannot change it. */
export const namedDraftOf = (text: string, name: string): DraftNet | null => {
  const { net } = draftOfText(text);
  return net === null ? null : { ...net, name };
};

type Props = {
  readonly editor: Editor;
  /** Text that is no draft yet, or not yet read; null: none. */
  readonly kept: string | null;
  readonly onKeep: (text: string | null) => void;
};

export const TextView = ({ editor, kept, onKeep }: Props) => {
  const { t } = useTranslation();
  const { state, run, readOnly } = editor;
  const handle = useRef<YamlEditorHandle>(null);
  const standing = useMemo(() => textOfDraft(state.net), [state.net]);
  const [text, setText] = useState(kept ?? standing);
  /** The draft that this text last became: its own canonical form must not overwrite what is typed. */
  const own = useRef(state.net);
  const read = useMemo(() => draftOfText(text), [text]);
  useEffect(() => {
    if (state.net === own.current) return;
    own.current = state.net;
    setText(textOfDraft(state.net));
    onKeep(null);
    // Another draft, by undo or by a choice above: the text follows.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [state.net]);
  useEffect(() => {
    if (kept === null || readOnly) return undefined;
    const timer = setTimeout(() => {
      const named = namedDraftOf(kept, state.net.name);
      if (named === null) return;
      onKeep(null);
      if (textOfDraft(named) === standing) return;
      own.current = named;
      run({ type: 'replace', net: named }, 'text');
    }, readDelayMs);
    return () => clearTimeout(timer);
    // The text alone is what is waited for.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [kept]);
  const giveUp = () => {
    setText(standing);
    onKeep(null);
  };
  const isNoDraft = read.net === null;
  return (
    <div className="nz-editor-text-view">
      {read.issues.length > 0 && (
        <Alert
          color={isNoDraft ? 'red' : 'yellow'}
          title={t(isNoDraft ? 'editor.text.noDraft' : 'editor.text.issues')}
          id="nz-text-issues"
        >
          <IssueList
            issues={read.issues}
            onGo={(issue) => issue.line !== undefined && handle.current?.goTo(issue.line, issue.column)}
          />
          {isNoDraft && (
            <Group mt="xs">
              <Button size="compact-xs" variant="default" onClick={giveUp}>
                {t('editor.text.giveUp')}
              </Button>
            </Group>
          )}
        </Alert>
      )}
      <YamlEditor
        ref={handle}
        value={text}
        onChange={(next) => {
          if (readOnly) return;
          setText(next);
          onKeep(next);
        }}
        issues={read.issues}
        describedBy="nz-text-issues"
      />
      <Text size="xs" c="dimmed">
        {t('editor.text.hint')}
      </Text>
    </div>
  );
};
