// Shows everything. React Flow's own button knows only the nodes it has been given, which of a large net are a part.
import { ControlButton, useReactFlow } from '@xyflow/react';
import { IconMaximize } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { graphLimits, type Rect } from './graph-window.ts';

export const FitButton = ({ bounds }: { readonly bounds: Rect }) => {
  const { t } = useTranslation();
  const { fitBounds } = useReactFlow();
  return (
    <ControlButton
      onClick={() => void fitBounds(bounds, { padding: graphLimits.padding })}
      title={t('graph.fit')}
      aria-label={t('graph.fit')}
    >
      <IconMaximize aria-hidden="true" style={{ fill: 'none' }} />
    </ControlButton>
  );
};
