// 日本語の文言: 概要の画面。
import type { Translations } from '../en.ts';

export const homeJa: Pick<Translations, 'home'> = {
  home: {
    title: '概要',
    all: 'すべて表示',
    allCount: 'すべて表示({{count}})',
    counts: {
      running: '実行中のセッション',
      agents: '接続中のエージェント',
      critical: '未確認の危険イベント',
      nets: 'ジョブネット',
    },
    first: {
      title: 'ようこそ',
      text: 'ジョブネットがまだありません。サンプルを導入すると、このマシンで小さな夜間バッチが動く様子を見られます。自分で書く場合は「ジョブネット」から始めてください。',
    },
    running: { title: '実行中', none: '実行中のセッションはありません。' },
    failures: {
      title: '異常終了(未確認)',
      none: '未確認の異常終了はありません。',
      unit: '{{unit}} で発生',
      unitCode: '{{unit}} で発生、終了コード {{code}}',
      confirm: 'セッション {{id}} のイベントをすべて確認済みにする',
    },
    next: {
      title: '次回の実行',
      none: '予定はありません。ジョブネットの定義に schedules を追加すると表示されます。',
    },
    agents: {
      title: '切断中のエージェント',
      none: 'すべてのエージェントが接続中です。',
      noAgents: 'エージェントがありません。「ノード」から追加してください。',
    },
    events: { title: 'その他の未確認の危険イベント', none: '未確認の危険イベントはありません。' },
  },
};
