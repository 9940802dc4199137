// The page of a net that is not there: if it was deleted, its history, from which it can be brought back. Called by net-page.tsx.
import { Alert } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../../app/backend.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { ListSkeleton } from '../../../components/query-list.tsx';
import { NetVersions } from './net-versions.tsx';

type Props = {
  readonly net: string;
  /** Why the net could not be shown. */
  readonly error: Error;
  readonly onRetry: () => void;
};

export const DeletedNet = ({ net, error, onRetry }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const history = useInfiniteQuery(queries.netRevisions(net));
  if (history.data !== undefined)
    return (
      <>
        <Alert color="yellow" mb="md">
          {t('netVersions.deletedNet')}
        </Alert>
        <NetVersions net={net} />
      </>
    );
  return history.error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={onRetry} />;
};
