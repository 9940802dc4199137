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
    failures: { title: '最近の異常終了', none: '異常終了したセッションはありません。' },
    next: { title: '次回の実行', none: '予定はありません。' },
    agents: { title: '切断中のエージェント', none: 'すべてのエージェントが接続中です。' },
    events: { title: '未確認の危険イベント', none: '未確認の危険イベントはありません。' },
  },
};
