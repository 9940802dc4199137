// Picks a folder of job nets or a scope, by name; one that does not exist yet may be typed.
import { Autocomplete } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';

type Props = {
  readonly kind: 'folder' | 'scope';
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | undefined;
  readonly disabled?: boolean;
};

/** A drop-down of thousands helps nobody; typing narrows it. */
const shownMax = 100;

export const PlacePicker = ({ kind, value, onChange, error, disabled = false }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const folders = useQuery({ ...queries.netFolders(), enabled: kind === 'folder' });
  const scopes = useInfiniteQuery({ ...queries.scopes(), enabled: kind === 'scope' });
  const names =
    kind === 'folder'
      ? (folders.data?.items.map(({ folder }) => folder) ?? [])
      : (scopes.data?.pages.flatMap((page) => page.items.map(({ name }) => String(name))) ?? []);
  return (
    <Autocomplete
      label={t(`admin.grant.${kind}Label`)}
      description={t(`admin.grant.${kind}Hint`)}
      value={value}
      onChange={onChange}
      data={names}
      limit={shownMax}
      error={error}
      disabled={disabled}
      maw={420}
    />
  );
};
