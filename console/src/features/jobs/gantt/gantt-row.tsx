// One unit of a Gantt chart: its name, and its bar. Drawn again only when the unit, the scale or the selection changes.
import { memo, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { StatusIcon } from '../../../components/status-icon.tsx';
import { unitStatus } from '../../../components/status.ts';
import { useFormat } from '../../../components/use-format.ts';
import { hasOwnSign, UnitTypeIcon } from '../unit-type-icon.tsx';
import { barOf, type GanttRow, type Span } from './gantt-model.ts';

type Props = {
  readonly id: string;
  readonly row: GanttRow;
  readonly top: number;
  readonly place: { readonly index: number; readonly count: number };
  readonly scale: { readonly span: Span; readonly width: number; readonly now: number };
  readonly selected: boolean;
  readonly onSelect: (path: string) => void;
  readonly onContextMenu: (event: MouseEvent, path: string) => void;
};

export const GanttRowView = memo(
  ({ id, row, top, place, scale, selected, onSelect, onContextMenu }: Props) => {
    const { t } = useTranslation();
    const format = useFormat();
    const { unit, depth } = row;
    const status = unitStatus(unit.state, unit.endStatus, unit.type);
    const bar = barOf(unit, scale.span, scale);
    const name = unit.title ?? unit.name;
    const ran =
      unit.startedAt === null
        ? null
        : format.duration(
            (unit.endedAt === null ? scale.now : Date.parse(unit.endedAt)) - Date.parse(unit.startedAt),
          );
    const words = [
      name,
      ...(hasOwnSign(unit.type) ? [t(`unit.type.${unit.type}`)] : []),
      t(status.label),
      ...(ran === null || unit.startedAt === null ? [] : [format.instant(unit.startedAt), ran]),
      ...(unit.attempts[0] === undefined ? [] : [unit.attempts[0].node]),
    ];
    return (
      // The list has the focus and the keys; an option cannot have them.
      // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
      <div
        id={id}
        role="option"
        aria-selected={selected}
        aria-posinset={place.index + 1}
        aria-setsize={place.count}
        aria-label={words.join(', ')}
        title={words.join('\n')}
        className="nz-gantt-row"
        data-tone={status.tone}
        style={{ top }}
        onClick={() => onSelect(unit.path)}
        onContextMenu={(event) => onContextMenu(event, unit.path)}
      >
        <span className="nz-gantt-name" style={{ paddingLeft: 10 + depth * 14 }}>
          <StatusIcon name={status.icon} size={15} />
          {hasOwnSign(unit.type) && <UnitTypeIcon type={unit.type} size={13} />}
          <span data-net={unit.type === 'net' || undefined}>{name}</span>
        </span>
        {bar === null ? (
          <span className="nz-gantt-waits">{t(status.label)}</span>
        ) : (
          <>
            <span
              className="nz-gantt-bar"
              data-open={bar.open || undefined}
              data-net={unit.type === 'net' || undefined}
              data-pattern
              data-icon={status.icon}
              style={{ left: bar.x, width: bar.width }}
            >
              {bar.tries.map((x) => (
                <i key={x} style={{ left: x }} />
              ))}
            </span>
            {/* Drawn by the style sheet: in words it stands in the name of the row, together with what it is. */}
            <span className="nz-gantt-length" data-length={ran} style={{ left: bar.x + bar.width + 6 }} />
          </>
        )}
      </div>
    );
  },
);
