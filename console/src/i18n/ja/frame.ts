// 日本語の文言: 全画面を囲む枠。
import type { Translations } from '../en.ts';

export const frameJa: Pick<Translations, 'frame' | 'nav'> = {
  frame: {
    skip: '本文へ移動',
    homeLink: 'Nezuban 概要へ',
    language: '言語',
    menu: 'メニュー',
    navigation: 'メインナビゲーション',
    restarted: 'マネージャが再起動されました(バージョン {{version}})。表示を最新にしました。',
    signOut: 'サインアウト',
    user: '{{user}} でサインイン中',
    version: 'Nezuban {{version}}',
    scheme: { label: '配色', auto: 'システムに合わせる', light: 'ライト', dark: 'ダーク' },
    connection: {
      lost: 'マネージャに接続できません。表示が古い可能性があります。',
      since: '経過 {{duration}}、次の再接続まで {{seconds}} 秒',
      retry: '今すぐ再接続',
    },
  },
  nav: {
    home: '概要',
    nets: 'ジョブネット',
    sessions: 'セッション',
    events: 'イベント',
    status: '状況',
    nodes: 'ノード',
    approvals: '承認',
    calendars: 'カレンダ',
    places: '実行待ち・排他',
    operations: '運用操作',
    traps: 'トラップ',
    notifications: '通知',
    pair: 'ペア',
    access: 'アクセス管理',
    settings: '設定',
    badge: {
      runningSessions: '実行中 {{count}} 件',
      unconfirmedCritical: '未確認の危険 {{count}} 件',
      approvals: '承認待ち {{count}} 件',
    },
  },
};
