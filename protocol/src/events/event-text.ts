// The sentence of an event in the user's language: by its code and the facts behind it where all are there, else as the manager wrote it.
// Pure. Called by whoever shows events, and by the manager, which finds events by either sentence.
import type { EventView } from './event.ts';
import type { sentenceIn } from '../sentences/sentence.ts';
import { saidBeside } from './event-facts.ts';
import { eventSentencesJa } from './event-sentences-ja.ts';

type Said = Pick<EventView, 'code' | 'message' | 'details' | 'node'>;

type SaidIn = typeof sentenceIn;
const asItCame: SaidIn = ({ message }) => message;

const placeholder = /\{(\w+)\}/g;

/** `saidIn`: says the sentences among its facts; whoever has no table of them leaves it out, and these stay English. */
export const eventText = (event: Said, language: string, saidIn: SaidIn = asItCame): string => {
  // What a device says is nobody's to translate, and there are tens of thousands a second.
  if (language !== 'ja' || event.code === 'trap_received' || event.code === 'job_event') return event.message;
  const facts: Readonly<Record<string, string | number | null>> = { node: event.node, ...event.details };
  for (const sentence of eventSentencesJa[event.code]) {
    const filled = fill(sentence, facts, saidIn);
    if (filled !== null) return filled;
  }
  return event.message;
};

/** Null where a fact is missing: a sentence with a hole says less than the English one. */
const fill = (
  sentence: string,
  facts: Readonly<Record<string, string | number | null>>,
  saidIn: SaidIn,
): string | null => {
  let complete = true;
  const text = sentence.replaceAll(placeholder, (_, name: string) => {
    const fact = facts[name];
    if (fact === undefined || fact === null || fact === '') {
      complete = false;
      return '';
    }
    const said = saidBeside(facts, name);
    return said === null ? (wordsJa[`${name}:${fact}`] ?? String(fact)) : saidIn(said, 'ja');
  });
  return complete ? text : null;
};

/** Facts that are words of ours. */
const wordsJa: Readonly<Record<string, string>> = {
  'endStatus:normal': '正常',
  'endStatus:warning': '警告',
  'endStatus:abnormal': '異常',
  'endStatus:unknown': '不明',
  'status:normal': '正常',
  'status:warning': '警告',
  'status:abnormal': '異常',
  'status:unknown': '不明',
  'status:skipped': 'スキップ',
  'was:normal': '正常',
  'was:warning': '警告',
  'was:abnormal': '異常',
  'was:unknown': '不明',
  'was:waiting': '待機中',
  'was:queued': 'キューイング',
  'was:held': '保留中',
  'was:starting': '開始中',
  'was:running': '実行中',
  'was:retry_wait': 'リトライ待ち',
  'was:stopping': '停止処理中',
  'was:ended': '終了',
  'was:skipped': 'スキップ',
  'was:not_run': '未実行',
  'was:stopped': '停止',
  'action:skip': 'スキップ',
  'action:stop': '停止',
  'action:set to normal': '終了状態を正常に変更',
  'action:set to warning': '終了状態を警告に変更',
  'action:set to abnormal': '終了状態を異常に変更',
  'action:set to unknown': '終了状態を不明に変更',
  'repeatable:file_watch': 'ファイル待ち',
  'repeatable:container': 'コンテナ',
  'repeatable:file_transfer': 'ファイル転送',
  'actor:the watch of its start': '開始遅延の監視',
  'actor:the watch of its end': '終了遅延の監視',
  'kind:jobnet': 'ジョブネット',
  'kind:notification': '通知ルール',
  'kind:calendar': 'カレンダ',
  'kind:role': 'ロール',
  'kind:maintenance_window': 'メンテナンスウィンドウ',
  'kind:trap_monitor': 'トラップ監視',
  'kind:trap_alias': 'トラップ送信元エイリアス',
  'place:manager': 'マネージャ',
  'place:folder': 'フォルダ',
  'place:net': 'ジョブネット',
  'place:scope': 'スコープ',
  'place:node': 'ノード',
  'effects:freeze': '実行開始の抑止',
  'effects:mute': '通知の抑制',
  'effects:freeze, mute': '実行開始の抑止と通知の抑制',
  'effects:mute, freeze': '実行開始の抑止と通知の抑制',
  'kind:scope': 'スコープ',
  'kind:events': 'イベント',
  'kind:traps': 'トラップ',
  'kind:sessions': 'セッション',
  'kind:output': '出力',
  'kind:audit': '監査ログ',
  'kind:deliveries': '通知の送信履歴',
  'why:passed': '未実行または見送りのため',
  'why:no_such_start': 'スケジュールまたはカレンダの変更で、その時刻の予定がなくなったため',
  'why:gone': 'ジョブネットまたはスケジュールがなくなったため',
  'why:failed': '変更後の時刻に開始できなかったため',
  'change:created': '作成',
  'change:updated': '変更',
  'change:deleted': '削除',
  'kind:first-start': '初回起動',
  'kind:switch': '計画切り替え',
  'kind:failover': '障害時の引き継ぎ',
  'kind:restart': '再起動',
  'kind:forced': '強制',
  'queue:engine': 'ジョブエンジン',
  'queue:reports_aside': '退避した報告',
  'queue:outbox': '通知の送信待ち',
  'queue:traps': 'トラップの取り込み待ち',
  'queue:live': 'コンソールのライブ接続',
  'queue:agents': 'エージェントの接続',
  'queue:database': 'データベース接続待ち',
  'certificate:server': 'マネージャのサーバ証明書',
  'certificate:console': 'コンソールの証明書',
  'certificate:ca': 'マネージャの認証局(CA)',
  // Rows of the pair's transition table that become events.
  'row:alone': 'スタンバイが外れ、マスタだけで続行しています',
  'row:voter-silent': '立会いが応答しません',
  'row:voters-asymmetric': '立会いがいないため、マスタだけが投票者です',
  'row:voters-changed': '投票者が変わりました',
  'row:voters-kept': '新しい投票者の同意がそろわず、元の投票者のままです',
  'row:voter-heard': '応答のなかった投票者が、また応答しています',
  'row:majority-again': '投票者の過半数が、また応答しています',
  'row:without-majority': '過半数の応答がないまま、マスタだけで続行しています',
  'row:service-given-up': 'マスタで業務を続けられませんが、引き継げるスタンバイがありません',
  'row:forced': '強制マスタになりました。受け付け済みの記録が欠けている可能性があります',
  'row:record-lost': '投票の記録をディスクに書けません',
  'row:switch-called-off': '切り替えは取りやめになりました',
};
