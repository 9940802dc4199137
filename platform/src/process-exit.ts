// How a process ended, in words. Pure. Called by whoever reports the end of a process.
export function describeExit(name: string, code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `${name} was killed by ${signal}`;
  return code === 0 ? `${name} ended by itself` : `${name} ended with exit code ${code ?? 'unknown'}`;
}
