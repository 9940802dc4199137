// 日本語の文言: 設定のバックアップ。
import type { Translations } from '../en.ts';

export const backupJa: Pick<Translations, 'backup'> = {
  backup: {
    now: {
      action: '今すぐ取得',
      begun: 'バックアップを開始しました。',
      progress: 'バックアップの取得中',
      phase: {
        starting: 'データベースのチェックポイント待ち',
        copying: 'コピー中',
        flushing: 'ディスクへの書き込み中',
        verifying: '検証中',
        tidying: '古いバックアップの削除中',
      },
      of: '{{bytes}} / 約 {{total}}',
      noFolder: '下の「保存先」を入力して保存すると、最初のバックアップを取得できます。',
    },
    state: {
      title: '状態',
      lastMade: '最後に成功した取得',
      never: 'なし',
      verified: '検証済み',
      by: '取得ホスト {{host}}',
      next: '次回の予定',
      noNext: '自動取得なし',
      log: 'ログの保管済み時刻',
      logOff: '保管しない(復元できるのは最後のバックアップの時点まで)',
      logTrouble: 'ログを保管できていません',
      failed: '直近のバックアップに失敗しました',
    },
    list: {
      title: '{{directory}} にあるバックアップ',
      none: {
        title: 'バックアップはまだありません',
        text: '「今すぐ取得」を押すか、予定の時刻をお待ちください。',
      },
      problem: '一覧の一部を読み取れません',
      columns: {
        name: 'バックアップ',
        holds: 'この時刻までの内容を含む',
        age: '経過',
        size: 'サイズ',
        verified: '検証',
        log: '任意時点の復元が可能な範囲',
      },
      how: { checksums: 'チェックサム', restore: '試験復元' },
      notVerified: '未検証',
      sealed: '鍵は封印済み',
    },
    form: {
      title: 'スケジュール',
      text: '稼働中のマネージャが自動で取得し、検証します。取得できなかった回は、後で補って取得します。復元はホスト上で "nezuban backup restore" を実行します。',
      directory: '保存先',
      directoryText:
        'マスタのホスト上のフォルダ。ペアでは両ホストで同じパスとし、共有フォルダを推奨します。データとは別のディスクにしてください。',
      daily: '毎日取得する',
      dailyAt: '時刻',
      dailyText: 'マネージャのタイムゾーンです。',
      keep: '保持する世代数',
      keepText: '新しい順に残します。古いものは、より新しいバックアップの検証が済んでから削除します。',
      passphraseFile: 'パスフレーズのファイル',
      passphraseText:
        'マネージャのホスト上のファイル。1 行目でバックアップ内の CA と鍵を封印します。指定しない場合、所有者だけが読めるファイルとして保存します。',
      archive: 'ログを保管する',
      archiveText: '任意の時点に復元できるようになり、ホストを失っても失われるのは約 1 秒分です。',
    },
  },
};
