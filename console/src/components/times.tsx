// Instants and durations as elements: the browser's zone to read, UTC in the tooltip.
import { useFormat } from './use-format.ts';
import { useNow } from './ticker.tsx';

export const Instant = ({ at, none = '–' }: { readonly at: string | null; readonly none?: string }) => {
  const format = useFormat();
  if (at === null) return <span>{none}</span>;
  return (
    <time dateTime={at} title={format.utc(at)} className="nz-nowrap">
      {format.instant(at)}
    </time>
  );
};

export const RelativeTime = ({ at, none = '–' }: { readonly at: string | null; readonly none?: string }) => {
  const format = useFormat();
  const now = useNow(at !== null);
  if (at === null) return <span>{none}</span>;
  return (
    <time dateTime={at} title={`${format.instant(at)}\n${format.utc(at)}`} className="nz-nowrap">
      {format.relative(at, now)}
    </time>
  );
};

/** How long something took, or takes so far. */
export const Elapsed = ({ from, to }: { readonly from: string | null; readonly to: string | null }) => {
  const format = useFormat();
  const now = useNow(from !== null && to === null);
  if (from === null) return <span>–</span>;
  const end = to === null ? now : Date.parse(to);
  return <span className="nz-nowrap nz-tabular">{format.duration(end - Date.parse(from))}</span>;
};
