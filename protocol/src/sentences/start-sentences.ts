// Why start conditions start nothing, and what is wrong with watches of files: reasons in events. Said by core/src/jobs/start-conditions and
// manager/src/jobs/start-conditions. What waits, and is shown alone, stands in wait-sentences.ts.
import type { SentencePairs } from './sentence-pair.ts';

export const startSentences = {
  start_too_many: {
    en: 'as many starts as may wait do so already',
    ja: '待機中の開始が上限に達しているため',
  },
  start_still_runs: {
    en: 'session {session} that they have started still runs',
    ja: '開始したセッション {session} が実行中のため',
  },
  start_changed: {
    en: 'the start conditions were changed before its turn',
    ja: '開始する前に起動条件が変更されたため',
  },
  start_changed_of: {
    en: 'the start conditions were changed before its turn ({what})',
    ja: '開始する前に起動条件が変更されたため({what})',
  },
  start_and_more: { en: '{reason}, and {count} more with it', ja: '{reason}。ほか {count} 件も同様' },
  start_replaced: {
    en: 'before the other conditions were fulfilled, a newer file has come for {path}',
    ja: '他の条件が成立する前に、{path} より新しいファイルを検知したため',
  },
  start_replaced_more: {
    en: 'before the other conditions were fulfilled, a newer file has come for {path}, and for {count} more',
    ja: '他の条件が成立する前に、{path} ほか {count} 件より新しいファイルを検知したため',
  },
  start_not_utf8: {
    en: 'the name of {path} is not UTF-8',
    ja: 'ファイル名が UTF-8 ではないため: {path}',
  },
  start_not_taken: {
    en: '{path} cannot be taken up: {why}',
    ja: '{path} の検知を処理できなかったため: {why}',
  },
  monitoring_after_end: {
    en: 'Session {session} that they had started ended {status}.',
    ja: '開始したセッション {session} の終了状態が{status}のため',
  },
  monitoring_starts_reached: {
    en: 'They have started {count} sessions, as many as they may.',
    ja: '開始回数が上限({count} 回)に達したため',
  },
  monitoring_time_over: { en: 'Their time is over.', ja: '監視の期間が終了したため' },

  watch_forgot: {
    en: 'the agent has lost what it knew; it goes on by the times of files',
    ja: 'エージェントの保存データが失われたため、以後はファイルの時刻で判断します',
  },
  watch_gap_one: {
    en: 'find {number} of it cannot be had from the agent, and start nothing',
    ja: '検知 {number} をエージェントから取得できません。この検知では開始しません',
  },
  watch_gap: {
    en: 'finds {first} to {last} of it cannot be had from the agent, and start nothing',
    ja: '検知 {first} から {last} までをエージェントから取得できません。これらの検知では開始しません',
  },
  watch_refused: { en: 'the agent refuses it: {why}', ja: 'エージェントが拒否しました: {why}' },
  watch_not_started: { en: 'it cannot be started: {why}', ja: '開始できません: {why}' },
  watch_ended: { en: 'it ended with exit code {code}', ja: '終了コード {code} で終了しました' },
  watch_silent: { en: 'it does not answer', ja: '応答がありません' },
  watch_agent_gone: { en: 'its agent is not connected', ja: 'エージェントが接続していません' },
} as const satisfies SentencePairs;
