/**
 * The table of the comparison, ours beside the peers.
 *
 * Responsible for the lines. Pure. Called by `main.ts`.
 */
import { quantile } from '../statistics.ts';
import type { OurFailover } from './our-failover.ts';
import type { PeerSettings } from './peer.ts';
import { type Death, type Fault, faults, type SeriesResult } from './series.ts';

export interface ReportedSeries {
  readonly settings: PeerSettings;
  readonly result: SeriesResult;
}

const HEAD = [
  '| Product and settings | n of each | Killed: outage p50 (max), s | times ours | Cut off: outage p50 (max), s | times ours | Standby again p50 (max), s: killed; cut off | Acknowledged writes lost |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
];
const UNKNOWN = '?';

const seconds = (ms: number) => (ms / 1000).toFixed(1);

export function reportLines(series: readonly ReportedSeries[], ours: OurFailover | null): string[] {
  return [...HEAD, ourLine(ours), ...series.map((one) => seriesLine(one, ours))];
}

function ourLine(ours: OurFailover | null): string {
  if (ours === null) return row(['Nezuban: run `npm run bench:failover` first', '', '', '', '', '', '', '']);
  const outage = (fault: Fault) => {
    const our = ours[fault];
    return our === undefined ? UNKNOWN : `**${seconds(our.p50)}** (${seconds(our.max)})`;
  };
  const count = faults.map((fault) => ours[fault]?.n ?? 0).join('; ');
  return row(['Nezuban, as shipped', count, outage('kill'), '1', outage('cut'), '1', '', '']);
}

function seriesLine({ settings, result }: ReportedSeries, ours: OurFailover | null): string {
  const of = (fault: Fault) => result.deaths.filter((death) => death.fault === fault);
  const again = faults.map((fault) =>
    spread(of(fault).map(({ standbyAgainMs }) => standbyAgainMs)).replaceAll('**', ''),
  );
  return row([
    `${settings.product}, ${settings.says}`,
    [...new Set(faults.map((fault) => of(fault).length))].join('; '),
    spread(outagesOf(of('kill'))),
    ratio(outagesOf(of('kill')), ours?.kill?.p50),
    spread(outagesOf(of('cut'))),
    ratio(outagesOf(of('cut')), ours?.cut?.p50),
    again.join('; '),
    `${result.lost} of ${result.acknowledged}`,
  ]);
}

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const outagesOf = (deaths: readonly Death[]) => deaths.map(({ outageMs }) => outageMs);

/** Null counts as never. */
function spread(values: readonly (number | null)[]): string {
  const known = values.filter((ms) => ms !== null);
  if (known.length === 0) return values.length === 0 ? '' : 'never';
  const never = values.length - known.length;
  const text = `**${seconds(quantile(known, 0.5))}** (${seconds(quantile(known, 1))})`;
  return never === 0 ? text : `${text}, ${never} times never`;
}

function ratio(values: readonly (number | null)[], our: number | undefined): string {
  const known = values.filter((ms) => ms !== null);
  return our === undefined || known.length === 0 ? UNKNOWN : (quantile(known, 0.5) / our).toFixed(1);
}
