// What start conditions and their watches of files wait for. They travel as English text alone (`wordedIn` finds them by it), so that
// no text here may fit another one's places. Said by core/src/jobs/start-conditions and manager/src/jobs/start-conditions.
import type { SentencePairs } from './sentence-pair.ts';

export const waitSentences = {
  watch_no_node: { en: 'There is no node "{node}".', ja: 'ノード「{node}」はありません' },
  watch_agent_away: {
    en: 'The agent of "{node}" is not connected.',
    ja: '「{node}」のエージェントが接続していません',
  },
  watch_agent_old: {
    en: 'The agent of "{node}" is too old for watches of files: upgrade it.',
    ja: '「{node}」のエージェントが古く、ファイル監視に対応していません。更新してください',
  },
  watch_no_answer: {
    en: 'It has not answered for a while; its file system may hang.',
    ja: 'しばらく応答がありません。ファイルシステムが応答していない可能性があります',
  },
  watch_lost: {
    en: 'The agent had lost what it knew; what came about since then by the times of files was counted.',
    ja: 'エージェントの保存データが失われたため、それ以降の変化をファイルの時刻で判断しました',
  },
  starts_held_abnormal: {
    en: 'Held: session {session} that they had started ended abnormal; release them, and they go on.',
    ja: '開始したセッション {session} が異常終了したため、次の開始を保留しています。再開すると続行します',
  },
  starts_held_unknown: {
    en: 'Held: session {session} that they had started ended unknown; release them, and they go on.',
    ja: '開始したセッション {session} の終了状態が不明のため、次の開始を保留しています。再開すると続行します',
  },
  starts_wait: {
    en: 'Waits: session {session} that they have started still runs.',
    ja: '開始したセッション {session} の終了を待っています',
  },
} as const satisfies SentencePairs;
