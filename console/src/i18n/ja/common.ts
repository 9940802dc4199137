// 日本語の文言: 全画面に共通のもの: ボタン、エラー、状態。
import type { Translations } from '../en.ts';

export const commonJa: Pick<
  Translations,
  'actions' | 'errors' | 'notFound' | 'shortcuts' | 'states' | 'status'
> = {
  actions: {
    cancel: 'キャンセル',
    close: '閉じる',
    copied: 'コピーしました',
    copy: 'コピー',
    delete: '削除',
    edit: '編集',
    loadMore: 'さらに表示',
    more: 'その他の操作',
    reload: 'ページを再読み込み',
    retry: '再試行',
    save: '保存',
    undo: '元に戻す',
  },
  errors: {
    line: '{{line}} 行目',
    moreIssues: 'ほか {{count}} 件',
    requestId: 'リクエスト {{id}}',
    retryAfter: '{{seconds}} 秒待ってから、もう一度試してください。',
    unreachable: {
      title: 'マネージャが応答しません',
      remedy: '再起動中か、ネットワークの障害の可能性があります。数秒後にもう一度試してください。',
    },
    mismatch: {
      title: '応答を解釈できません',
      remedy: 'マネージャが更新された可能性があります。ページを再読み込みしてください。',
    },
    unexpected: {
      title: 'この画面で問題が起きました',
      remedy: 'ページを再読み込みしてください。繰り返し起きる場合は、管理者に連絡してください。',
    },
  },
  notFound: {
    title: '見つかりません',
    heading: 'このアドレスには何もありません',
    text: 'リンクが古いか、対象が削除された可能性があります。',
    home: '概要へ',
  },
  shortcuts: {
    open: 'キーボード操作',
    title: 'キーボード操作',
    switch: '1 文字キーの操作を使う',
    switchText: '音声入力やスクリーンリーダーの妨げになる場合は、オフにしてください。',
    next: '次の行',
    previous: '前の行',
    openRow: '行を開く',
    select: '行を選択/選択解除',
    confirm: '選択したイベント(なければ現在の行)を確認',
    confirmWithComment: 'コメントを付けて確認',
    unconfirm: '未確認に戻す',
    newest: '最新へ移動',
    search: '検索欄へ移動',
    close: '開いているものを閉じる',
    help: 'この一覧を表示',
  },
  states: { loading: '読み込み中' },
  status: {
    end: { normal: '正常', warning: '警告', abnormal: '異常', unknown: '不明' },
    unit: {
      waiting: '待機中',
      held: '保留中',
      starting: '開始中',
      running: '実行中',
      retry_wait: 'リトライ待ち',
      stopping: '停止処理中',
      ended: '終了',
      skipped: 'スキップ',
      not_run: '未実行',
      stopped: '停止',
    },
    session: { running: '実行中', stopping: '停止処理中', stopped: '停止', ended: '終了' },
    attempt: { pending: '送信済み', accepted: '受付済み', running: '実行中', ended: '終了', refused: '拒否' },
    priority: { info: '情報', unknown: '不明', warning: '警告', critical: '危険' },
    connection: { connected: '接続中', disconnected: '切断', never: '未接続' },
    delivery: { pending: '送信待ち', sent: '送信済み', failed: '失敗', suppressed: '抑制' },
  },
};
