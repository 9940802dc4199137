// The graph of a net's definition: a unit that is chosen is explained beside it, and who may write the net can arrange it.
// Called by net-page.tsx.
import { Button } from '@mantine/core';
import { IconArrowsMove } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetDetail } from '@nezuban/protocol/api/jobs-operations';
import { useMayOnNet } from '../../app/use-may.ts';
import { ListSkeleton } from '../../components/query-list.tsx';
import { ArrangeNet } from './arrange-net.tsx';
import { UnitDefinitionPanel } from './unit-definition-panel.tsx';
import { useDefinitionUnits } from './use-definition-units.ts';

const NetGraph = lazy(async () => ({ default: (await import('./graph/net-graph.tsx')).NetGraph }));

type Props = { readonly net: NetDetail };

export const DefinitionGraph = ({ net }: Props) => {
  const { t } = useTranslation();
  const mayWrite = useMayOnNet('nets.write', net.name);
  const [arranging, setArranging] = useState(false);
  if (arranging) return <ArrangeNet net={net} onDone={() => setArranging(false)} />;
  return (
    <div className="nz-session">
      <Picture key={net.revision} net={net} />
      {mayWrite && (
        <Button
          size="xs"
          variant="default"
          className="nz-graph-arrange"
          leftSection={<IconArrowsMove size={15} aria-hidden="true" />}
          onClick={() => setArranging(true)}
        >
          {t('net.arrange.start')}
        </Button>
      )}
    </div>
  );
};

const Picture = ({ net }: Props) => {
  const { t } = useTranslation();
  const [selected, setSelected] = useState<string | null>(null);
  const units = useDefinitionUnits(net.definition);
  const unit = units.find(({ path }) => path === selected);
  return (
    <>
      <div className="nz-session-main">
        <Suspense fallback={<ListSkeleton />}>
          <NetGraph
            units={units}
            label={t('net.graph', { net: net.name })}
            selected={selected}
            onSelect={setSelected}
          />
        </Suspense>
      </div>
      {unit !== undefined && (
        <aside className="nz-session-side">
          <UnitDefinitionPanel
            unit={unit.definition}
            path={unit.path}
            net={net.name}
            onClose={() => setSelected(null)}
          />
        </aside>
      )}
    </>
  );
};
