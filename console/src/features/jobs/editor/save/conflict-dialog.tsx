// Somebody else has saved the net meanwhile: what they changed and what I have, and the choice. Called by net-editor.tsx.
import { Button, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DraftNet } from '../model/draft-net.ts';
import type { Base, Theirs } from './base.ts';
import { Changes } from './changes.tsx';

type Props = {
  readonly mine: DraftNet;
  readonly base: Base;
  readonly theirs: Theirs;
  /** Puts my changes on top of theirs. */
  readonly onMerge: () => void;
  /** Drops mine. */
  readonly onTheirs: () => void;
  /** Makes mine the next version as it is, without their change. */
  readonly onMine: () => void;
  readonly onClose: () => void;
};

const shown = ['theirs', 'mine', 'both'] as const;

export const ConflictDialog = ({ mine, base, theirs, onMerge, onTheirs, onMine, onClose }: Props) => {
  const { t } = useTranslation();
  const [what, setWhat] = useState<(typeof shown)[number]>('theirs');
  const was = t('netVersions.revision', { revision: base.revision });
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('editor.conflict.title')}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      <Stack gap="sm">
        {theirs === null ? (
          <Text size="sm">{t('editor.conflict.deleted')}</Text>
        ) : (
          <>
            <Text size="sm">
              {t('editor.conflict.text', { user: theirs.user, revision: theirs.base.revision })}
            </Text>
            <SegmentedControl
              size="xs"
              value={what}
              onChange={(value) => setWhat(shown.find((each) => each === value) ?? 'theirs')}
              data={shown.map((value) => ({ value, label: t(`editor.conflict.show.${value}`) }))}
              aria-label={t('editor.conflict.compare')}
            />
            {what === 'theirs' && (
              <Changes
                before={base.net}
                after={theirs.base.net}
                titles={[was, t('netVersions.revision', { revision: theirs.base.revision })]}
              />
            )}
            {what === 'mine' && (
              <Changes before={base.net} after={mine} titles={[was, t('editor.save.mine')]} />
            )}
            {what === 'both' && (
              <Changes
                before={theirs.base.net}
                after={mine}
                titles={[
                  t('netVersions.revision', { revision: theirs.base.revision }),
                  t('editor.save.mine'),
                ]}
              />
            )}
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('editor.conflict.later')}
          </Button>
          <Button variant="default" color="red" onClick={onTheirs}>
            {t(theirs === null ? 'editor.conflict.giveUp' : 'editor.conflict.theirs')}
          </Button>
          <Button variant={theirs === null ? 'filled' : 'default'} onClick={onMine}>
            {t(theirs === null ? 'editor.conflict.again' : 'editor.conflict.mine')}
          </Button>
          {theirs !== null && <Button onClick={onMerge}>{t('editor.conflict.merge')}</Button>}
        </Group>
      </Stack>
    </Modal>
  );
};
