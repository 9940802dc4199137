/** Order statistics and table lines for the benchmarks. Pure; called by every file here. */

/** The value below which the share `part` (0..1) of the sorted numbers lies; NaN for none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export function summary(values: readonly number[], digits = 1): string {
  const text = (part: number) => quantile(values, part).toFixed(digits);
  return `p50 ${text(0.5)}, p99 ${text(0.99)}, min ${text(0)}, max ${text(1)} (n=${values.length})`;
}

export function printRow(question: string, figure: string): void {
  console.log(`| ${question} | ${figure} |`);
}
