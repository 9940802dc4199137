// The times above a Gantt chart, the lines below them, and the line of now. Only for the eye: each row says its times in words.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { marksOf, type Span } from './gantt-model.ts';

type Props = {
  readonly span: Span;
  readonly width: number;
  readonly window: readonly [number, number];
  readonly running: boolean;
  readonly now: number;
};

const minute = 60_000;

export const GanttAxis = ({ span, width, window, running, now }: Props) => {
  const { i18n } = useTranslation();
  const { step, marks } = useMemo(
    () => marksOf(span, { width, window }, -new Date(span.from).getTimezoneOffset() * minute),
    [span, width, window],
  );
  const format = useMemo(() => {
    const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    const date = { month: 'numeric', day: 'numeric' } as const;
    const parts =
      step >= 86_400_000
        ? date
        : step >= 6 * 3_600_000
          ? { ...date, ...clock }
          : step >= minute
            ? clock
            : {
                ...clock,
                second: '2-digit' as const,
                ...(step < 1000 ? { fractionalSecondDigits: 1 as const } : {}),
              };
    return new Intl.DateTimeFormat(i18n.language, parts);
  }, [i18n.language, step]);
  return (
    <>
      <div className="nz-gantt-axis" aria-hidden="true">
        <span className="nz-gantt-corner" />
        {marks.map(({ at, x }) => (
          <span key={at} className="nz-gantt-mark" style={{ left: x }}>
            {format.format(at)}
          </span>
        ))}
      </div>
      <div className="nz-gantt-lines" aria-hidden="true">
        {marks.map(({ at, x }) => (
          <i key={at} style={{ left: x }} />
        ))}
        {running && (
          <i className="nz-gantt-now" style={{ left: ((now - span.from) / (span.to - span.from)) * width }} />
        )}
      </div>
    </>
  );
};
