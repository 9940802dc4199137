/**
 * A drill's findings for tests: one that went well, and what may be wrong with it.
 */
import type { Counts, DrillReport, ReportLine } from './report.ts';

export const sampleCounts = (changes: Partial<Counts> = {}): Counts => ({
  writesAcked: 1_986,
  writesLost: 0,
  writesUnknown: 2,
  writesWrong: 0,
  sessions: 113,
  sessionsLost: 0,
  sessionsBad: 0,
  commands: 159,
  commandsDoubled: 0,
  twoMasters: 0,
  mastersWatched: true,
  ...changes,
});

export const sampleLine = (changes: Partial<ReportLine> = {}): ReportLine => ({
  key: 'cut-off',
  began: true,
  verdict: 'passed',
  happened: { what: 'took-over', from: 'host-a', to: 'host-b' },
  outageMs: 2_180,
  limitMs: 5_000,
  steps: { detectMs: 1_560, electMs: 40, promoteMs: 110, openMs: 330 },
  redundantMs: 17_200,
  counts: sampleCounts(),
  problems: [],
  logs: null,
  skipped: null,
  seconds: 24,
  ...changes,
});

export const sampleReport = (
  lines: readonly ReportLine[],
  changes: Partial<DrillReport> = {},
): DrillReport => ({
  kind: 'scratch',
  startedAt: new Date('2026-11-22T09:00:00Z'),
  endedAt: new Date('2026-11-22T09:08:30Z'),
  release: '0.1.0',
  machine: 'lab-1, Linux 6.12, 2 × CPU, 8 GiB',
  place: 'namespaces',
  hosts: [
    { name: 'host-a', role: 'master', address: '10.79.1.1' },
    { name: 'host-b', role: 'standby', address: '10.79.2.1' },
    { name: 'host-w', role: 'witness', address: '10.79.3.1' },
    { name: 'host-c', role: 'agent', address: '10.79.4.1' },
  ],
  lines,
  newAdvice: [],
  looks: 0,
  command: 'nezuban drill',
  ...changes,
});
