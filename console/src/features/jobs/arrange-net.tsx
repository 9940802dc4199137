// Where the units of a net stand, changed by hand and stored with its definition. Saves only over the version that was seen.
// Called by definition-graph.tsx for who may write this net.
import { Button, Group, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconArrowBackUp, IconArrowForwardUp, IconLayoutDistributeHorizontal } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetDetail } from '@nezuban/protocol/api/jobs-operations';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { FormBar } from '../../components/form-bar.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { useVersionedForm } from '../../components/use-versioned-form.ts';
import { applyPositions, moveUnit, positionsOf, type Positions } from './layout/positions.ts';
import { useDefinitionUnits } from './use-definition-units.ts';

const NetGraph = lazy(async () => ({ default: (await import('./graph/net-graph.tsx')).NetGraph }));

/** Steps that can be undone; older ones are forgotten. */
const undoStepsMax = 200;

type Steps = { readonly past: readonly Positions[]; readonly future: readonly Positions[] };
const noSteps: Steps = { past: [], future: [] };

type Props = { readonly net: NetDetail; readonly onDone: () => void };

export const ArrangeNet = ({ net, onDone }: Props) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const [selected, setSelected] = useState<string | null>(null);
  const [steps, setSteps] = useState(noSteps);
  const form = useVersionedForm<Positions>({
    loaded: { draft: positionsOf(net.definition), revision: net.revision },
    save: async (draft, over) => {
      const saved = await api.call('putNet', {
        params: { name: net.name },
        body: applyPositions(net.definition, draft),
        ifMatch: etagOf(over ?? net.revision),
      });
      await client.invalidateQueries({ queryKey: ['net', net.name] });
      return { draft: positionsOf(saved.definition), revision: saved.revision };
    },
    reload: () => client.refetchQueries({ queryKey: ['net', net.name] }),
  });
  const { draft } = form;
  const definition = useMemo(() => applyPositions(net.definition, draft), [net.definition, draft]);
  const units = useDefinitionUnits(definition);
  const change = (next: Positions) => {
    if (JSON.stringify(next) === JSON.stringify(draft)) return;
    setSteps({ past: [...steps.past, draft].slice(-undoStepsMax), future: [] });
    form.change(next);
  };
  const undo = () => {
    const before = steps.past.at(-1);
    if (before === undefined) return;
    setSteps({ past: steps.past.slice(0, -1), future: [draft, ...steps.future] });
    form.change(before);
  };
  const redo = () => {
    const [after, ...future] = steps.future;
    if (after === undefined) return;
    setSteps({ past: [...steps.past, draft], future });
    form.change(after);
  };
  useHotkeys([
    ['mod+Z', undo],
    ['mod+shift+Z', redo],
    ['mod+Y', redo],
  ]);
  const cancel = async () => {
    const leaves =
      !form.changed ||
      (await confirm({
        title: t('form.leave.title'),
        text: t('form.leave.text'),
        confirmLabel: t('form.leave.confirm'),
        danger: true,
      }));
    if (leaves) onDone();
  };
  const reset = () => {
    setSteps(noSteps);
    form.reset();
  };
  return (
    <div className="nz-arrange">
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArrowBackUp size={15} aria-hidden="true" />}
          disabled={steps.past.length === 0}
          onClick={undo}
        >
          {t('net.arrange.undo')}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArrowForwardUp size={15} aria-hidden="true" />}
          disabled={steps.future.length === 0}
          onClick={redo}
        >
          {t('net.arrange.redo')}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconLayoutDistributeHorizontal size={15} aria-hidden="true" />}
          disabled={Object.keys(draft).length === 0}
          onClick={() => change({})}
        >
          {t('net.arrange.anew')}
        </Button>
        <Text size="sm" c="dimmed">
          {t('net.arrange.hint')}
        </Text>
      </Group>
      <div className="nz-session-main">
        <Suspense fallback={<ListSkeleton />}>
          <NetGraph
            units={units}
            label={t('net.graph', { net: net.name })}
            selected={selected}
            onSelect={setSelected}
            onMove={(path, to) => change(moveUnit(units, draft, { path, to }))}
          />
        </Suspense>
      </div>
      <FormBar
        form={{ ...form, reset }}
        changedBy={net.updatedBy}
        onSaved={onDone}
        onCancel={() => void cancel()}
      />
    </div>
  );
};
