// Exit codes of the command line: the one table that the program, the help and the manual's page are made from.
// Stable: scripts and schedulers branch on them.

export const exitCodes = {
  ok: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  notSignedIn: 4,
  different: 5,
  notDrained: 6,
  sessionWarning: 10,
  sessionAbnormal: 11,
  sessionUnknown: 12,
  sessionStopped: 13,
  pairNotRedundant: 20,
  pairNoMaster: 21,
  doctorWarning: 30,
  doctorProblem: 31,
  upgradeLook: 30,
  upgradeStop: 31,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What each exit code means, in one sentence. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'It worked. With --wait or --follow: the session ended normally.',
  refused: 'The manager refused it or failed; the message says why and what to do.',
  usage: 'The command line is wrong; nothing was sent.',
  unreachable: 'No manager is known, or it does not answer.',
  notSignedIn: 'The manager does not accept who you are: no token, or one that is revoked or expired.',
  different: '"diff": applying would change something.',
  notDrained: '"drain --wait": something still runs there after the time; the place stays frozen.',
  sessionWarning: 'With --wait or --follow: the session ended with a warning.',
  sessionAbnormal: 'With --wait or --follow: the session ended abnormally.',
  sessionUnknown:
    'With --wait or --follow: the session ended and nobody can say how one of its commands ended.',
  sessionStopped: 'With --wait or --follow: the session was stopped by an operator.',
  pairNotRedundant: '"pair status", "pair recover": there is a master, but no standby that could take over.',
  pairNoMaster: '"pair status", "pair recover": there is no master; nothing is served.',
  doctorWarning: '"doctor": nothing is broken, but something needs attention.',
  doctorProblem: '"doctor": something is wrong; each finding says what to type.',
  upgradeLook: '"upgrade --check": something is to be looked at first.',
  upgradeStop: '"upgrade --check": something stands in the way.',
  interrupted: 'Interrupted by Ctrl-C while waiting or following; a session goes on.',
  terminated: 'Ended by SIGTERM while waiting or following; a session goes on.',
};
