// What the map shows: all nets that are related, those of a folder, or those around one net.
import { Autocomplete, CloseButton, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../../app/backend.tsx';

const searchDelayMs = 250;
/** Nets that are offered while a name is typed. */
const offeredMax = 50;

type Choice = { readonly net: string | undefined; readonly folder: string | undefined };
type Props = Choice & { readonly onChange: (choice: Choice) => void };

export const NetMapChoice = ({ net, folder, onChange }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const [typed, setTyped] = useState({ net, text: net ?? '' });
  // Another net in the middle: what was typed for the one before is over.
  const text = typed.net === net ? typed.text : (net ?? '');
  const setText = (next: string) => setTyped({ net, text: next });
  const [wanted] = useDebouncedValue(text.trim(), searchDelayMs);
  const { data: nets } = useInfiniteQuery(queries.nets(wanted === '' ? {} : { q: wanted }, offeredMax));
  const { data: folders } = useQuery(queries.netFolders());
  const choose = (name: string) => onChange({ net: name === '' ? undefined : name, folder: undefined });
  return (
    <>
      <Autocomplete
        label={t('netMap.around')}
        placeholder={t('netMap.all')}
        value={text}
        onChange={setText}
        onOptionSubmit={choose}
        onKeyDown={(event) => {
          if (event.key === 'Enter') choose(text.trim());
        }}
        data={nets?.pages[0]?.items.map(({ name }) => String(name)) ?? []}
        limit={offeredMax}
        maxDropdownHeight={240}
        w={{ base: '100%', xs: 320 }}
        rightSection={
          net === undefined ? null : (
            <CloseButton size="sm" aria-label={t('netMap.showAll')} onClick={() => choose('')} />
          )
        }
      />
      {net === undefined && (
        <Select
          label={t('netMap.folder')}
          placeholder={t('nets.allFolders')}
          value={folder ?? null}
          onChange={(chosen) => onChange({ net: undefined, folder: chosen ?? undefined })}
          data={folders?.items.map((each) => each.folder) ?? []}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('nets.allFolders') }}
          w={{ base: '100%', xs: 240 }}
        />
      )}
    </>
  );
};
