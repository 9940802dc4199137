// What the API says of a request that it does not carry out (first half by code): the detail of a problem. Said by manager/src where an error is thrown.
import type { SentencePairs } from './sentence-pair.ts';

export const problemSentences = {
  problem_of_thing: { en: '{kind} "{name}": {message}', ja: '{kind}「{name}」: {message}' },
  problem_at_place: { en: '{name}: {path} {message}', ja: '{name} の {path}: {message}' },
  problem_a_backup_is_being_made_already: {
    en: 'A backup is being made already.',
    ja: 'すでにバックアップを取得中です',
  },
  problem_a_channel_that_runs_a_command_needs: {
    en: 'A channel that runs a command needs the rights to change and to run every job net.',
    ja: 'コマンドを実行するチャネルの登録には、すべてのジョブネットを変更・実行できる権限が必要です',
  },
  problem_all_trap_monitors_together_would_have_rules: {
    en: 'All trap monitors together would have {rules} rules; at most {max} are allowed, since each trap is tried on them.',
    ja: 'トラップ監視のルールの合計が {rules} 件となり、上限の {max} 件を超えます',
  },
  problem_an_api_token_with_limits_does_not: {
    en: 'An API token with limits does not look after tokens, sign-ins and the password of its user; sign in for that.',
    ja: '権限を制限した API トークンでは、トークン、サインイン、パスワードを管理できません。サインインして操作してください',
  },
  problem_body_against_address_is_no_address: {
    en: 'body.against.address: is no address: "{address}".',
    ja: '「{address}」はアドレスではありません',
  },
  problem_body_against_message_must_be_pairs_of: {
    en: 'body.against.message: must be pairs of hexadecimal digits, or "encoding" must be "text".',
    ja: 'メッセージは 16 進数 2 桁ずつで指定するか、「encoding」に「text」を指定してください',
  },
  problem_body_description: { en: 'body.description: {message}', ja: '説明: {message}' },
  problem_body_idempotencykey_has_a_character_that_cannot: {
    en: 'body.idempotencyKey: has a character that cannot be stored',
    ja: 'body.idempotencyKey: 保存できない文字があります',
  },
  problem_body_next: { en: 'body.next: {message}', ja: '新しいパスワード: {message}' },
  problem_body_reason_every_operation_on_a_session: {
    en: 'body.reason: every operation on a session needs a reason here (setting operations.reason)',
    ja: 'セッションの操作には、理由の入力が必要です(設定 operations.reason)',
  },
  problem_body_reason_has_a_character_that_cannot: {
    en: 'body.reason: has a character that cannot be stored.',
    ja: '理由に、保存できない文字があります',
  },
  problem_body_to_goes_with_move_and_with: {
    en: 'body.to: goes with "move", and with it alone',
    ja: 'body.to: 時刻の変更(move)の場合だけ指定してください',
  },
  problem_body_until_is_past_already: {
    en: 'body.until: is past already: {value}.',
    ja: '期限が過去の日時です: {value}',
  },
  problem_body_value_is_missing_a_new_secret: {
    en: 'body.value: is missing; a new secret needs a value',
    ja: '新しい機密情報には、値が必要です',
  },
  problem_cannot_be_stored_as_it_is: {
    en: '"{name}" cannot be stored as it is.',
    ja: '「{name}」をこの内容では保存できません',
  },
  problem_cannot_be_stored_so: {
    en: '"{name}" cannot be stored so.',
    ja: '「{name}」をこの内容では保存できません',
  },
  problem_cannot_run_with_the_job_nets_that: {
    en: '{name} cannot run with the job nets that it refers to: {path}: {message}.',
    ja: '参照先のジョブネットに問題があるため、{name} を実行できません({path}: {message})',
  },
  problem_cannot_run_with_these_parameters: {
    en: '{name} cannot run with these parameters: {value}.',
    ja: '指定のパラメータでは {name} を実行できません({value})',
  },
  problem_channel: { en: 'Channel "{name}": {path} {message}', ja: 'チャネル「{name}」の {path}: {message}' },
  problem_comment: { en: 'comment: {message}', ja: 'コメント: {message}' },
  problem_delivery_is_only_a_failed_one_can: {
    en: 'Delivery {id} is {state}; only a failed one can be tried again.',
    ja: '送信 {id} の状態は {state} です。再送できるのは、失敗したものだけです',
  },
  problem_holds_no_document_of_kind_trap_monitor: {
    en: '{name} holds no document of kind trap_monitor.',
    ja: '{name} に、種類 trap_monitor の定義がありません',
  },
  problem_is_neither_an_oid_in_numbers_nor: {
    en: '"{q}" is neither an OID in numbers nor a name of a MIB module that is here.',
    ja: '「{q}」は、数字の OID でも、登録済みの MIB モジュールの名前でもありません',
  },
  problem_job_net_has_no_schedule_that_is: {
    en: 'Job net "{net}" has no schedule "{schedule}" that is enabled.',
    ja: 'ジョブネット「{net}」に、有効なスケジュール「{schedule}」はありません',
  },
  problem_job_nets_run_on_scope_give_them: {
    en: 'Job nets run on scope "{name}": {value}; give them another target first.',
    ja: 'スコープ「{name}」を実行先とするジョブネットがあります: {value}。先に実行先を変更してください',
  },
  problem_maintenance_window: {
    en: 'Maintenance window "{name}": {path}: {message}',
    ja: 'メンテナンスウィンドウ「{name}」の {path}: {message}',
  },
  problem_may_more_than_you_at_a_place: {
    en: '{what} may more than you: "{right}" at a place where you do not hold it. Nobody gives, takes or changes what he does not hold himself.',
    ja: '{what}には、あなたにない権限「{right}」が含まれています。自分にない権限の付与、取り消し、変更はできません',
  },
  problem_more_than_changes_wait_for_the_database: {
    en: 'More than {max} changes wait for the database ({name}).',
    ja: 'データベースの処理待ちの変更が {max} 件を超えています({name})',
  },
  problem_more_than_changes_wait_for_the_database_2: {
    en: 'More than {max} changes wait for the database.',
    ja: 'データベースの処理待ちの変更が {max} 件を超えています',
  },
  problem_no_mib_module_that_is_here_says: {
    en: 'No MIB module that is here says what "{below}" is.',
    ja: '「{below}」を定義する MIB モジュールがありません',
  },
  problem_nobody_has_said_yet_where_backups_go: {
    en: 'Nobody has said yet where backups go: name a folder in the settings, or with "nezuban backup schedule --to DIR".',
    ja: 'バックアップの保存先が未設定です。設定画面または "nezuban backup schedule --to DIR" でフォルダを指定してください',
  },
  problem_nobody_would_be_left_who_may_change: {
    en: 'Nobody would be left who may change access ("access.write" without limit, not disabled); give it to another user first.',
    ja: 'アクセス権を管理できるユーザ(無制限の「access.write」を持つ有効なユーザ)がいなくなります。先にほかのユーザに付与してください',
  },
  problem_none_of_the_nodes_that_names_is: {
    en: 'None of the nodes that "{name}" names is known: {value}.',
    ja: '「{name}」に指定された実行先がすべて見つかりません: {value}',
  },
  problem_nothing_waits_for_this_any_more_in: {
    en: 'Nothing waits for this any more in session {sessionId}.',
    ja: 'セッション {sessionId} で、これを待っているユニットはもうありません',
  },
  problem_notification_rule: {
    en: 'Notification rule "{name}": {path} {message}',
    ja: '通知ルール「{name}」の {path}: {message}',
  },
  problem_notification_rule_2: {
    en: 'Notification rule "{name}": {path}: {message}.',
    ja: '通知ルール「{name}」の {path}: {message}',
  },
  problem_notification_rule_3: {
    en: 'Notification rule "{name}": {value} {value2}',
    ja: '通知ルール「{name}」の {value}: {value2}',
  },
  problem_notification_rule_cannot_be_stored_as_it: {
    en: 'Notification rule "{name}" cannot be stored as it is.',
    ja: '通知ルール「{name}」をこの内容では保存できません',
  },
  problem_query_cursor_is_not_a_cursor_of: {
    en: 'query.cursor: is not a cursor of this list',
    ja: '一覧の位置の指定が正しくありません',
  },
  problem_query_name_names_no: {
    en: 'query.name: names no {kind}: "{value}".',
    ja: '{kind}の名前が正しくありません: 「{value}」',
  },
  problem_query_text_the_pattern: {
    en: 'query.text: the pattern {message}',
    ja: '検索パターンが正しくありません: {message}',
  },
  problem_query_to_must_be_or_later_and: {
    en: 'query.to: must be {from} or later, and at most {max} days on.',
    ja: '終了日は {from} 以降、かつ {max} 日以内で指定してください',
  },
  problem_reading_this_file_takes_more_time_or: {
    en: 'Reading this file takes more time or memory than any file may.',
    ja: 'ファイルの読み込みに必要な時間またはメモリが、上限を超えています',
  },
  problem_reason: { en: 'reason: {message}', ja: '理由: {message}' },
  problem_releases_of_the_job_net_are_planned: {
    en: '{max} releases of the job net "{net}" are planned already; cancel those that are not wanted any more.',
    ja: 'ジョブネット「{net}」のリリース予定が、上限の {max} 件に達しています。不要な予定を取り消してください',
  },
  problem_role_grants_scope: {
    en: 'Role "{name}": grants[{index}].scope: {message}',
    ja: 'ロール「{name}」の grants[{index}].scope: {message}',
  },
  problem_roles_have_rules_for_scope_without_the: {
    en: 'Roles have rules for scope "{name}": {value}; without the scope what they forbid there would be allowed. Change these roles first.',
    ja: 'スコープ「{name}」を対象とするロールがあります: {value}。スコープを削除すると、拒否の設定が無効になります。先にロールを変更してください',
  },
  problem_rules_of_the_settings_run_as_name: {
    en: 'Rules of the settings "run_as" name scope "{name}"; change these rules first.',
    ja: '設定「run_as」のルールで、スコープ「{name}」が指定されています。先にルールを変更してください',
  },
  problem_schedule_of_starts_nothing_any_more: {
    en: 'Schedule "{schedule}" of {net} starts nothing any more.',
    ja: '{net} のスケジュール「{schedule}」に、今後の開始予定はありません',
  },
  problem_scope: { en: 'Scope "{name}": {value}: {value2}', ja: 'スコープ「{name}」の {value}: {value2}' },
  problem_scope_holds_move_or_delete_what_it: {
    en: 'Scope "{name}" holds {value}; move or delete what it holds first.',
    ja: 'スコープ「{name}」の下に {value} があります。先に移動または削除してください',
  },
  problem_send_the_body_as_not_as: {
    en: 'Send the body as {bodyType}, not as {type}.',
    ja: '本文は {type} ではなく {bodyType} で送ってください',
  },
  problem_session_has_no_unit: {
    en: 'Session {id} has no unit "{value}".',
    ja: 'セッション {id} にユニット「{value}」はありません',
  },
  problem_session_has_no_unit_2: {
    en: 'Session {id} has no unit "{unit}".',
    ja: 'セッション {id} にユニット「{unit}」はありません',
  },
  problem_several_large_definition_files_are_being_read: {
    en: 'Several large definition files are being read; try again in some seconds.',
    ja: '大きな定義ファイルを処理中です。数秒後にもう一度試してください',
  },
  problem_several_tests_of_trap_monitors_are_running: {
    en: 'Several tests of trap monitors are running; try again in some seconds.',
    ja: 'トラップ監視のテストを複数実行中です。数秒後にもう一度試してください',
  },
  problem_somebody_else_has_a_filter_for_everybody: {
    en: 'Somebody else has a filter "{name}" for everybody; choose another name.',
    ja: 'ほかのユーザが公開しているフィルタ「{name}」があります。別の名前を付けてください',
  },
  problem_that_start_has_been_begun_or_changed: {
    en: 'That start has been begun or changed meanwhile.',
    ja: 'その間に、この予定は開始または変更されました',
  },
  problem_the: {
    en: 'The {value} "{name}": {path}: {message}.',
    ja: '{value}「{name}」の {path}: {message}',
  },
  problem_the_2: {
    en: 'The {kind} "{name}": {path}: {message}.',
    ja: '{kind}「{name}」の {path}: {message}',
  },
  problem_the_3: {
    en: 'The {title} "{name}": {path} {message}.',
    ja: '{title}「{name}」の {path}: {message}',
  },
  problem_the_answer_took_longer_than_s_look: {
    en: 'The answer took longer than {value} s; look whether the change was made before you repeat it.',
    ja: '応答に {value} 秒以上かかりました。やり直す前に、変更が反映されているか確認してください',
  },
  problem_the_api_token_is_unknown_expired_or: {
    en: 'The API token is unknown, expired or revoked.',
    ja: 'API トークンが無効です(未登録、期限切れ、または失効済み)',
  },
  problem_the_approval_has_kept_this_from_running: {
    en: 'The approval "{passed}" has kept this from running; to rerun it all the same needs the right nets.correct on the job net. Rerun "{passed}" to have it decided anew.',
    ja: '承認ユニット「{passed}」の判断により実行されませんでした。それでも再実行するには、ジョブネットに対する権限「nets.correct」が必要です。判断をやり直すには、「{passed}」を再実行してください',
  },
  problem_the_body_is_not_json: {
    en: 'The body is not JSON: {reason}.',
    ja: '本文が JSON ではありません: {reason}',
  },
  problem_the_browser_says_that_another_site_or: {
    en: 'The browser says that another site or origin made this request, or does not say which.',
    ja: 'ほかのサイトからのリクエストか、送信元が不明です',
  },
  problem_the_calendar_cannot_be_stored_so: {
    en: 'The calendar "{name}" cannot be stored so.',
    ja: 'カレンダ「{name}」をこの内容では保存できません',
  },
  problem_the_calendar_is_at_version_not_changed: {
    en: 'The calendar "{name}" is at version {revision}, not {revision2}: {updatedBy} changed it.',
    ja: 'カレンダ「{name}」は、{updatedBy} により版 {revision} に変更されています(変更元の版: {revision2})',
  },
  problem_the_calendar_is_in_use_by_give: {
    en: 'The calendar "{name}" is in use by {value}. Give them another calendar first.',
    ja: 'カレンダ「{name}」は使われています({value})。先に別のカレンダに変更してください',
  },
  problem_the_channel_has_another_name_than_its: {
    en: 'The channel has another name than its address.',
    ja: 'チャネルの名前が、アドレスの名前と異なります',
  },
  problem_the_current_password_is_wrong: {
    en: 'The current password is wrong.',
    ja: '現在のパスワードが違います',
  },
  problem_the_database_cannot_do_this_now: {
    en: 'The database cannot do this now: {what}.',
    ja: 'データベースが処理できません: {what}',
  },
  problem_the_database_does_not_answer: {
    en: 'The database does not answer.',
    ja: 'データベースが応答しません',
  },
  problem_the_definition_has_another_name_than_its: {
    en: 'The definition has another name than its address.',
    ja: '定義の名前が、アドレスの名前と異なります',
  },
  problem_the_file_has_bytes_at_most_are: {
    en: 'The file {name} has {bytes} bytes; at most {max} are read. Split it into several files.',
    ja: 'ファイル {name} は {bytes} バイトで、上限の {max} バイトを超えています。分割してください',
  },
  problem_the_file_has_bytes_at_most_are_2: {
    en: 'The file has {length} bytes; at most {max} are read.',
    ja: 'ファイルは {length} バイトで、上限の {max} バイトを超えています',
  },
  problem_the_file_of_holidays_cannot_be_read: {
    en: 'The file of holidays cannot be read: line {line}: {message}.',
    ja: '休日ファイルを読み込めません({line} 行目: {message})',
  },
  problem_the_files_have_characters_together_at_most: {
    en: 'The files have {chars} characters together; at most {max} are read at once. Apply them in several parts.',
    ja: 'ファイルの合計が {chars} 文字で、上限の {max} 文字を超えています。分けて適用してください',
  },
  problem_the_files_have_characters_together_send_at: {
    en: 'The files have {chars} characters together; send at most {max} at once.',
    ja: 'ファイルの合計が {chars} 文字で、上限の {max} 文字を超えています。分けて送ってください',
  },
  problem_the_holds_text_that_cannot_be_stored: {
    en: 'The {kind} "{name}" holds text that cannot be stored.',
    ja: '{kind}「{name}」に、保存できない文字があります',
  },
  problem_the_host_header_names_which_is_not: {
    en: 'The Host header names {value}, which is not this server.',
    ja: 'Host ヘッダの {value} は、このサーバの名前ではありません',
  },
  problem_the_is_at_version_not: {
    en: 'The {what} is at version {revision}, not {revision2}.',
    ja: '{what}は版 {revision} に変更されています(変更元の版: {revision2})',
  },
  problem_the_is_at_version_not_changed_it: {
    en: 'The {what} "{name}" is at version {revision}, not {revision2}: {updatedBy} changed it.',
    ja: '{what}「{name}」は、{updatedBy} により版 {revision} に変更されています(変更元の版: {revision2})',
  },
  problem_the_is_at_version_not_changed_it_2: {
    en: 'The {title} "{name}" is at version {revision}, not {revision2}: {updatedBy} changed it.',
    ja: '{title}「{name}」は、{updatedBy} により版 {revision} に変更されています(変更元の版: {revision2})',
  },
  problem_the_job_net: {
    en: 'The job net "{name}": {path}: {message}.',
    ja: 'ジョブネット「{name}」の {path}: {message}',
  },
  problem_the_job_net_holds_text_that_cannot: {
    en: 'The job net "{name}" holds text that cannot be stored.',
    ja: 'ジョブネット「{name}」に、保存できない文字があります',
  },
  problem_the_job_net_rules_are_the_settings: {
    en: 'The job net "{name}": {path}: {message}. Rules are the settings "run_as".',
    ja: 'ジョブネット「{name}」の {path}: {message}。ルールは「run_as」の設定にあります',
  },
  problem_the_keeper_of_this_host_has_not: {
    en: 'The keeper of this host has not said yet how the pair is.',
    ja: 'ペアの状態をまだ取得できていません',
  },
  problem_the_maintenance_window_is_at_version_not: {
    en: 'The maintenance window "{name}" is at version {revision}, not {revision2}: {updatedBy} changed it.',
    ja: 'メンテナンスウィンドウ「{name}」は、{updatedBy} により版 {revision} に変更されています(変更元の版: {revision2})',
  },
  problem_the_manager_is_starting: { en: 'The manager is starting.', ja: 'マネージャが起動処理中です' },
  problem_session_put_off: {
    en: 'Changes of session {id} cannot be stored in time and are put off for some seconds; nothing was done. Try again.',
    ja: 'セッション {id} の変更をデータベースに時間内に保存できないため、しばらく見合わせています。操作は行われていません。もう一度実行してください',
  },
  problem_the_manager_is_stopping: { en: 'The manager is stopping.', ja: 'マネージャが停止処理中です' },
  problem_the_mib_module_is_built_in_and: {
    en: 'The MIB module "{name}" is built in and stays.',
    ja: 'MIB モジュール「{name}」は組み込みのため削除できません',
  },
  problem_the_mib_modules_would_have_more_than: {
    en: 'The MIB modules would have more than {max} characters together; delete some first.',
    ja: 'MIB モジュールの合計が上限の {max} 文字を超えます。先に不要なものを削除してください',
  },
  problem_the_one_time_or_expired_password_must: {
    en: 'The one-time or expired password must be replaced before anything else.',
    ja: 'ワンタイムパスワードまたは期限切れのパスワードを、先に変更してください',
  },
  problem_the_order: { en: 'The order: {path} {message}.', ja: '順序の {path}: {message}' },
  problem_the_other_host_of_the_pair_takes: {
    en: 'The other host of the pair takes over right now.',
    ja: 'ペアのもう一方のホストへ引き継ぎ中です',
  },
  problem_the_output_of_was_removed_on_by: {
    en: 'The output of {what} was removed on {value} by the retention policy.',
    ja: '{what} の出力は、保存期間を過ぎたため {value} に削除されました',
  },
  problem_the_owner_of_this_api_token_may: {
    en: 'The owner of this API token may not read settings.',
    ja: 'この API トークンのユーザに、設定を参照する権限がありません',
  },
} as const satisfies SentencePairs;
