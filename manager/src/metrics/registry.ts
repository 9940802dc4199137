// Metrics in the text form that Prometheus reads (version 0.0.4).
// Responsible for counting, for histograms, for gauges that are asked when somebody looks, and for a bound on the series of each metric: a
// label that turns out to have many values must never fill the memory. Own code, since all that is needed of a library is this page.
// Not responsible for what is measured (the other files here) and for who may look (`metrics-page.ts`).

export type Labels = Readonly<Record<string, string>>;
export type Sample = { readonly labels?: Labels; readonly value: number };

export type Counter = { readonly add: (labels?: Labels, by?: number) => void };
export type Histogram = { readonly observe: (value: number, labels?: Labels) => void };

export type MetricsRegistry = {
  /** Names of counters end in `_total`. */
  readonly counter: (name: string, help: string) => Counter;
  readonly histogram: (name: string, help: string, buckets: readonly number[]) => Histogram;
  /** `read` is called when somebody looks; what it cannot say it leaves out. */
  readonly gauge: (name: string, help: string, read: () => readonly Sample[] | number | null) => void;
  /** A counter that somebody else counts. */
  readonly counted: (name: string, help: string, read: () => readonly Sample[] | number | null) => void;
  /** Awaited before the gauges are read: what they show is fetched here. One that fails makes its gauges old, not the page. */
  readonly beforeReading: (fetch: () => Promise<void>) => void;
  readonly render: () => Promise<string>;
};

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';
/** Operations times statuses are some hundred; nothing else comes near. */
const SERIES_MAX = 1_000;
const DROPPED = 'nezuban_metrics_dropped_series_total';

type Metric = {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly lines: () => readonly string[];
};

export const createMetricsRegistry = (): MetricsRegistry => {
  const metrics = new Map<string, Metric>();
  const fetches: (() => Promise<void>)[] = [];
  let dropped = 0;

  const register = (metric: Metric): void => {
    if (metrics.has(metric.name)) throw new Error(`The metric ${metric.name} is there twice`);
    metrics.set(metric.name, metric);
  };

  /** The entry of these labels; undefined: there are too many. */
  const seriesOf = <Entry>(all: Map<string, Entry>, key: string, make: () => Entry): Entry | undefined => {
    const known = all.get(key);
    if (known !== undefined) return known;
    if (all.size >= SERIES_MAX) {
      dropped += 1;
      return undefined;
    }
    const made = make();
    all.set(key, made);
    return made;
  };

  const read =
    (type: 'gauge' | 'counter') =>
    (name: string, help: string, ask: () => readonly Sample[] | number | null): void =>
      register({
        name,
        help,
        type,
        lines() {
          const found = ask();
          if (found === null) return [];
          const samples = typeof found === 'number' ? [{ value: found }] : found.slice(0, SERIES_MAX);
          return samples.map(
            ({ labels, value }: Sample) => `${name}${formatLabels(labels)} ${formatValue(value)}`,
          );
        },
      });
  const gauge = read('gauge');
  const counted = read('counter');

  counted(DROPPED, 'Series that were not kept, since a metric had too many', () => dropped);

  return {
    gauge,
    counted,
    counter(name, help) {
      const series = new Map<string, { value: number }>();
      register({
        name,
        help,
        type: 'counter',
        lines: () => [...series].map(([labels, { value }]) => `${name}${labels} ${formatValue(value)}`),
      });
      return {
        add(labels, by = 1) {
          const entry = seriesOf(series, formatLabels(labels), () => ({ value: 0 }));
          if (entry !== undefined) entry.value += by;
        },
      };
    },
    histogram(name, help, buckets) {
      const series = new Map<
        string,
        { readonly counts: number[]; sum: number; count: number; labels: Labels }
      >();
      register({
        name,
        help,
        type: 'histogram',
        lines: () =>
          [...series.values()].flatMap(({ counts, sum, count, labels }) => {
            let below = 0;
            const lines = buckets.map((bound, index) => {
              below += counts[index] ?? 0;
              return `${name}_bucket${formatLabels({ ...labels, le: String(bound) })} ${below}`;
            });
            return [
              ...lines,
              `${name}_bucket${formatLabels({ ...labels, le: '+Inf' })} ${count}`,
              `${name}_sum${formatLabels(labels)} ${formatValue(sum)}`,
              `${name}_count${formatLabels(labels)} ${count}`,
            ];
          }),
      });
      return {
        observe(value, labels = {}) {
          const entry = seriesOf(series, formatLabels(labels), () => ({
            counts: Array.from({ length: buckets.length }, () => 0),
            sum: 0,
            count: 0,
            labels,
          }));
          if (entry === undefined) return;
          const index = buckets.findIndex((bound) => value <= bound);
          if (index >= 0) entry.counts[index] = (entry.counts[index] ?? 0) + 1;
          entry.sum += value;
          entry.count += 1;
        },
      };
    },
    beforeReading: (fetch) => void fetches.push(fetch),
    async render() {
      await Promise.allSettled(fetches.map(async (fetch) => await fetch()));
      const parts: string[] = [];
      for (const { name, help, type, lines } of metrics.values()) {
        const found = lines();
        if (found.length === 0) continue;
        parts.push(
          `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
          `# TYPE ${name} ${type}`,
          ...found,
        );
      }
      return `${parts.join('\n')}\n`;
    },
  };
};

const formatLabels = (labels: Labels | undefined): string => {
  const entries = Object.entries(labels ?? {});
  if (entries.length === 0) return '';
  return `{${entries.map(([key, value]) => `${key}="${escapeLabel(value)}"`).join(',')}}`;
};

const escapeLabel = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const formatValue = (value: number): string => {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
};
