// 日本語の文言: フォーム、サインイン中のユーザに許されること。
import type { Translations } from '../en.ts';

export const formsJa: Pick<Translations, 'outlook' | 'form' | 'may' | 'rights'> = {
  outlook: {
    pending: '変更による影響を確認しています...',
    more: 'ほか {{count}} 件',
    hidden: 'このうち、閲覧権限のないジョブネットのもの: {{count}} 件',
  },
  form: {
    saved: '保存しました。',
    unsaved: '未保存の変更があります',
    discard: '変更を破棄',
    undo: '保存を取り消して元に戻す',
    leave: {
      title: '保存せずに移動しますか?',
      text: 'この画面での変更は失われます。',
      confirm: '移動する',
    },
    conflict: {
      title: 'ほかのユーザが変更しています',
      text: '開いたあとに {{user}} が保存しました。まず相手の内容を確認するか、自分の内容で上書きしてください。上書きすると、相手の変更は失われます。',
      textNobody:
        '開いたあとに変更または削除されました。まず最新の内容を確認するか、自分の内容で上書きしてください。',
      theirs: '自分の変更を捨てて最新を表示',
      mine: '自分の内容で上書き',
    },
  },
  may: {
    lookOnly: 'この画面は参照のみです。変更には権限「{{right}}」が必要です。',
    forbidden: {
      title: '参照する権限がありません',
      text: 'この画面には権限「{{right}}」が必要です。管理者に、ロールの割り当てを依頼してください。',
    },
  },
  rights: {
    nets: {
      area: 'ジョブネット',
      read: { name: 'ジョブネットの参照', text: '定義、セッション、実行履歴' },
      write: { name: 'ジョブネットの変更', text: '定義の作成・変更・削除・適用' },
      run: {
        name: 'ジョブネットの実行',
        text: 'セッションの開始・停止・再実行・保留・スキップ、ネットの抑止',
      },
      kill: { name: 'コマンドの強制終了', text: '猶予なしで実行中のコマンドを終了する' },
      approve: { name: '承認', text: '承認待ちのユニットを承認または否認する' },
      correct: { name: '状態の変更', text: 'ユニットの状態を手動で変更する' },
    },
    output: {
      area: '出力',
      read: { name: '出力の参照', text: 'コマンドの出力。機密情報を含むことがあります' },
    },
    nodes: {
      area: 'ノードとスコープ',
      read: { name: 'ノードの参照', text: 'ノード、エージェント、スコープ' },
      write: { name: 'ノードの管理', text: 'ノードの追加・取り外し、スコープの変更、ノードの抑止' },
    },
    events: {
      area: 'イベント',
      read: { name: 'イベントの参照', text: 'ノードとマネージャのイベント' },
      confirm: { name: 'イベントの確認', text: '確認とコメント' },
    },
    traps: {
      area: 'トラップ',
      read: { name: 'トラップの参照', text: '受信したトラップ、トラップ監視、送信元の対応付け、MIB' },
      write: { name: 'トラップ監視の変更', text: 'トラップ監視、送信元の対応付け、MIB、SNMP ユーザ' },
    },
    secrets: {
      area: '機密情報',
      use: { name: '機密情報の使用', text: 'ジョブネットからの参照、一覧の表示 (値は表示しない)' },
      write: { name: '機密情報の登録', text: '登録と削除' },
    },
    notifications: {
      area: '通知',
      read: { name: '通知の参照', text: '通知ルールと送信履歴' },
      use: { name: 'チャネルの使用', text: 'ジョブネットにチャネルを指定し、送信させる' },
      write: { name: '通知の変更', text: 'ルールの作成・変更・削除・テスト送信' },
    },
    calendars: {
      area: 'カレンダ',
      read: { name: 'カレンダの参照', text: '営業日・休業日と使用箇所' },
      write: { name: 'カレンダの変更', text: '営業日・休業日の変更(開始時刻と通知が変わります)' },
    },
    system: {
      area: '運用操作',
      operate: { name: 'システムの操作', text: '実行開始の抑止、実行終了待ち、再開、メンテナンスウィンドウ' },
    },
    settings: {
      area: '設定',
      read: { name: '設定の参照', text: '保存期間、パスワードポリシー、しきい値' },
      write: { name: '設定の変更', text: '設定のすべての項目' },
    },
    access: {
      area: 'ユーザとロール',
      read: { name: 'ユーザの参照', text: 'ユーザ、ロール、ほかのユーザのトークンとサインイン' },
      write: {
        name: 'ユーザの管理',
        text: 'ユーザとロールの作成・変更。この権限があれば、すべての権限を得られます',
      },
    },
    audit: {
      area: '監査ログ',
      read: { name: '監査ログの参照', text: '誰が何をしたか。検索とエクスポート' },
    },
    pair: {
      area: 'ペア',
      read: { name: 'ペアの参照', text: '両ホストの状態' },
      operate: { name: 'ペアの操作', text: '切り替え、保守、復旧' },
    },
    backup: {
      area: 'バックアップ',
      read: { name: 'バックアップの参照', text: '一覧と検証' },
      operate: { name: 'バックアップの操作', text: 'バックアップの取得、スケジュールの変更' },
    },
  },
};
