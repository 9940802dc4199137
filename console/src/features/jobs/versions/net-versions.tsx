// The history of a net's definition: its revisions with author and reason, its releases, and the difference of two that were chosen.
// Called by net-page.tsx.
import { useNavigate, useSearch } from '@tanstack/react-router';
import './versions.css';
import { ReleaseList } from './release-list.tsx';
import { RevisionDifference } from './revision-difference.tsx';
import { RevisionList } from './revision-list.tsx';

export const NetVersions = ({ net }: { readonly net: string }) => {
  const { base, rev } = useSearch({ from: '/gate/net/$name' });
  const navigate = useNavigate({ from: '/net/$name' });
  if (rev !== undefined)
    return (
      <RevisionDifference
        key={`${base ?? ''} ${rev}`}
        net={net}
        from={base}
        to={rev}
        onClose={() => void navigate({ search: { tab: 'versions' } })}
      />
    );
  return (
    <div className="nz-versions">
      <ReleaseList net={net} />
      <RevisionList
        net={net}
        onCompare={(a, b) => void navigate({ search: { tab: 'versions', base: a, rev: b } })}
      />
    </div>
  );
};
