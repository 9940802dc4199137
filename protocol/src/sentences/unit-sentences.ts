// What is wrong with a unit by itself or with what it says of those before it. Said by core/src/definitions (judge-attempt-unit.ts,
// judge-control-unit.ts, judge-tool-units.ts, judge-inside-units.ts, judge-exit-codes.ts).
import type { SentencePairs } from './sentence-pair.ts';

export const unitSentences = {
  warn_not_below_timeout: {
    en: 'is not below "timeout_s" ({timeout}): the unit would be ended before it is warned of',
    ja: '「timeout_s」({timeout} 秒)より小さくしてください。警告の前に打ち切られてしまいます',
  },
  memory_limit_small: {
    en: '{memory} bytes are too few for any program; write at least "6m" (m: MiB, g: GiB)',
    ja: '{memory} バイトではどのプログラムも動きません。「6m」以上を指定してください(m は MiB、g は GiB)',
  },
  limit_twice: {
    en: '"{key}" of the container says it already; leave one of the two out',
    ja: 'コンテナの「{key}」と重複しています。どちらか一方を削除してください',
  },
  too_many_variables: {
    en: 'has {count} variables; at most {max} are allowed',
    ja: '環境変数が {count} 個あります。{max} 個までにしてください',
  },
  exit_codes_without_effect: {
    en: 'has no effect, because "end_by" says that something else decides; leave one of the two out',
    ja: '終了判定は「end_by」で決まるため、効果がありません。どちらか一方を削除してください',
  },
  exit_code_out_of_range: {
    en: 'exit codes go from 0 to 255; "{range}" does not fit',
    ja: '終了コードは 0〜255 です。「{range}」は指定できません',
  },
  range_upside_down: {
    en: 'the range "{range}" is upside down; write "{right}"',
    ja: '範囲「{range}」の順序が逆です。「{right}」と書いてください',
  },
  range_overlaps: {
    en: '"{range}" overlaps with "{other}" of "{key}"; each exit code may stand once',
    ja: '「{range}」が「{key}」の「{other}」と重なっています。終了コードは 1 か所だけに書いてください',
  },
  recovery_needs_before: {
    en: 'a recovery unit runs because a unit before it failed; name that under "after"',
    ja: 'リカバリーユニットは、先行ユニットの異常時に実行されます。先行ユニットを「after」に指定してください',
  },
  recovery_leaves_out_on: {
    en: 'a recovery unit says under "recovery" which end statuses it runs on; leave out "on"',
    ja: 'リカバリーユニットを実行する終了状態は「recovery」に指定します。「on」は削除してください',
  },
  no_answer_from: {
    en: '"{unit}" is of type {type}; only a judgment or an approval answers true or false',
    ja: '「{unit}」の種類は {type} です。true / false の結果を返すのは、判定と承認のユニットだけです',
  },
  wait_needs_one: {
    en: 'must have either "for_s" or "until"',
    ja: '「for_s」と「until」のどちらか一方を指定してください',
  },
  judged_not_before: {
    en: 'a judgment judges a unit that it waits for; name "{unit}" under "after"',
    ja: '判定できるのは先行ユニットだけです。「{unit}」を「after」に指定してください',
  },
  judged_with_any: {
    en: 'with "any" the judgment may begin before "{unit}" has ended; use "all"',
    ja: '「any」では、「{unit}」の終了前に判定が始まることがあります。「all」を使ってください',
  },
  judged_without_exit_code: {
    en: '"{unit}" is of type {type}; only what runs on a node, such as a command, has an exit code',
    ja: '「{unit}」の種類は {type} です。終了コードがあるのは、コマンドなどノードで実行するユニットだけです',
  },
  tests_need_one: {
    en: 'must have one of "equals", "matches", and "at_least" with or without "at_most"',
    ja: '「equals」、「matches」、「at_least」(必要なら「at_most」も)のうち、どれか 1 つの条件を指定してください',
  },
  numbers_have_no_case: {
    en: 'numbers have no case; leave this out',
    ja: '数値の比較では指定できません。削除してください',
  },
  below_at_least: { en: 'is below "at_least" ({least})', ja: '「at_least」({least})以上にしてください' },
  already_there_without_meaning: {
    en: 'has no meaning with "watch: {watch}"; it is for files that are created or deleted',
    ja: '「watch: {watch}」では指定できません。作成または削除の監視で使います',
  },
  transfer_of_folder: {
    en: 'is a folder; for its files give a pattern, such as "/data/out/*"',
    ja: 'フォルダは指定できません。フォルダ内のファイルは「/data/out/*」のようなパターンで指定してください',
  },
  transfer_pattern_in_folder: {
    en: 'has "*", "?" or "[" before its last "/"; a pattern is for the files of one folder',
    ja: '最後の「/」より前に「*」「?」「[」は使えません。パターンは 1 つのフォルダ内のファイルに使います',
  },
  transfer_to_needs_folder: {
    en: 'must end with "/": the pattern under "from" may find several files, which keep their names in a folder',
    ja: '最後に「/」を付けてフォルダを指定してください。「from」のパターンは複数のファイルに一致することがあります',
  },
  transfer_path_goes_back: {
    en: 'must not hold ".."; write the folder that is meant',
    ja: '「..」は使えません。目的のフォルダを直接指定してください',
  },
  no_progress_not_below_timeout: {
    en: 'is not below "timeout_s" ({timeout}), which would always be first',
    ja: '「timeout_s」({timeout})より小さい値を指定してください。そのままでは常に「timeout_s」が先になります',
  },
  size_min_without_meaning: {
    en: 'has no meaning with "watch: deleted"',
    ja: '「watch: deleted」では指定できません',
  },
  on_timeout_needs_timeout: {
    en: 'needs "timeout_s": without it the watch waits for ever',
    ja: '「timeout_s」と一緒に指定してください(指定がなければ、監視は無期限に待ちます)',
  },
  settle_not_below_timeout: {
    en: 'is not below "timeout_s" ({timeout}): nothing could settle in time',
    ja: '「timeout_s」({timeout} 秒)より小さくしてください。書き込みの完了を確認できません',
  },
  request_has_no_body: {
    en: 'a request by {method} has no body; give a "method" such as POST',
    ja: '{method} のリクエストに本文は指定できません。「method」に POST などを指定してください',
  },
  header_twice: {
    en: 'stands under "headers" too; give the header once',
    ja: '「headers」にも指定されています。1 か所だけに書いてください',
  },
  header_made_by_call: {
    en: 'is made by the call itself; leave it out',
    ja: 'このヘッダは自動で付きます。削除してください',
  },
  url_holds_password: {
    en: 'holds a user or password, which everybody who sees the definition could read; take it out and write {instead}: { user: NAME, password: "{{secret.NAME}}" }',
    ja: 'ユーザ名またはパスワードを含んでいます。定義を参照できる全員に読まれるため削除し、{instead}: { user: NAME, password: "{{secret.NAME}}" } を使ってください',
  },
  password_is_no_secret: {
    en: 'must be {{secret.NAME}}, a secret parameter or a secret output: a definition holds no password itself',
    ja: '{{secret.NAME}}、機密情報のパラメータ、または機密情報の出力変数を指定してください。定義にパスワードそのものは書けません',
  },
  proxy_auth_without_proxy: {
    en: 'belongs to "proxy"; leave it out',
    ja: '「proxy」と組で使う項目です。削除してください',
  },
  authorization_twice: {
    en: 'makes the header Authorization, which stands there already; give one of them',
    ja: '「Authorization」ヘッダが別に指定されています。どちらか一方にしてください',
  },
  status_retry_needs_retry: {
    en: 'needs "retry: { count: ... }", which says how often it is tried again',
    ja: 'リトライの回数を「retry: { count: ... }」に指定してください',
  },
  poll_would_repeat: {
    en: 'would repeat a {method}; say under "from" where the response names whom to ask',
    ja: '{method} を繰り返してしまいます。問い合わせ先の取得元を「from」に指定してください',
  },
  no_json_path: {
    en: 'is no path such as "$.state" or "$.items[0].id"',
    ja: '「$.state」や「$.items[0].id」のような JSON パスを指定してください',
  },
  client_certificate_needs_both: {
    en: 'a client certificate needs both "certificate_file" and "key_file"',
    ja: 'クライアント証明書には「certificate_file」と「key_file」の両方が必要です',
  },
  status_range_upside_down: { en: 'the range "{range}" is upside down', ja: '範囲「{range}」の順序が逆です' },
  status_range_overlaps: {
    en: '"{range}" overlaps with a range of "{key}"; each status may stand once',
    ja: '「{range}」が「{key}」の範囲と重なっています。ステータスコードは 1 か所だけに書いてください',
  },
  equals_and_matches: {
    en: 'has both "equals" and "matches"; give one of them',
    ja: '「equals」と「matches」は同時に指定できません。どちらか一方にしてください',
  },
  ssh_needs_known_hosts: {
    en: 'must have either "known_hosts" or "known_hosts_file": a host whose key is not known is never connected to',
    ja: '「known_hosts」と「known_hosts_file」のどちらか一方を指定してください。ホスト鍵が分からないホストには接続しません',
  },
  entrypoint_with_shell_line: {
    en: 'a shell line is run by /bin/sh; with an "entrypoint" of your own give a list of arguments',
    ja: '1 行のコマンドは /bin/sh で実行されます。「entrypoint」を指定する場合は、引数のリストで書いてください',
  },
  net_starts_itself: {
    en: 'is the net itself: each session would wait for the next one without end; write "wait: false" if each is to start the next',
    ja: '自分自身のネットが指定されています。セッションが際限なく次の終了を待ってしまいます。次を開始するだけなら「wait: false」を指定してください',
  },
  waited_event_empty: {
    en: 'must say which event: with nothing named, the next of any kind would do',
    ja: 'イベントの条件を指定してください。指定がないと、どのイベントでも成立してしまいます',
  },
  net_waits_for_itself: {
    en: 'is the net itself; a unit waits for units of its own net by "after"',
    ja: '自分自身のネットが指定されています。同じネットのユニットは「after」で待ちます',
  },
  waited_net_twice: { en: '"{net}" is named twice here', ja: '「{net}」が重複しています' },
  look_back_without_sense: {
    en: 'has no sense with "which: {which}"; leave one of them out',
    ja: '「which: {which}」とは一緒に指定できません。どちらか一方を削除してください',
  },
  too_few_approvers_one: {
    en: 'asks for {needed} approvals, but only 1 person is named under "users"',
    ja: '{needed} 人の承認が必要ですが、「users」には 1 人しか指定されていません',
  },
  too_few_approvers: {
    en: 'asks for {needed} approvals, but only {named} people are named under "users"',
    ja: '{needed} 人の承認が必要ですが、「users」には {named} 人しか指定されていません',
  },
} as const satisfies SentencePairs;
