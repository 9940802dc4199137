// Why a unit is as it is: why it waits, was passed over, did not run, was stopped, or ended as it did. Said by core/src/jobs where a unit changes.
import type { SentencePairs } from './sentence-pair.ts';

export const reasonSentences = {
  reason_cannot_hold: { en: 'Its condition cannot hold.', ja: '開始条件が成立しなくなりました' },
  reason_cannot_hold_because: {
    en: 'Its condition cannot hold: "{unit}" {outcome}.',
    ja: '開始条件が成立しなくなりました(先行ユニット「{unit}」: {outcome})',
  },
  reason_net_not_run: {
    en: 'Its net "{net}" did not run.',
    ja: '上位ネット「{net}」が実行されませんでした',
  },
  reason_net_passed_over: {
    en: 'Its net "{net}" was passed over.',
    ja: '上位ネット「{net}」がスキップされました',
  },
  reason_net_could_not_begin: {
    en: 'Its net "{net}" could not begin.',
    ja: '上位ネット「{net}」を開始できませんでした',
  },
  reason_not_needed: {
    en: 'Not needed: the unit before it did not fail.',
    ja: '先行ユニットが異常終了しなかったため、リカバリーは不要でした',
  },
  reason_not_needed_of_any: {
    en: 'Not needed: none of the units before it failed.',
    ja: '異常終了した先行ユニットがないため、リカバリーは不要でした',
  },
  reason_suspended: { en: 'Suspended by {by}.', ja: '一時停止中(操作者: {by})' },
  /** Who has paused it, and why, where the manager gives the reason. */
  by_because: { en: '{by}: {why}', ja: '{by}、理由: {why}' },
  reason_interrupted: { en: 'Interrupted by {by}.', ja: '中断中(操作者: {by})' },
  reason_held: { en: 'Held by {by}.', ja: '保留(操作者: {by})' },
  reason_held_before: {
    en: 'Held because it ended {status} in the session before.',
    ja: '前回のセッションの終了状態が{status}のため、保留しました',
  },
  reason_skipped: { en: 'Skipped by {by}.', ja: 'スキップ(操作者: {by})' },
  reason_moved_to_front: {
    en: 'Moved to the front by {by}.',
    ja: '待ち行列の先頭に移動しました(操作者: {by})',
  },
  reason_stop_requested: { en: 'Stop requested by {by}.', ja: '停止を要求しました(要求元: {by})' },
  reason_stop_passed_on: {
    en: 'Stop requested by {by}; it is passed on.',
    ja: '停止を要求しました(要求元: {by})。開始したセッションにも停止を要求します',
  },
  reason_kill_passed_on: {
    en: 'Kill requested by {by}; it is passed on.',
    ja: '強制終了を要求しました(要求元: {by})。開始したセッションにも強制終了を要求します',
  },
  reason_stopped: { en: 'Stopped by {by}.', ja: '停止しました(要求元: {by})' },
  reason_stopped_with: { en: 'Stopped by {by}. {reason}', ja: '停止しました(要求元: {by})。{reason}' },
  reason_stopped_before: { en: 'Stopped by {by} before it ran.', ja: '実行前に停止しました(要求元: {by})' },
  reason_stopped_before_time: {
    en: 'Stopped by {by} before its time had come.',
    ja: '待機の終了前に停止しました(要求元: {by})',
  },
  reason_stopped_before_retry: {
    en: 'Stopped by {by} while it waited to be tried again.',
    ja: 'リトライ待ちの間に停止しました(要求元: {by})',
  },
  reason_stopped_waiting: {
    en: 'Stopped by {by} while it was waiting.',
    ja: '待機中に停止しました(要求元: {by})',
  },
  reason_not_in_time: { en: 'It had not started in time.', ja: '開始期限までに開始しませんでした' },
  reason_set: {
    en: 'Set to {status} by {by}; it was {was}.',
    ja: '状態を{status}に変更しました(変更前: {was}、操作者: {by})',
  },
  reason_set_by_code: {
    en: 'Set to {status} (exit code {exitCode}) by {by}; it was {was}.',
    ja: '状態を{status}に変更しました(終了コード: {exitCode}、変更前: {was}、操作者: {by})',
  },
  reason_as_warning: {
    en: 'Was {was}, counts as a warning since a rerun by {by}.',
    ja: '終了状態は{was}でしたが、再実行の際に警告として扱うよう指定されました(操作者: {by})',
  },
  reason_as_warning_with: {
    en: 'Was {was}, counts as a warning since a rerun by {by}. {reason}',
    ja: '終了状態は{was}でしたが、再実行の際に警告として扱うよう指定されました(操作者: {by})。元の理由: {reason}',
  },
  reason_frozen: {
    en: 'Waits: {place} is frozen by {by} since {since}: {reason}.',
    ja: '待機中: {place}は抑止されています(操作者: {by}、開始: {since}、理由: {reason})',
  },
  reason_frozen_until: {
    en: 'Waits: {place} is frozen by {by} since {since} until {until}: {reason}.',
    ja: '待機中: {place}は抑止されています(操作者: {by}、期間: {since} から {until} まで、理由: {reason})',
  },
  place_manager: { en: 'the manager', ja: 'マネージャ' },
  place_folder: { en: 'folder "{name}"', ja: 'フォルダ「{name}」' },
  place_net: { en: 'job net "{name}"', ja: 'ジョブネット「{name}」' },
  place_scope: { en: 'scope "{name}"', ja: 'スコープ「{name}」' },
  place_node: { en: 'node "{name}"', ja: 'ノード「{name}」' },

  // What it was to run on.
  reason_no_target: {
    en: 'No target: neither the unit nor a net around it names a node or scope.',
    ja: '実行先がありません。ユニットにも上位ネットにも、ノードやスコープが指定されていません',
  },
  reason_no_node: { en: 'There is no node "{node}".', ja: 'ノード「{node}」はありません' },
  reason_no_scope: { en: 'There is no scope "{scope}".', ja: 'スコープ「{scope}」はありません' },
  reason_scope_empty: { en: 'Scope "{scope}" holds no node.', ja: 'スコープ「{scope}」にノードがありません' },
  reason_none_connected: {
    en: 'No node of scope "{scope}" is connected ({count} in it).',
    ja: 'スコープ「{scope}」に、接続中のノードがありません(登録ノード: {count} 件)',
  },
  reason_text_too_long: {
    en: '{What} has more than {max} characters once its places are filled.',
    ja: '変数を展開した後の{What}が {max} 文字を超えています',
  },
  text_argument: { en: 'an argument', ja: '引数' },
  text_command: { en: 'the command', ja: 'コマンド' },
  text_directory: { en: 'the working directory', ja: '作業ディレクトリ' },
  text_stdin: { en: 'the standard input', ja: '標準入力' },
  text_other: { en: '{what}', ja: 'テキスト({what})' },

  // Parameters of a referenced net.
  reason_value_too_long: {
    en: 'The value of {name} has more than {max} characters.',
    ja: 'パラメータ {name} の値が {max} 文字を超えています',
  },
  reason_reference_cannot_run: {
    en: 'The net {net} cannot run: {why}.',
    ja: 'ジョブネット {net} を実行できません: {why}',
  },
  value_would_hold_secret: {
    en: '{name} would hold a secret, and is no secret parameter',
    ja: 'パラメータ {name} は機密情報用ではないため、機密情報を渡せません',
  },
  value_of_parameter: { en: '{name} {issue}', ja: 'パラメータ {name}: {issue}' },
  value_missing: { en: '{name} has no value', ja: 'パラメータ {name} の値がありません' },
  value_in_plain_text: {
    en: '{name} would lie in plain text: it is given no secret',
    ja: 'パラメータ {name} に機密情報が渡されていないため、平文で残ってしまいます',
  },

  run_parameters_wrong_see: {
    en: '{net} cannot run with these parameters: see {names}.',
    ja: '指定のパラメータでは {net} を実行できません。次のパラメータを確認してください: {names}',
  },
  reason_withdrawn: {
    en: 'The agent of {node} did not take the order within {seconds} s; it is being withdrawn.',
    ja: '{node} のエージェントが {seconds} 秒以内に実行指示を受け取らなかったため、指示を取り消しています',
  },

  start_frozen: {
    en: 'No session of "{net}" starts: {place} is frozen by {by} since {since}: {reason}.',
    ja: '「{net}」のセッションは開始できません。{place}は抑止されています(操作者: {by}、開始: {since}、理由: {reason})',
  },
  start_frozen_until: {
    en: 'No session of "{net}" starts: {place} is frozen by {by} since {since} until {until}: {reason}.',
    ja: '「{net}」のセッションは開始できません。{place}は抑止されています(操作者: {by}、期間: {since} から {until} まで、理由: {reason})',
  },
  overlap_queue_full: {
    en: '{count} sessions of "{net}" wait for their turn already; no more are taken.',
    ja: '「{net}」の順番待ちのセッションが {count} 件に達しているため、これ以上は受け付けません',
  },
  overlap_skip_one: {
    en: 'A session of "{net}" has not ended, and its overlap policy is to skip a start then.',
    ja: '「{net}」の前のセッションが終了していないため、多重実行の設定に従って開始しません',
  },
  overlap_skip: {
    en: '{count} sessions of "{net}" have not ended, and its overlap policy is to skip a start then.',
    ja: '「{net}」の終了していないセッションが {count} 件あるため、多重実行の設定に従って開始しません',
  },

  // Judgments.
  reason_true: { en: 'True: {because}.', ja: '真: {because}' },
  reason_false: { en: 'False: {because}.', ja: '偽: {because}' },
  judged_not_run: { en: '"{unit}" did not run', ja: '「{unit}」が実行されていません' },
  judged_no_code: {
    en: '"{unit}" has no exit code on {node}',
    ja: '「{unit}」の終了コードがありません(ノード: {node})',
  },
  judged_code_in: {
    en: 'exit code {code} of "{unit}" is in {ranges}',
    ja: '「{unit}」の終了コード {code} は {ranges} の範囲内です',
  },
  judged_code_not_in: {
    en: 'exit code {code} of "{unit}" is not in {ranges}',
    ja: '「{unit}」の終了コード {code} は {ranges} の範囲外です',
  },
  judged_output: { en: '{output} of "{unit}"', ja: '「{unit}」の出力変数 {output}' },
  judged_no_value: { en: '{name} has no value', ja: '{name} に値がありません' },
  judged_value: { en: '{name} is "{value}"', ja: '{name} の値は「{value}」です' },
  judged_no_number: {
    en: '{name} is "{value}", which is no number',
    ja: '{name} の値「{value}」は数値ではありません',
  },

  // What waits inside the manager.
  reason_time_up: {
    en: 'Its time was up: it has waited {seconds} s for {what}.',
    ja: '待ち時間の上限に達しました({seconds} 秒待機、対象: {what})',
  },
  reason_waits_event: { en: 'Waits for {what}.', ja: '待機中: {what}' },
  event_any: { en: 'any event', ja: 'イベント(条件なし)' },
  event_with: { en: 'an event with {parts}', ja: 'イベント({parts})' },
  event_part: { en: '{word} {values}', ja: '{word}: {values}' },
  event_text: { en: 'text "{text}"', ja: 'メッセージ: 「{text}」' },
  event_code: { en: 'code', ja: 'コード' },
  event_priority: { en: 'priority', ja: '重要度' },
  event_net: { en: 'net', ja: 'ジョブネット' },
  event_monitor: { en: 'monitor', ja: '監視項目' },
  event_scope: { en: 'scope', ja: 'スコープ' },
  event_node: { en: 'node', ja: 'ノード' },
  event_key: { en: 'key', ja: 'キー' },
  event_field: { en: 'field', ja: '項目' },
  reason_event: { en: 'Event {id}: {message}', ja: 'イベント {id}: {message}' },
  reason_event_of: { en: 'Event {id} of {node}: {message}', ja: 'イベント {id}({node}): {message}' },
  reason_waits_approval: { en: 'Waits for somebody to approve it.', ja: '承認待ち' },
  reason_waits_approvals: {
    en: 'Waits for people to approve it: {approved} of {needed} have.',
    ja: '承認待ち({needed} 人中 {approved} 人が承認済み)',
  },
  an_approval: { en: 'an approval', ja: '承認' },
  reason_approved: { en: 'Approved by {by}', ja: '承認されました(承認者: {by})' },
  reason_approved_saying: {
    en: 'Approved by {by}: {comment}',
    ja: '承認されました(承認者: {by}、コメント: {comment})',
  },
  reason_refused: { en: 'Refused by {by}', ja: '否認されました(否認者: {by})' },
  reason_refused_saying: {
    en: 'Refused by {by}: {comment}',
    ja: '否認されました(否認者: {by}、コメント: {comment})',
  },
  reason_approved_in_time: {
    en: 'Approved, because its time was up.',
    ja: '期限に達したため、承認とみなしました',
  },
  reason_refused_in_time: {
    en: 'Refused, because its time was up.',
    ja: '期限に達したため、否認とみなしました',
  },
  decider_behind: {
    en: '{by} has started the session, had it started or run something in it again, and whoever has may not decide here',
    ja: '{by} はこのセッションの開始または再実行に関わったため、承認・否認できません',
  },
  decider_twice: { en: '{by} has decided already', ja: '{by} はすでに判断しています' },
  reason_mail_on_way: {
    en: 'Its mail is on its way by channel "{channel}".',
    ja: 'メールを送信中です(チャネル: {channel})',
  },
  reason_mail_not_sent: { en: 'The mail was not sent: {error}', ja: 'メールを送信できませんでした: {error}' },
  mail_not_in_outbox: { en: 'it is not in the outbox any more', ja: '送信待ちのメールが見つかりません' },
  no_reason_given: { en: 'no reason given', ja: '理由は不明です' },
  reason_work_failed: {
    en: 'What came of its work cannot be taken: {why}.',
    ja: '処理の結果を受け取れませんでした: {why}',
  },
  reason_waits_net_end: { en: 'Waits for the end of {what}.', ja: '終了待ち: {what}' },
  end_of: { en: 'the end of {what}', ja: '{what} の終了' },
  one_of: { en: 'one of {names}', ja: '{names} のいずれか' },
  net_unit: { en: '"{unit}" of {net}', ja: '{net} の「{unit}」' },
  net_ended_otherwise: {
    en: '{name} (session {session} ended {status})',
    ja: '{name}(セッション {session} の終了状態は{status})',
  },
  reason_no_session_to_wait: {
    en: 'There is no session of {net} to wait for.',
    ja: '待ち合わせるジョブネット {net} のセッションがありません',
  },
  reason_net_ended_otherwise: {
    en: '{name} ended {status} in session {session}; waited for was {wanted}.',
    ja: '{name} の終了状態が{status}でした(セッション {session}、待っていた終了状態: {wanted})',
  },
  either: { en: '{first} or {second}', ja: '{first}または{second}' },
  reason_net_circle: {
    en: 'Waits for a net that itself waits for this one: {chain}. Stop or skip one of them.',
    ja: '互いに終了を待ち合っているため、自動では進みません: {chain}。いずれかを停止またはスキップしてください',
  },
  reason_no_unit_to_wait: {
    en: 'Waits for a unit that is not there: session {session} of {net} has no unit "{unit}".',
    ja: '待ち合わせるユニットがありません: {net} のセッション {session} にユニット「{unit}」はありません',
  },
  session_of: { en: 'session {session} of {net}', ja: '{net} のセッション {session}' },
  reason_starts_net: { en: 'Starts {net}.', ja: 'ジョブネット {net} を開始しています' },
  reason_started: {
    en: 'Started session {session} of {net}.',
    ja: 'ジョブネット {net} のセッション {session} を開始しました',
  },
  reason_not_started: {
    en: '{net} was not started: {why}',
    ja: 'ジョブネット {net} を開始できませんでした: {why}',
  },
  reason_start_waits: { en: 'Waits: {why}', ja: '待機中: {why}' },
  stopped_by_before_begun: {
    en: 'stopped by {by} before it had begun',
    ja: '開始前に停止しました(要求元: {by})',
  },
  reason_net_ended: {
    en: 'Session {session} of {net} ended {status}.',
    ja: '{net} のセッション {session} の終了状態は{status}でした',
  },
  reason_net_ended_stopped: {
    en: 'Session {session} of {net} ended {status} after {by} had it stopped.',
    ja: '{by} の停止要求により、{net} のセッション {session} が終了しました(終了状態: {status})',
  },
  reason_killed_too: {
    en: 'Killed by {by}; session {session} of {net} is killed, too, and ends by itself.',
    ja: '強制終了しました(要求元: {by})。{net} のセッション {session} も強制終了し、終了処理が続いています',
  },
  reason_killed_alone: {
    en: 'Killed by {by}; that could not be passed on to session {session} of {net} ({problem}): look after it there.',
    ja: '強制終了しました(要求元: {by})。{net} のセッション {session} は強制終了できませんでした({problem})。そのセッションを確認してください',
  },
} as const satisfies SentencePairs;
