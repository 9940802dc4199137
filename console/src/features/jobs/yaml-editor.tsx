// A plain editor for YAML: line numbers, lines with errors marked, and a way to go to a place. No heavy editor: what matters is the check
// by the manager, with path and line.
import { useImperativeHandle, useMemo, useRef, useState, type Ref } from 'react';
import { useTranslation } from 'react-i18next';
import type { Issue } from '@nezuban/protocol/errors';
import { sentenceIn } from '@nezuban/protocol/sentences/sentence';

const lineHeight = 20;

export type YamlEditorHandle = { readonly goTo: (line: number, column?: number) => void };

type Props = {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly issues: readonly Issue[];
  readonly ref?: Ref<YamlEditorHandle>;
  readonly describedBy?: string;
};

export const YamlEditor = ({ value, onChange, issues, ref, describedBy }: Props) => {
  const { t, i18n } = useTranslation();
  const area = useRef<HTMLTextAreaElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const lineCount = useMemo(() => value.split('\n').length, [value]);
  const messages = useMemo(
    () =>
      new Map(
        issues
          .filter(({ line }) => line !== undefined)
          .map((issue) => [issue.line, sentenceIn(issue, i18n.language)]),
      ),
    [issues, i18n.language],
  );
  useImperativeHandle(ref, () => ({
    goTo: (line, column = 1) => {
      const element = area.current;
      if (element === null) return;
      const lines = value.split('\n');
      const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
      element.focus();
      element.setSelectionRange(start + column - 1, start + (lines[line - 1]?.length ?? 0));
      element.scrollTop = Math.max(0, (line - 5) * lineHeight);
    },
  }));
  return (
    <div className="nz-editor" data-invalid={issues.length > 0 || undefined}>
      <div className="nz-editor-gutter" aria-hidden="true">
        <div style={{ transform: `translateY(${-scrollTop}px)` }}>
          {Array.from({ length: lineCount }, (_, index) => (
            <div
              key={index}
              className={messages.has(index + 1) ? 'nz-editor-line nz-editor-bad' : 'nz-editor-line'}
              title={messages.get(index + 1)}
            >
              {index + 1}
            </div>
          ))}
        </div>
      </div>
      <textarea
        ref={area}
        className="nz-editor-text"
        aria-label={t('edit.text')}
        aria-invalid={issues.length > 0}
        aria-describedby={describedBy}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        wrap="off"
      />
    </div>
  );
};
