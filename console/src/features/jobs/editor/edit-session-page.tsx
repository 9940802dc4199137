// The page that edits the definition of one suspended session: the editor of job nets, which begins with what the session runs and ends with its
// taking it. The job net itself stays as it is.
import { Alert, Button, Text } from '@mantine/core';
import { IconPlayerPause } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../../app/backend.tsx';
import { useMayOnNet } from '../../../app/use-may.ts';
import { ErrorState } from '../../../components/error-state.tsx';
import { Page } from '../../../components/page.tsx';
import { ListSkeleton } from '../../../components/query-list.tsx';
import { KeptOrStored } from './edit-pages.tsx';
import { draftOf } from './model/draft-net.ts';
import type { Base } from './save/base.ts';

export const EditSessionPage = () => {
  const { t } = useTranslation();
  const { id: rawId } = useParams({ from: '/gate/sessions/$id/edit' });
  const { view = 'graph' } = useSearch({ from: '/gate/sessions/$id/edit' });
  const id = Number(rawId);
  const { api, queries } = useBackend();
  const navigate = useNavigate();
  const session = useQuery(queries.session(id));
  const detail = session.data?.detail;
  const { net = '', netRevision } = detail ?? {};
  const isSuspended = detail?.paused?.kind === 'suspended';
  const mayWrite = useMayOnNet('nets.write', net);
  const revision = useQuery({
    queryKey: ['netRevision', net, netRevision ?? 0] as const,
    queryFn: async ({ signal }) =>
      await api.call('getNetRevision', { params: { name: net, revision: netRevision ?? 0 } }, signal),
    enabled: netRevision !== undefined && isSuspended,
  });
  // What was loaded first stays the base.
  const [first, setFirst] = useState<Base | null>(null);
  if (first === null && revision.data !== undefined)
    setFirst({ net: draftOf(revision.data.definition), revision: revision.data.revision });
  const title = t('editor.session.title', { id: rawId, net });
  const error = session.error ?? revision.error;
  // Whoever has begun keeps his work, though somebody releases the session: applying it is refused then.
  if (detail !== undefined && first === null && !isSuspended)
    return (
      <Page title={title}>
        <Alert
          color="yellow"
          icon={<IconPlayerPause aria-hidden="true" />}
          title={t('editor.session.notSuspended')}
        >
          <Text size="sm" mb="xs">
            {t('editor.session.suspendFirst')}
          </Text>
          <Button
            size="xs"
            variant="default"
            renderRoot={(props: object) => <Link to="/sessions/$id" params={{ id: rawId }} {...props} />}
          >
            {t('editor.session.toSession')}
          </Button>
        </Alert>
      </Page>
    );
  if (detail === undefined || first === null)
    return (
      <Page title={title}>
        {error === null ? (
          <ListSkeleton />
        ) : (
          <ErrorState error={error} onRetry={() => void session.refetch()} />
        )}
      </Page>
    );
  return (
    <KeptOrStored
      title={title}
      // No net has such a name.
      net={`session ${id}`}
      stored={{ initial: first.net, base: first }}
      readOnly={!mayWrite}
      view={view}
      session={{
        id,
        onTaken: () => void navigate({ to: '/sessions/$id', params: { id: rawId } }),
      }}
    />
  );
};
