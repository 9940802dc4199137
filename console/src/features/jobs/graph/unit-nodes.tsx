// The two kinds of nodes in the picture of a net. Drawn thousands of times: plain elements, no component library inside.
import { Handle, Position, type NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { IconHierarchy3 } from '@tabler/icons-react';
import { StatusIcon } from '../../../components/status-icon.tsx';
import { Elapsed } from '../../../components/times.tsx';
import { hasOwnSign, UnitTypeIcon } from '../unit-type-icon.tsx';
import type { UnitNode } from './graph-model.ts';

const Handles = () => (
  <>
    <Handle type="target" position={Position.Left} isConnectable={false} />
    <Handle type="source" position={Position.Right} isConnectable={false} />
  </>
);

export const CommandNode = memo(({ data: { unit }, selected }: NodeProps<UnitNode>) => {
  const { t } = useTranslation();
  const { status } = unit;
  return (
    <div className="nz-node" data-tone={status?.tone ?? 'none'} data-selected={selected || undefined}>
      <Handles />
      <span className="nz-node-icon">
        {status === null ? (
          <UnitTypeIcon type={unit.type} size={16} />
        ) : (
          <StatusIcon name={status.icon} size={18} />
        )}
      </span>
      <span className="nz-node-text">
        <span className="nz-node-name">{unit.title ?? unit.name}</span>
        <span className="nz-node-line">
          {status !== null && hasOwnSign(unit.type) && (
            <span className="nz-node-sign">
              <UnitTypeIcon type={unit.type} size={12} />
            </span>
          )}
          {status === null ? (
            unit.note
          ) : unit.note === null ? (
            t(status.label)
          ) : (
            <strong>{`→ ${unit.note}`}</strong>
          )}
          {unit.startedAt !== null && (
            <>
              {' · '}
              <Elapsed from={unit.startedAt} to={unit.endedAt} />
            </>
          )}
          {unit.reruns > 0 && ` · ${t('session.runNumber', { run: unit.reruns + 1 })}`}
        </span>
      </span>
    </div>
  );
});

export const NetNode = memo(({ data: { unit }, selected }: NodeProps<UnitNode>) => {
  const { t } = useTranslation();
  const { status } = unit;
  return (
    <div className="nz-node-net" data-tone={status?.tone ?? 'none'} data-selected={selected || undefined}>
      <Handles />
      <div className="nz-node-net-head">
        {status === null ? (
          <IconHierarchy3 size={15} aria-hidden="true" />
        ) : (
          <StatusIcon name={status.icon} size={16} />
        )}
        <span className="nz-node-name">{unit.title ?? unit.name}</span>
        {status !== null && (
          <span className="nz-node-line">
            {unit.note === null ? t(status.label) : <strong>{`→ ${unit.note}`}</strong>}
            {unit.startedAt !== null && (
              <>
                {' · '}
                <Elapsed from={unit.startedAt} to={unit.endedAt} />
              </>
            )}
          </span>
        )}
      </div>
    </div>
  );
});
