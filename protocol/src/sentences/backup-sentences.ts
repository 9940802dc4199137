// Why a backup could not be made, and what is wrong with the archive of the log. Said by ha/src/backup and manager/src/backup; told in events.
import type { SentencePairs } from './sentence-pair.ts';

export const backupSentences = {
  backup_disk_full: {
    en: 'The disk of {place} is full: make room and try again.',
    ja: '{place} のディスクに空き容量がありません。空きを確保して再実行してください',
  },
  backup_no_right: {
    en: 'This user may not read or write {place} ({message}): run as the user of the manager.',
    ja: '{place} を読み書きする権限がありません({message})。マネージャの実行ユーザで実行してください',
  },
  backup_read_only: {
    en: 'The file system of {place} is read-only: name another folder.',
    ja: '{place} のファイルシステムは読み取り専用です。別のディレクトリを指定してください',
  },
  backup_not_there: { en: '{place} is not there ({message}).', ja: '{place} がありません({message})' },
  backup_of_another: {
    en: '{directory} holds the backups of another manager (database {found}, this one is {own}): name another folder with --to.',
    ja: '{directory} には別のマネージャのバックアップがあります(データベース {found}、このマネージャは {own})。別のディレクトリを --to で指定してください',
  },
  backup_inside: {
    en: '{directory} lies in {within}, which is backed up itself: name a folder outside, best on another disk.',
    ja: '{directory} はバックアップ対象の {within} の中にあります。外のディレクトリ(できれば別のディスク)を指定してください',
  },
  backup_place_unreadable: {
    en: '{file} cannot be read, so nobody knows whose backups these are: name another folder with --to.',
    ja: '{file} を読み取れず、どのマネージャのバックアップか確認できません。別のディレクトリを --to で指定してください',
  },
  backup_locked: {
    en: 'Another backup is being made in {directory}: wait until it is through.',
    ja: '{directory} に別のバックアップを取得中です。完了するまでお待ちください',
  },
  backup_given_up: { en: 'The backup was given up: {why}.', ja: 'バックアップを中止しました: {why}' },
  backup_link: {
    en: 'The database has its data in several places ({name} is a link), which is not supported.',
    ja: 'データベースのデータが複数の場所に分かれているため({name} がリンク)、対応していません',
  },
  backup_no_room: {
    en: 'About {needed} MB are needed and the disk of {directory} has {free} MB free: make room, or name another folder.',
    ja: '約 {needed} MB が必要ですが、{directory} のディスクの空き容量は {free} MB です。空きを確保するか、別のディレクトリを指定してください',
  },
  backup_no_login: {
    en: 'This user may not connect to the database of {home}: run as the user of the manager, or as root.',
    ja: '{home} のデータベースに接続する権限がありません。マネージャの実行ユーザまたは root で実行してください',
  },
  backup_no_database: {
    en: 'No manager runs for the home {home}, or its database does not answer: start it with "nezuban manager", or name its home with --home.',
    ja: '{home} のマネージャが動作していないか、データベースが応答しません。「nezuban manager」で起動するか、--home でホームディレクトリを指定してください',
  },
  backup_nothing_yet: {
    en: 'The manager has never been on duty with this database: there is nothing to back up yet.',
    ja: 'このデータベースではマネージャがまだ稼働していません。バックアップの対象がありません',
  },
  backup_foreign: {
    en: 'This database is not one of Nezuban: it lacks the tables of a manager.',
    ja: 'Nezuban のデータベースではありません(マネージャの表がありません)',
  },
  backup_key_missing: {
    en: '{file} is not there, and a backup without it could not be used: start the manager once, then try again.',
    ja: '{file} がなく、このままではバックアップを使用できません。マネージャを一度起動してから再実行してください',
  },
  backup_key_large: {
    en: '{file} is larger than any key: move it out of that folder.',
    ja: '{file} は鍵としては大きすぎます。別の場所に移動してください',
  },
  backup_log_gap: {
    en: 'The master no longer has the log that follows the archive: what lies in between can be restored to no point in time until a new backup is made.',
    ja: '保管したログに続くログがマスタに残っていません。新しいバックアップを取得するまで、その間の時点には復元できません',
  },
  backup_no_result: {
    en: 'The program of backups ended without a result.',
    ja: 'バックアップのプログラムが結果を返さずに終了しました',
  },
  backup_no_start: {
    en: 'The program of backups could not be started: {why}.',
    ja: 'バックアップのプログラムを起動できませんでした: {why}',
  },
  backup_ended: {
    en: 'The program of backups ended with {how}.',
    ja: 'バックアップのプログラムが {how} で終了しました',
  },
  backup_exit_code: { en: 'exit code {code}', ja: '終了コード {code}' },
} as const satisfies SentencePairs;
