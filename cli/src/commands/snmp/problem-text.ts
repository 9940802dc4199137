// A problem of a MIB module in one line. Pure.
export const problemText = (problem: { readonly line: number | null; readonly message: string }): string =>
  problem.line === null ? problem.message : `line ${problem.line}: ${problem.message}`;
