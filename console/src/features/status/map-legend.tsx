// What the shapes of the node map mean, and how many nodes there are of each. The map takes its colours from here, so both always agree.
import type { Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../components/use-format.ts';
import { cornersOfTile, signOfTile, tileKinds, toneOfTile, type TileKind } from './tile-shapes.ts';

type Props = {
  readonly counts: Readonly<Record<TileKind, number>>;
  readonly ref: Ref<HTMLUListElement>;
};

export const MapLegend = ({ counts, ref }: Props) => {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = (kind: TileKind) =>
    kind === 'info'
      ? t('situation.map.well')
      : kind === 'silent'
        ? t('situation.map.silent')
        : t(`status.priority.${kind}`);
  return (
    <ul className="nz-map-legend" aria-label={t('situation.map.legend')} ref={ref}>
      {tileKinds.map((kind) => (
        <li key={kind} data-tone={toneOfTile[kind]}>
          <svg viewBox="-1 -1 22 22" width={18} height={18} aria-hidden="true" data-kind={kind}>
            <polygon
              points={cornersOfTile[kind].map(([x, y]) => `${x * 20},${y * 20}`).join(' ')}
              fill={kind === 'silent' ? 'none' : 'currentColor'}
              stroke={kind === 'silent' ? 'currentColor' : 'none'}
              strokeWidth={2}
            />
            <text
              x={10}
              y={kind === 'warning' ? 17 : 15}
              textAnchor="middle"
              fontSize={14}
              fontWeight={700}
              fill={kind === 'warning' ? '#1b1f26' : '#ffffff'}
            >
              {signOfTile[kind]}
            </text>
          </svg>
          <span>{nameOf(kind)}</span>
          <strong>{format.number(counts[kind])}</strong>
        </li>
      ))}
    </ul>
  );
};
