// The fixed words of messages, in both languages. Pure data with holes. Called by message-text.ts.
import type { MessageLanguage } from '@nezuban/protocol/notifications/channel';
import type { Priority } from '@nezuban/protocol/priority';

type Escalation = {
  readonly chain: string;
  readonly step: number;
  readonly steps: number;
  readonly round: number;
};

export type MessageWords = {
  readonly priority: Readonly<Record<Priority, string>>;
  /** Marks in front of a subject, each with what follows it. */
  readonly marks: {
    readonly test: string;
    readonly repeat: string;
    readonly recovered: string;
    readonly reminder: string;
    readonly escalation: (one: Escalation) => string;
    readonly events: (count: number) => string;
  };
  readonly test: string;
  readonly repeat: string;
  readonly recovered: string;
  readonly reminder: string;
  readonly overflow: string;
  readonly escalation: (one: Escalation) => string;
  readonly unchanged: (count: number) => string;
  readonly facts: {
    readonly time: string;
    readonly priority: string;
    readonly code: string;
    readonly node: string;
    readonly monitor: string;
    readonly count: string;
  };
  /** Of events about approvals, which people read who know no names of facts; those of other events are the names that templates use. */
  readonly approval: Readonly<Record<string, string>>;
  readonly list: (counts: {
    readonly all: number;
    readonly raised: number;
    readonly recovered: number;
  }) => string;
  readonly event: (id: number) => string;
  readonly more: (count: number) => string;
  /** Above links to the console. */
  readonly open: string;
  /** The same where an approval waits. */
  readonly decide: string;
  /** `rule`: empty where a unit has told of it itself. */
  readonly source: (of: { readonly event: number; readonly rule: string; readonly key: string }) => string;
};

export const messageWords: Readonly<Record<MessageLanguage, MessageWords>> = {
  en: {
    priority: { info: 'info', unknown: 'unknown', warning: 'warning', critical: 'critical' },
    marks: {
      test: 'test: ',
      repeat: 'repeat: ',
      recovered: 'recovered: ',
      reminder: 'still: ',
      escalation: ({ step, steps }) => `escalation ${step}/${steps}: `,
      events: (count) => `${count} events: `,
    },
    test: 'This is a test message; nothing has happened.',
    repeat: 'This message may have reached you before: the answer to an earlier try was lost.',
    recovered: 'It is over.',
    reminder: 'It still stands.',
    overflow: 'The rule has sent as many messages as it may in a minute; these are gathered.',
    escalation: ({ chain, step, steps, round }) =>
      `Nobody has taken it up yet: step ${step} of ${steps} of the escalation "${chain}"${round > 1 ? `, round ${round}` : ''}.`,
    unchanged: (count) => `Since the last message it came ${count} more times unchanged.`,
    facts: {
      time: 'Time',
      priority: 'Priority',
      code: 'Code',
      node: 'Node',
      monitor: 'Monitor',
      count: 'Count',
    },
    approval: {
      question: 'Question',
      until: 'Decide until',
      net: 'Job net',
      session: 'Session',
      unit: 'Unit',
      run: 'Run of the unit',
      reason: 'State',
      approvedBy: 'Approved by',
      refusedBy: 'Refused by',
      comment: 'Comment',
    },
    list: ({ all, raised, recovered }) => `${all} events: ${raised} raised, ${recovered} over.`,
    event: (id) => `(event ${id})`,
    more: (count) => `... and ${count} more that are not listed`,
    open: 'Open in the console:',
    decide: 'Decide in the console:',
    source: ({ event, rule, key }) =>
      `Event ${event}${rule === '' ? '' : `, sent by the notification rule "${rule}"`}. Delivery ${key}.`,
  },
  ja: {
    priority: { info: '情報', unknown: '不明', warning: '警告', critical: '危険' },
    marks: {
      test: 'テスト: ',
      repeat: '再送: ',
      recovered: '回復: ',
      reminder: '継続中: ',
      escalation: ({ step, steps }) => `エスカレーション ${step}/${steps}: `,
      events: (count) => `${count} 件のイベント: `,
    },
    test: 'これはテスト送信です。実際の事象ではありません。',
    repeat:
      '前回の送信に対する応答を受け取れなかったため、再送しています。すでに届いている可能性があります。',
    recovered: 'この事象は解消しました。',
    reminder: 'この事象は継続しています。',
    overflow: 'ルールの 1 分あたりの送信数の上限に達したため、まとめて送信しています。',
    escalation: ({ chain, step, steps, round }) =>
      `まだ誰も対応していません。エスカレーション「${chain}」の ${steps} 段階中 ${step} 段階目です${round > 1 ? `(${round} 巡目)` : ''}。`,
    unchanged: (count) => `前回の通知以降、同じ状態のまま ${count} 回発生しています。`,
    facts: {
      time: '発生日時',
      priority: '重要度',
      code: 'コード',
      node: 'ノード',
      monitor: '監視',
      count: '発生回数',
    },
    approval: {
      question: '確認事項',
      until: '判断期限',
      net: 'ジョブネット',
      session: 'セッション',
      unit: 'ユニット',
      run: 'ユニットの実行回',
      reason: '状態',
      approvedBy: '承認者',
      refusedBy: '否認者',
      comment: 'コメント',
    },
    list: ({ all, raised, recovered }) => `${all} 件のイベント(発生 ${raised} 件、解消 ${recovered} 件)`,
    event: (id) => `(イベント ${id})`,
    more: (count) => `ほかに ${count} 件あります`,
    open: 'コンソールで開く:',
    decide: 'コンソールで判断する:',
    source: ({ event, rule, key }) =>
      `イベント ${event}${rule === '' ? '' : `、通知ルール「${rule}」による通知`}(送信番号 ${key})`,
  },
};
