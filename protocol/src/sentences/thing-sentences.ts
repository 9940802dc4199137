// Kinds of things, as nouns inside other sentences. Found by their English word (thing.ts).
import type { SentencePairs } from './sentence-pair.ts';

export const thingSentences = {
  thing_queue: { en: 'queue', ja: 'キュー' },
  thing_lock: { en: 'lock', ja: 'ロック' },
  thing_limit_of_the_node: { en: 'limit of the node', ja: 'ノードの実行数の上限' },
  thing_trap_monitor: { en: 'trap monitor', ja: 'トラップ監視' },
  thing_trap_alias: { en: 'trap alias', ja: 'トラップ送信元エイリアス' },
  thing_notification_rule: { en: 'notification rule', ja: '通知ルール' },
  thing_notification_kind: { en: 'notification', ja: '通知ルール' },
  thing_channel: { en: 'channel', ja: 'チャネル' },
  thing_template: { en: 'template', ja: 'テンプレート' },
  thing_mail_server: { en: 'mail server', ja: 'メールサーバ' },
  thing_silence: { en: 'silence', ja: 'サイレンス' },
  thing_inhibition: { en: 'inhibition', ja: '抑制ルール' },
  thing_escalation: { en: 'escalation', ja: 'エスカレーション' },
  thing_maintenance_window: { en: 'maintenance window', ja: 'メンテナンスウィンドウ' },
  thing_maintenance_window_kind: { en: 'maintenance_window', ja: 'メンテナンスウィンドウ' },
  thing_calendar: { en: 'calendar', ja: 'カレンダ' },
  thing_jobnet_kind: { en: 'jobnet', ja: 'ジョブネット' },
  thing_job_net: { en: 'job net', ja: 'ジョブネット' },
  thing_scope: { en: 'scope', ja: 'スコープ' },
  thing_node: { en: 'node', ja: 'ノード' },
  thing_folder: { en: 'folder', ja: 'フォルダ' },
  thing_net_kind: { en: 'net', ja: 'ジョブネット' },
  thing_role: { en: 'role', ja: 'ロール' },
  thing_trap_monitor_kind: { en: 'trap_monitor', ja: 'トラップ監視' },
  thing_trap_alias_kind: { en: 'trap_alias', ja: 'トラップ送信元エイリアス' },
  thing_searches: { en: 'searches', ja: '検索' },
  thing_searches_of_traps: { en: 'searches of traps', ja: 'トラップの検索' },
  thing_tryings_of_rules: { en: 'tryings of rules', ja: 'ルールの試行' },
  on_net: { en: 'on the job net "{net}"', ja: 'ジョブネット「{net}」' },
  on_node: { en: 'on the node "{node}"', ja: 'ノード「{node}」' },
  on_every_net: {
    en: 'on every job net, as the {kind} "{name}" concerns them all',
    ja: '{kind}「{name}」が関わるすべてのジョブネット',
  },
  net_hidden: { en: 'a job net that you may not see', ja: '参照権限のないジョブネット' },
  names_and_others: { en: '{names} and others', ja: '{names} ほか' },
  refused_right: { en: 'This needs the right "{right}".', ja: '権限「{right}」が必要です' },
  refused_right_there: {
    en: 'This needs the right "{right}" {where}.',
    ja: '権限「{right}」が必要です(対象: {where})',
  },
  refused_node_busy_one: {
    en: '1 attempt runs on "{name}"; stop them or wait for their end.',
    ja: 'ノード「{name}」で試行を実行中です。停止するか、終了を待ってください',
  },
  refused_node_busy: {
    en: '{count} attempts run on "{name}"; stop them or wait for their end.',
    ja: 'ノード「{name}」で {count} 件の試行を実行中です。停止するか、終了を待ってください',
  },
  refused_no_attempt: { en: 'There is no attempt {attempt}.', ja: '試行 {attempt} はありません' },
  refused_no_approval: {
    en: 'Unit "{unit}" of session {session} does not wait for approval.',
    ja: 'セッション {session} のユニット「{unit}」は承認待ちではありません',
  },
  refused_no_start_conditions: {
    en: 'The job net "{net}" is not there or has no start conditions.',
    ja: 'ジョブネット「{net}」がないか、起動条件が定義されていません',
  },
  refused_no_stray_attempt: {
    en: 'No agent runs an attempt {attempt} that nobody waits for.',
    ja: 'マネージャの管理外で実行中の試行 {attempt} はありません',
  },
  refused_release_over: {
    en: 'Release {id} of the job net "{net}" cannot be cancelled: it is {state} already.',
    ja: 'ジョブネット「{net}」のリリース {id} は取り消せません。すでに処理済みです({state})',
  },
  refused_revision_not_in_force: {
    en: 'Revision {revision} of the job net "{net}" is not the one in force ({inForce}); to take it needs the right "nets.write" on the net.',
    ja: 'ジョブネット「{net}」の版 {revision} は有効な版({inForce})ではないため、差し替えるには、ジョブネットに対する権限「nets.write」が必要です',
  },
  refused_secrets_missing: {
    en: '{net} cannot run: it names {names}, and no such secret is kept. "nezuban secret set {first}" keeps one.',
    ja: '{net} を実行できません。指定された機密情報が登録されていません: {names}。"nezuban secret set {first}" で登録してください',
  },
  refused_net_referred: {
    en: 'The job net "{name}" cannot be deleted: {names} refer to it.',
    ja: 'ジョブネット「{name}」は削除できません。次のジョブネットから参照されています: {names}',
  },
  refused_net_referred_once: {
    en: 'The job net "{name}" cannot be deleted: {names} refers to it.',
    ja: 'ジョブネット「{name}」は削除できません。次のジョブネットから参照されています: {names}',
  },
  refused_there_already: {
    en: 'The {what} "{name}" is there already, at version {revision}.',
    ja: '{what}「{name}」はすでにあります(版 {revision})',
  },
  refused_role_used: {
    en: 'Users have the role "{name}": {users}; take it from them first.',
    ja: 'ロール「{name}」が次のユーザに割り当てられています: {users}。先に割り当てを解除してください',
  },
} as const satisfies SentencePairs;
