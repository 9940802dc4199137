// The sentence of an event in the user's language: by its code and the facts behind it where all are there, else as the manager wrote it.
// Pure. Called by whoever shows events, and by the manager, which finds events by either sentence.
import type { EventView } from './event.ts';
import { eventSentencesJa } from './event-sentences-ja.ts';

type Said = Pick<EventView, 'code' | 'message' | 'details' | 'node'>;

const placeholder = /\{(\w+)\}/g;

export const eventText = (event: Said, language: string): string => {
  // What a device says is nobody's to translate, and there are tens of thousands a second.
  if (language !== 'ja' || event.code === 'trap_received' || event.code === 'job_event') return event.message;
  const facts: Readonly<Record<string, string | number | null>> = { node: event.node, ...event.details };
  for (const sentence of eventSentencesJa[event.code]) {
    const filled = fill(sentence, facts);
    if (filled !== null) return filled;
  }
  return event.message;
};

/** Null where a fact is missing: a sentence with a hole says less than the English one. */
const fill = (sentence: string, facts: Readonly<Record<string, string | number | null>>): string | null => {
  let complete = true;
  const text = sentence.replaceAll(placeholder, (_, name: string) => {
    const fact = facts[name];
    if (fact === undefined || fact === null || fact === '') {
      complete = false;
      return '';
    }
    return wordsJa[`${name}:${fact}`] ?? String(fact);
  });
  return complete ? text : null;
};

/** Facts that are words of ours. */
const wordsJa: Readonly<Record<string, string>> = {
  'endStatus:normal': '正常',
  'endStatus:warning': '警告',
  'endStatus:abnormal': '異常',
  'endStatus:unknown': '不明',
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
  'change:created': '作成',
  'change:updated': '変更',
  'change:deleted': '削除',
  'kind:first-start': '初回起動',
  'kind:switch': '計画切り替え',
  'kind:failover': '障害時の引き継ぎ',
  'kind:restart': '再起動',
  'kind:forced': '強制',
  'queue:engine': 'ジョブエンジン',
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
