// The row of buttons above the views: add, steps back and forth, clipboard, nesting, aligning. Each has its key in the help. Called by net-editor.tsx.
import { ActionIcon, Button, Divider, Group, Menu } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBoxMultiple,
  IconClipboard,
  IconCopy,
  IconCopyPlus,
  IconCut,
  IconHandStop,
  IconLayoutAlignLeft,
  IconLayoutDistributeHorizontal,
  IconPackage,
  IconPackageExport,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { UnitTypeIcon } from '../unit-type-icon.tsx';
import { alignments } from './model/align.ts';
import { nameOf } from './model/draft-net.ts';
import type { EditorActions } from './use-editor-actions.ts';
import type { Editor } from './use-editor.ts';
import { knownType, typeWord } from './words.ts';

type Props = {
  readonly editor: Editor;
  readonly actions: EditorActions;
  /** A view of units is shown; else of the net itself, where what is chosen among them is not seen. */
  readonly ofUnits: boolean;
  /** The graph is shown: aligning and boxing have a meaning. */
  readonly inGraph: boolean;
  readonly boxing: boolean;
  readonly onBoxing: () => void;
};

export const EditorToolbar = ({ editor, actions, ofUnits, inGraph, boxing, onBoxing }: Props) => {
  const { t } = useTranslation();
  const { history, dispatch, state, forms } = editor;
  const { selection } = state;
  const some = selection.length > 0;
  const last = history.past.at(-1);
  const next = history.future[0];
  return (
    <Group gap={4} className="nz-editor-toolbar" role="toolbar" aria-label={t('editor.toolbar.label')}>
      {ofUnits && (
        <>
          <Menu position="bottom-start">
            <Menu.Target>
              <Button size="xs" leftSection={<IconPlus size={14} aria-hidden="true" />}>
                {t('editor.toolbar.add')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>
                {actions.anchor === null
                  ? t('editor.toolbar.addFree')
                  : t('editor.toolbar.addAfter', { unit: nameOf(actions.anchor) })}
              </Menu.Label>
              {[...forms.keys()].map((type) => (
                <Menu.Item
                  key={type}
                  leftSection={<UnitTypeIcon type={knownType(type)} size={15} />}
                  onClick={() => actions.add(type)}
                >
                  {typeWord(t, type)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          <Divider orientation="vertical" mx={4} />
        </>
      )}
      <Tool
        label={
          last === undefined
            ? t('editor.toolbar.undo')
            : t('editor.toolbar.undoOf', { what: t(`editor.step.${last.label}`) })
        }
        keys="Ctrl+Z"
        icon={<IconArrowBackUp size={16} />}
        disabled={last === undefined}
        onClick={() => dispatch({ type: 'undo' })}
      />
      <Tool
        label={
          next === undefined
            ? t('editor.toolbar.redo')
            : t('editor.toolbar.redoOf', { what: t(`editor.step.${next.label}`) })
        }
        keys="Ctrl+Y"
        icon={<IconArrowForwardUp size={16} />}
        disabled={next === undefined}
        onClick={() => dispatch({ type: 'redo' })}
      />
      {ofUnits && (
        <>
          <Divider orientation="vertical" mx={4} />
          <Tool
            label={t('editor.toolbar.cut')}
            keys="Ctrl+X"
            icon={<IconCut size={16} />}
            disabled={!some}
            onClick={() => void actions.cut()}
          />
          <Tool
            label={t('editor.toolbar.copy')}
            keys="Ctrl+C"
            icon={<IconCopy size={16} />}
            disabled={!some}
            onClick={() => void actions.copy()}
          />
          <Tool
            label={t('editor.toolbar.paste')}
            keys="Ctrl+V"
            icon={<IconClipboard size={16} />}
            onClick={() => void actions.paste()}
          />
          <Tool
            label={t('editor.toolbar.duplicate')}
            keys="Ctrl+D"
            icon={<IconCopyPlus size={16} />}
            disabled={actions.beside === 0}
            onClick={actions.duplicate}
          />
          <Tool
            label={t('editor.toolbar.delete')}
            keys="Delete"
            icon={<IconTrash size={16} />}
            disabled={!some && state.edge === null}
            onClick={actions.remove}
          />
          <Divider orientation="vertical" mx={4} />
          <Tool
            label={t('editor.toolbar.group')}
            keys="Ctrl+G"
            icon={<IconPackage size={16} />}
            disabled={!some}
            onClick={actions.group}
          />
          <Tool
            label={t('editor.toolbar.dissolve')}
            keys="Ctrl+Shift+G"
            icon={<IconPackageExport size={16} />}
            disabled={!actions.hasNet}
            onClick={actions.dissolve}
          />
        </>
      )}
      {inGraph && (
        <>
          <Divider orientation="vertical" mx={4} />
          <Menu position="bottom-start">
            <Menu.Target>
              <ActionIcon
                variant="default"
                size={30}
                disabled={actions.beside < 2}
                aria-label={t('editor.toolbar.align')}
                title={t('editor.toolbar.align')}
              >
                <IconLayoutAlignLeft size={16} aria-hidden="true" />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {alignments.map((how) => (
                <Menu.Item key={how} onClick={() => actions.align(how)}>
                  {t(`editor.align.${how}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          <Tool
            label={t('editor.toolbar.arrange')}
            keys="Ctrl+Shift+L"
            icon={<IconLayoutDistributeHorizontal size={16} />}
            disabled={!editor.level.placed}
            onClick={actions.arrange}
          />
          <ActionIcon
            variant={boxing ? 'filled' : 'default'}
            size={30}
            aria-pressed={boxing}
            onClick={onBoxing}
            aria-label={t('editor.toolbar.boxing')}
            title={t('editor.toolbar.boxing')}
          >
            {boxing ? (
              <IconBoxMultiple size={16} aria-hidden="true" />
            ) : (
              <IconHandStop size={16} aria-hidden="true" />
            )}
          </ActionIcon>
        </>
      )}
    </Group>
  );
};

type ToolProps = {
  readonly label: string;
  readonly keys: string;
  readonly icon: ReactNode;
  readonly disabled?: boolean;
  readonly onClick: () => void;
};

const Tool = ({ label, keys, icon, disabled = false, onClick }: ToolProps) => (
  <ActionIcon
    variant="default"
    size={30}
    disabled={disabled}
    onClick={onClick}
    aria-label={label}
    title={`${label} (${keys})`}
  >
    {icon}
  </ActionIcon>
);
