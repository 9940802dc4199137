// What the API says of a request that it does not carry out (second half by code): the detail of a problem. Said by manager/src where an error is thrown.
import type { SentencePairs } from './sentence-pair.ts';

export const refusalSentences = {
  problem_the_password_has_been_changed_by_somebody: {
    en: 'The password has been changed by somebody else meanwhile.',
    ja: 'その間に、パスワードが変更されました',
  },
  problem_the_request_cannot_be_read: { en: 'The request cannot be read.', ja: 'リクエストを読み取れません' },
  problem_the_request_carries_neither_a_sign_in: {
    en: 'The request carries neither a sign-in nor an API token.',
    ja: 'サインインも API トークンもありません',
  },
  problem_the_request_failed_inside_the_manager_its: {
    en: 'The request failed inside the manager; its log says why under this request id.',
    ja: 'マネージャの内部で失敗しました。リクエスト番号をもとに、マネージャのログを確認してください',
  },
  problem_the_role_is_but_the_address_says: {
    en: 'The role is "{name}", but the address says "{name2}".',
    ja: 'ロールの名前「{name}」が、アドレスの名前「{name2}」と異なります',
  },
  problem_the_role_is_part_of_the_program: {
    en: 'The role "{name}" is part of the program and cannot be changed; make one of another name.',
    ja: 'ロール「{name}」は組み込みのため変更できません。別の名前のロールを作成してください',
  },
  problem_the_rule_cannot_be_tried_as_it: {
    en: 'The rule cannot be tried as it is.',
    ja: 'ルールをこの内容では試せません',
  },
  problem_the_rule_has_another_name_than_its: {
    en: 'The rule has another name than its address.',
    ja: 'ルールの名前が、アドレスの名前と異なります',
  },
  problem_the_sample_runs_on_the_node_and: {
    en: 'The sample runs on the node "{max}", and no agent has joined by that name.',
    ja: 'サンプルの実行先のノード「{max}」がありません。その名前のエージェントを追加してください',
  },
  problem_the_schedule: { en: 'The schedule: {path} {message}.', ja: 'スケジュールの {path}: {message}' },
  problem_the_search_for_text_took_longer_than: {
    en: 'The search for text took longer than {value} s and was given up; add a time range, a node, a code or a priority.',
    ja: '文字列の検索が {value} 秒を超えたため打ち切りました。期間、ノード、コード、重要度のいずれかで絞り込んでください',
  },
  problem_the_search_for_traps_took_longer_than: {
    en: 'The search for traps took longer than {value} s and was given up; add a time range.',
    ja: 'トラップの検索が {value} 秒を超えたため打ち切りました。期間を指定してください',
  },
  problem_the_secret_is_named_by_take_it: {
    en: 'The secret "{name}" is named by {value}: take it out there first.',
    ja: '機密情報「{name}」は次のジョブネットで使われています: {value}。先に定義から外してください',
  },
  problem_the_session_has_the_approval_which_was: {
    en: 'The session has the approval "{approval}", which was, or will be, given for the definition that it has; to take another one needs the right "nets.correct" on the job net.',
    ja: 'セッションに承認ユニット「{approval}」があります。承認の対象は現在の定義のため、差し替えるには、ジョブネットに対する権限「nets.correct」が必要です',
  },
  problem_the_session_holds_secrets_that_were_given: {
    en: 'The session holds secrets that were given to it or taken out of outputs; to give it another definition needs the right "secrets.use".',
    ja: 'セッションが機密情報を保持しているため、定義を差し替えるには権限「secrets.use」が必要です',
  },
  problem_the_settings_have_been_changed_since_you: {
    en: 'The settings "{section}" have been changed since you read them (revision {revision}).',
    ja: 'その間に、設定「{section}」が変更されました(版 {revision})',
  },
  problem_the_sign_in_has_ended: { en: 'The sign-in has ended.', ja: 'サインインの有効期間が終了しました' },
  problem_the_silence_cannot_be_made: {
    en: 'The silence cannot be made: {path} {message}',
    ja: 'サイレンスを登録できません({path}: {message})',
  },
  problem_the_silence_cannot_be_made_until: {
    en: 'The silence cannot be made: "until" {message}.',
    ja: 'サイレンスを登録できません(期限: {message})',
  },
  starts_being_read: {
    en: 'The start conditions of {net} are being read anew.',
    ja: '{net} の起動条件を読み込み直しています',
  },
  problem_the_text_is_not_utf_8_line: {
    en: 'The text is not UTF-8: line {value}, column {value2}.',
    ja: '文字コードが UTF-8 ではありません({value} 行 {value2} 桁)',
  },
  problem_the_trap_monitor: {
    en: 'The trap monitor: {path} {message}.',
    ja: 'トラップ監視の {path}: {message}',
  },
  problem_the_trap_monitor_has_no_rule: {
    en: 'The trap monitor "{name}" has no rule "{rule}".',
    ja: 'トラップ監視「{name}」にルール「{rule}」はありません',
  },
  problem_the_user_has_been_changed_meanwhile_revision: {
    en: 'The user "{name}" has been changed meanwhile (revision {revision}).',
    ja: 'その間に、ユーザ「{name}」が変更されました(版 {revision})',
  },
  problem_there_are_api_tokens_already_revoke_some: {
    en: 'There are {max} API tokens already; revoke some first.',
    ja: 'API トークンが上限の {max} 件に達しています。先に不要なものを失効させてください',
  },
  problem_there_are_calendars_already_delete_some_first: {
    en: 'There are {max} calendars already; delete some first.',
    ja: 'カレンダが上限の {max} 件に達しています。先に不要なものを削除してください',
  },
  problem_there_are_definitions_of_the_kind_already: {
    en: 'There are {max} definitions of the kind {kind} already; delete some first.',
    ja: '{kind}の定義が上限の {max} 件に達しています。先に不要なものを削除してください',
  },
  problem_there_are_live_streams_already: {
    en: 'There are {max} live streams already.',
    ja: 'ライブ接続が上限の {max} 件に達しています',
  },
  problem_there_are_maintenance_windows_already_delete_some: {
    en: 'There are {max} maintenance windows already; delete some that are over.',
    ja: 'メンテナンスウィンドウが上限の {max} 件に達しています。終了したものを削除してください',
  },
  problem_there_are_open_silences_already_end_some: {
    en: 'There are {max} open silences already; end some first.',
    ja: '有効なサイレンスが上限の {max} 件に達しています。先に不要なものを終了してください',
  },
  problem_there_are_queues_locks_and_limits_already: {
    en: 'There are {max} queues, locks and limits already.',
    ja: 'キュー、ロック、実行数の上限の定義が、上限の {max} 件に達しています',
  },
  problem_there_are_s_already_delete_some_first: {
    en: 'There are {max} {what}s already; delete some first.',
    ja: '{what}が上限の {max} 件に達しています。先に不要なものを削除してください',
  },
  problem_there_are_secrets_already_delete_some_first: {
    en: 'There are {max} secrets already; delete some first.',
    ja: '機密情報が上限の {max} 件に達しています。先に不要なものを削除してください',
  },
  problem_there_are_snmpv3_users_already_delete_some: {
    en: 'There are {max} SNMPv3 users already; delete some first.',
    ja: 'SNMPv3 ユーザが上限の {max} 件に達しています。先に不要なものを削除してください',
  },
  problem_there_are_trap_aliases_already_delete_some: {
    en: 'There are {max} trap aliases already; delete some first.',
    ja: 'トラップ送信元エイリアスが上限の {max} 件に達しています。先に不要なものを削除してください',
  },
  problem_there_are_trap_monitors_already_delete_some: {
    en: 'There are {max} trap monitors already; delete some first.',
    ja: 'トラップ監視が上限の {max} 件に達しています。先に不要なものを削除してください',
  },
  problem_there_are_trap_tokens_already_delete_some: {
    en: 'There are {max} trap tokens already; delete some first.',
    ja: 'トラップトークンが上限の {max} 件に達しています。先に不要なものを削除してください',
  },
  problem_there_is_a_already_at_version: {
    en: 'There is a {what} already, at version {revision}.',
    ja: '{what}はすでにあります(版 {revision})',
  },
  problem_there_is_a_already_at_version_2: {
    en: 'There is a {title} "{name}" already, at version {revision}.',
    ja: '{title}「{name}」はすでにあります(版 {revision})',
  },
  problem_there_is_a_calendar_already_at_version: {
    en: 'There is a calendar "{name}" already, at version {revision}.',
    ja: 'カレンダ「{name}」はすでにあります(版 {revision})',
  },
  problem_there_is_a_job_net_already_at: {
    en: 'There is a job net "{name}" already, at revision {revision}.',
    ja: 'ジョブネット「{name}」はすでにあります(版 {revision})',
  },
  problem_there_is_a_maintenance_window_already_at: {
    en: 'There is a maintenance window "{name}" already, at version {revision}.',
    ja: 'メンテナンスウィンドウ「{name}」はすでにあります(版 {revision})',
  },
  problem_there_is_a_scope_already_revision: {
    en: 'There is a scope "{name}" already (revision {revision}).',
    ja: 'スコープ「{name}」はすでにあります(版 {revision})',
  },
  problem_there_is_a_trap_token_named_already: {
    en: 'There is a trap token named "{name}" already.',
    ja: 'トラップトークン「{name}」はすでにあります',
  },
  problem_there_is_a_user_already: {
    en: 'There is a user "{name}" already.',
    ja: 'ユーザ「{name}」はすでにあります',
  },
  problem_there_is_a_user_named_already: {
    en: 'There is a user named "{name}" already.',
    ja: 'ユーザ「{name}」はすでにあります',
  },
  problem_there_is_an_api_token_named_already: {
    en: 'There is an API token named "{name}" already.',
    ja: 'API トークン「{name}」はすでにあります',
  },
  problem_there_is_no: { en: 'There is no {value} "{name}".', ja: '{value}「{name}」はありません' },
  problem_there_is_no_2: { en: 'There is no {kind} "{name}".', ja: '{kind}「{name}」はありません' },
  problem_there_is_no_3: { en: 'There is no {title} "{name}".', ja: '{title}「{name}」はありません' },
  problem_there_is_no_4: { en: 'There is no {kind} "{value}".', ja: '{kind}「{value}」はありません' },
  problem_there_is_no_any_more: { en: 'There is no {what} any more.', ja: '{what}は削除されています' },
  problem_there_is_no_any_more_2: {
    en: 'There is no {what} "{name}" any more.',
    ja: '{what}「{name}」は削除されています',
  },
  problem_there_is_no_any_more_3: {
    en: 'There is no {title} "{name}" any more.',
    ja: '{title}「{name}」は削除されています',
  },
  problem_there_is_no_api_token_with_the: {
    en: 'There is no API token with the number {id}.',
    ja: '番号 {id} の API トークンはありません',
  },
  problem_there_is_no_calendar: {
    en: 'There is no calendar "{name}".',
    ja: 'カレンダ「{name}」はありません',
  },
  problem_there_is_no_calendar_any_more: {
    en: 'There is no calendar "{name}" any more.',
    ja: 'カレンダ「{name}」は削除されています',
  },
  problem_there_is_no_channel: { en: 'There is no channel "{name}".', ja: 'チャネル「{name}」はありません' },
  problem_there_is_no_delivery: { en: 'There is no delivery {id}.', ja: '送信 {id} はありません' },
  problem_there_is_no_entry_of_monitor_key: {
    en: 'There is no entry of {value}, monitor "{value2}", key "{value3}"; nothing was changed.',
    ja: 'ステータスがありません(対象: {value}、監視項目: {value2}、キー: {value3})。何も変更していません',
  },
  problem_there_is_no_event: { en: 'There is no event {id}.', ja: 'イベント {id} はありません' },
  problem_there_is_no_event_nothing_was_changed: {
    en: 'There is no event {value}; nothing was changed.',
    ja: 'イベント {value} はありません。何も変更していません',
  },
  problem_there_is_no_job_net: {
    en: 'There is no job net "{net}".',
    ja: 'ジョブネット「{net}」はありません',
  },
  problem_there_is_no_job_net_2: {
    en: 'There is no job net "{name}".',
    ja: 'ジョブネット「{name}」はありません',
  },
  problem_there_is_no_kind_of_definition_known: {
    en: 'There is no kind of definition "{kind}"; known are {value}.',
    ja: '定義の種類「{kind}」はありません。使える種類: {value}',
  },
  problem_there_is_no_maintenance_window: {
    en: 'There is no maintenance window "{name}".',
    ja: 'メンテナンスウィンドウ「{name}」はありません',
  },
  problem_there_is_no_maintenance_window_any_more: {
    en: 'There is no maintenance window "{name}" any more.',
    ja: 'メンテナンスウィンドウ「{name}」は削除されています',
  },
  problem_there_is_no_mib_module: {
    en: 'There is no MIB module "{name}".',
    ja: 'MIB モジュール「{name}」はありません',
  },
  problem_there_is_no_notification_rule: {
    en: 'There is no notification rule "{name}".',
    ja: '通知ルール「{name}」はありません',
  },
  problem_there_is_no_release: { en: 'There is no release {id}.', ja: 'リリース {id} はありません' },
  problem_there_is_no_revision_of_a_job: {
    en: 'There is no revision {revision} of a job net "{net}".',
    ja: 'ジョブネット「{net}」の版 {revision} はありません',
  },
  problem_there_is_no_role: { en: 'There is no role "{name}".', ja: 'ロール「{name}」はありません' },
  problem_there_is_no_saved_filter: {
    en: 'There is no saved filter "{name}".',
    ja: '保存済みフィルタ「{name}」はありません',
  },
  problem_there_is_no_scope: { en: 'There is no scope "{scope}".', ja: 'スコープ「{scope}」はありません' },
  problem_there_is_no_scope_2: { en: 'There is no scope "{name}".', ja: 'スコープ「{name}」はありません' },
  problem_there_is_no_secret: { en: 'There is no secret "{name}".', ja: '機密情報「{name}」はありません' },
  problem_there_is_no_session: { en: 'There is no session {id}.', ja: 'セッション {id} はありません' },
  problem_there_is_no_session_2: {
    en: 'There is no session {session}.',
    ja: 'セッション {session} はありません',
  },
  problem_there_is_no_sign_in_with_the: {
    en: 'There is no sign-in with the number {id}.',
    ja: '番号 {id} のサインインはありません',
  },
  problem_there_is_no_silence: { en: 'There is no silence {id}.', ja: 'サイレンス {id} はありません' },
  problem_there_is_no_snmpv3_user: {
    en: 'There is no SNMPv3 user "{name}".',
    ja: 'SNMPv3 ユーザ「{name}」はありません',
  },
  problem_there_is_no_trap: { en: 'There is no trap {id}.', ja: 'トラップ {id} はありません' },
  problem_there_is_no_trap_token: {
    en: 'There is no trap token "{name}".',
    ja: 'トラップトークン「{name}」はありません',
  },
  problem_there_is_no_uploaded_mib_module: {
    en: 'There is no uploaded MIB module "{name}".',
    ja: 'アップロードされた MIB モジュール「{name}」はありません',
  },
  problem_there_is_no_user: { en: 'There is no user "{name}".', ja: 'ユーザ「{name}」はありません' },
  problem_there_is_no_user_2: { en: 'There is no user {name}.', ja: 'ユーザ {name} はありません' },
  problem_there_is_nothing_at_this_address: {
    en: 'There is nothing at this address.',
    ja: 'このアドレスには何もありません',
  },
  problem_there_would_be_more_than_mib_modules: {
    en: 'There would be more than {max} MIB modules; delete some first.',
    ja: 'MIB モジュールが上限の {max} 件を超えます。先に不要なものを削除してください',
  },
  problem_this_manager_was_restored_and_nobody_has: {
    en: 'This manager was restored and nobody has resumed it: it writes nothing into the folder of backups, which the manager that was backed up may still use. Resume it, or make one elsewhere with "nezuban backup create --to DIR".',
    ja: '復元後、まだ再開されていないため、元のマネージャと共用している可能性のあるバックアップのフォルダには書き込みません。再開するか、"nezuban backup create --to DIR" で別の場所に取得してください',
  },
  problem_this_operation_needs_a_body_of_type: {
    en: 'This operation needs a body of type {bodyType}.',
    ja: 'この操作には、{bodyType} 形式の本文が必要です',
  },
  problem_this_operation_takes_no_body: {
    en: 'This operation takes no body.',
    ja: 'この操作に本文は指定できません',
  },
  problem_to_freeze_or_resume_you_need_the: {
    en: 'To freeze or resume {value} you need the right {value2}.',
    ja: '{value}を抑止・再開するには、権限「{value2}」が必要です',
  },
  problem_too_many_at_once: {
    en: 'Too many {what} at once.',
    ja: '同時に処理できる数を超えています({what})',
  },
  problem_too_many_failed_sign_ins_try_again: {
    en: 'Too many failed sign-ins; try again in {seconds} s.',
    ja: 'サインインの失敗が続いています。{seconds} 秒後にもう一度試してください',
  },
  problem_trying_these_rules_takes_more_than_seconds: {
    en: 'Trying these rules takes more than {value} seconds; look at fewer traps, or make the patterns simpler.',
    ja: 'ルールの試行が {value} 秒を超えました。対象のトラップを減らすか、パターンを簡単にしてください',
  },
  problem_unit_has_been_run_again_since_look: {
    en: 'Unit "{unit}" has been run again since: look at it once more.',
    ja: 'その間に、ユニット「{unit}」が再実行されました。内容を確認し直してください',
  },
  problem_user_name_or_password_is_wrong_or: {
    en: 'User name or password is wrong, or the user is locked out or disabled.',
    ja: 'ユーザ名またはパスワードが違うか、ユーザがロックアウト中または無効です',
  },
  problem_you_do_not_hold_yourself_so_no: {
    en: 'You do not hold "{pattern}" yourself, so no token of yours can.',
    ja: 'あなたに権限「{pattern}」がないため、トークンにも付与できません',
  },
  problem_you_have_saved_filters_which_is_the: {
    en: 'You have {max} saved filters, which is the most; delete one first.',
    ja: '保存済みフィルタが上限の {max} 件に達しています。先に不要なものを削除してください',
  },
  problem_you_may_not_see_line: {
    en: 'You may not see {kind} "{name}" ({file}, line {line}).',
    ja: '{kind}「{name}」を参照する権限がありません({file}、{line} 行)',
  },
} as const satisfies SentencePairs;
