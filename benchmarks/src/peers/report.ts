/**
 * The table of the comparison, ours beside the peers.
 *
 * Responsible for the lines. Pure. Called by `main.ts`.
 */
import { quantile } from '../statistics.ts';
import type { OurFailover } from './our-failover.ts';
import type { PeerSettings } from './peer.ts';
import { type Fault, faults, type SeriesResult } from './series.ts';

export interface ReportedSeries {
  readonly settings: PeerSettings;
  readonly result: SeriesResult;
}

const HEAD = [
  '| Product and settings | Fault | n | Outage p50, s | max, s | Ours p50, s | times ours | Standby again p50 (max), s | Lost |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
];

const seconds = (ms: number, digits = 1) => (ms / 1000).toFixed(digits);

export function reportLines(series: readonly ReportedSeries[], ours: OurFailover | null): string[] {
  const lines = [...HEAD];
  for (const one of series)
    for (const fault of faults) {
      const line = seriesLine(one, fault, ours);
      if (line !== null) lines.push(line);
    }
  return lines;
}

function seriesLine(one: ReportedSeries, fault: Fault, ours: OurFailover | null): string | null {
  const { settings, result } = one;
  const deaths = result.deaths.filter((death) => death.fault === fault);
  if (deaths.length === 0) return null;
  const outages = deaths.map((death) => death.outageMs).filter((ms) => ms !== null);
  const again = deaths.map((death) => death.standbyAgainMs).filter((ms) => ms !== null);
  const never = deaths.length - outages.length;
  const p50 = quantile(outages, 0.5);
  const our = ours?.[fault];
  return `| ${[
    `${settings.product}, ${settings.says}`,
    fault === 'kill' ? 'whole host killed' : 'cut off, no reset',
    never === 0 ? deaths.length : `${deaths.length}, ${never} of them never taken over`,
    `**${seconds(p50)}**`,
    seconds(quantile(outages, 1)),
    our === undefined ? 'run `npm run bench:failover` first' : seconds(our.p50),
    our === undefined ? '' : `${(p50 / our.p50).toFixed(1)}`,
    `${seconds(quantile(again, 0.5))} (${seconds(quantile(again, 1))})`,
    `${result.lost} of ${result.acknowledged}`,
  ].join(' | ')} |`;
}
