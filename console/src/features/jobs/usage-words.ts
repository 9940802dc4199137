// What an attempt has used, the limit that ended it, and what became of its stop command, in words. Pure. Called where attempts are shown.
import type { TFunction } from 'i18next';
import type { AttemptUsage } from '@nezuban/protocol/agent/attempt-usage';
import type { Format } from '../../components/format.ts';

/** Memory, processor time, processes: each that is known. */
export const usedWords = (
  t: TFunction,
  format: Format,
  { memory, cpuMs, processes }: AttemptUsage,
): readonly string[] => [
  ...(memory === undefined
    ? []
    : [
        t(memory.of === 'all' ? 'attempt.usage.memory' : 'attempt.usage.memoryOfLargest', {
          size: format.bytes(memory.bytes),
        }),
      ]),
  ...(cpuMs === undefined ? [] : [t('attempt.usage.cpu', { time: format.seconds(cpuMs) })]),
  ...(processes === undefined ? [] : [t('attempt.usage.processes', { count: processes })]),
];

/** The limit and the stop command; what did not happen is not spoken of. */
export const endWords = (t: TFunction, format: Format, { limit, stop }: AttemptUsage): readonly string[] => [
  ...(limit === undefined
    ? []
    : [
        t(
          limit.name === 'processes' && limit.isDefault === true
            ? 'attempt.usage.limit.processesOfAgent'
            : `attempt.usage.limit.${limit.name}`,
          { max: limit.name === 'processes' ? format.number(limit.max) : format.bytes(limit.max) },
        ),
      ]),
  ...(stop === undefined
    ? []
    : [
        stop.timedOut
          ? t('attempt.usage.stopTimedOut')
          : stop.signal === null
            ? t('attempt.usage.stop', { code: stop.exitCode })
            : t('attempt.usage.stopSignal', { signal: stop.signal }),
      ]),
];
