// 日本語の文言: エージェント、ノード、スコープ。
import type { Translations } from '../en.ts';

export const inventoryJa: Pick<Translations, 'agents'> = {
  agents: {
    title: 'エージェント',
    add: 'エージェントを追加',
    certificateSoon: '期限間近',
    lastSeen: '最終接続',
    columns: {
      name: 'ノード',
      connection: '接続',
      running: '実行中',
      platform: 'プラットフォーム',
      version: 'バージョン',
      address: 'アドレス',
      scopes: 'スコープ',
      certificate: '証明書の期限',
    },
    none: {
      title: 'エージェントがありません',
      text: 'エージェントは、ジョブネットのコマンドをホスト上で実行します。追加して、表示されるコマンドをそのホストで実行してください。',
    },
    join: {
      title: 'エージェントを追加',
      text: '参加トークンを発行し、表示されるコマンドを追加するホストで実行します。接続はエージェントからマネージャへの一方向だけです。',
      lifetime: 'トークンの有効期間',
      hour: '1 時間',
      day: '1 日',
      week: '7 日',
      make: 'トークンを発行',
      paste:
        '追加するホストで、エージェントを動かすユーザ(複数のユーザでジョブを実行する場合は root)として次を実行してください。',
      once: 'トークンは 1 回だけ使えます。ここにしか表示されません。',
      expires: '有効期限:',
      waiting: 'エージェントの参加を待っています…',
      arrived: '{{node}} のエージェントが参加しました。',
      expired: 'トークンの有効期限が切れました。閉じて、もう一度発行してください。',
    },
    remove: {
      action: '取り外し',
      one: '{{node}} を取り外す',
      title: '{{node}} を取り外しますか?',
      text: '以後、このノードの証明書は拒否されます。戻すには、新しいトークンで参加し直す必要があります。',
      done: '{{node}} を取り外しました。',
    },
  },
};
