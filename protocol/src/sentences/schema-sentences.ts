// What the schemas of definitions say of one value, as whole sentences without places: the schema library carries nothing but a text of ours, so
// the English one is what names the sentence (`saidBySchema`), and each stands here once. Called by the schemas of protocol/ for their texts.
import type { SentencePairs } from './sentence-pair.ts';

export const schemaSentences = {
  field_test_needed: {
    en: 'must say "equals", "matches", "at_least" or "at_most"',
    ja: '「equals」、「matches」、「at_least」、「at_most」のいずれかを指定してください',
  },
  start_watcher: {
    en: 'must be { name: NAME, event: CONDITIONS }, { name: NAME, net: JOB NET, on: [END STATUSES] }, { name: NAME, files: { node: NODE, path: PATH } } or { name: NAME, time: { every_minutes: MINUTES } }',
    ja: '{ name: 名前, event: 条件 }、{ name: 名前, net: ジョブネット, on: [終了状態] }、{ name: 名前, files: { node: ノード, path: パス } }、{ name: 名前, time: { every_minutes: 分 } } のいずれかの形で指定してください',
  },
  watched_time: {
    en: 'must be a time of day such as "08:00"',
    ja: '「08:00」のような時刻を指定してください',
  },
  watched_times: {
    en: 'must have one of "every_minutes", "times" and "cron"',
    ja: '「every_minutes」、「times」、「cron」のいずれか 1 つを指定してください',
  },
  every_minutes_needed: {
    en: 'has "from" or "until", which need "every_minutes"',
    ja: '「from」と「until」は「every_minutes」と一緒に指定してください',
  },
  instant_with_zone: {
    en: 'must be an instant with its zone such as "2026-12-25T18:00:00+09:00"',
    ja: '「2026-12-25T18:00:00+09:00」のように、時差を含む日時を指定してください',
  },
  any_or_all: {
    en: 'must have either "any" or "all"',
    ja: '「any」と「all」のどちらか一方を指定してください',
  },
  octal_mode: {
    en: 'must be an octal mode in quotes, such as "0640"',
    ja: '「"0640"」のように引用符で囲んだ 8 進数で指定してください',
  },
  watched_paths: {
    en: 'must be an absolute path such as "/data/in/*.csv", or a list of such paths',
    ja: '「/data/in/*.csv」のような絶対パス、またはそのリストを指定してください',
  },
  waited_net: {
    en: 'must be the name of a job net, or { net: NAME, unit: PATH, on: [END STATUSES] }',
    ja: 'ジョブネット名、または { net: 名前, unit: パス, on: [終了状態] } の形で指定してください',
  },
  waited_nets: {
    en: 'must be a list of job nets, { all: [...] } or { any: [...] }',
    ja: 'ジョブネットのリスト、{ all: [...] }、{ any: [...] } のいずれかの形で指定してください',
  },
  end_by: {
    en: 'must be exit_code, normal, abnormal or { file: PATH, is: exists | updated }',
    ja: 'exit_code、normal、abnormal、または { file: パス, is: exists | updated } を指定してください',
  },
  text_without_nul: { en: 'must not hold a NUL character', ja: 'NUL 文字は使えません' },
  command_line: {
    en: 'must be a shell line or a list of arguments',
    ja: '1 行のコマンド、または引数のリストを指定してください',
  },
  umask: { en: 'must be octal such as "022"', ja: '「022」のような 8 進数を指定してください' },
  host_name: { en: 'must be a name or an address', ja: 'ホスト名またはアドレスを指定してください' },
  no_leading_dash: { en: 'must not begin with "-"', ja: '「-」で始まる値は指定できません' },
  user_name: { en: 'must be a name of a user', ja: 'ユーザ名を指定してください' },
  environment_name: {
    en: 'must be a name of an environment variable',
    ja: '環境変数の名前(英数字と「_」)を指定してください',
  },
  exit_code_ranges: {
    en: 'must be exit codes or ranges such as "0", "1-9" or "1-9,20"',
    ja: '「0」、「1-9」、「1-9,20」のように、終了コードまたは範囲を指定してください',
  },
  os_account: {
    en: 'must be a name of an operating system user or group',
    ja: 'OS のユーザ名またはグループ名を指定してください',
  },
  target: {
    en: 'must be { node: NAME } or { scope: NAME, mode: all | any | least_loaded | by_priority }',
    ja: '{ node: 名前 } または { scope: 名前, mode: all | any | least_loaded | by_priority } の形で指定してください',
  },
  units_before: {
    en: 'must be a list of units, { all: [...] } or { any: [...] }',
    ja: 'ユニットのリスト、{ all: [...] }、{ any: [...] } のいずれかの形で指定してください',
  },
  recovery: {
    en: 'must be true, or a list of the end statuses warning, abnormal and unknown',
    ja: 'true、または終了状態 warning、abnormal、unknown のリストを指定してください',
  },
  question: {
    en: 'must be { unit: NAME, exit_code: RANGES }, or { unit: NAME, output: NAME } or { parameter: NAME } with equals, matches, at_least or at_most',
    ja: '{ unit: 名前, exit_code: 範囲 }、または { unit: 名前, output: 名前 } か { parameter: 名前 } に equals、matches、at_least、at_most を付けた形で指定してください',
  },
  http_url: {
    en: 'must be a URL that begins with http:// or https://',
    ja: 'http:// または https:// で始まる URL を指定してください',
  },
  header_name: { en: 'must be a name of a header', ja: 'ヘッダ名を指定してください' },
  text_of_one_line: { en: 'must not hold a line end', ja: '改行は使えません' },
  status_ranges: {
    en: 'must be status codes or ranges such as "200-299" or "429,503"',
    ja: '「200-299」や「429,503」のように、ステータスコードまたは範囲を指定してください',
  },
  body_check: {
    en: 'must be { regex: PATTERN }, or { json: PATH } with or without equals or matches',
    ja: '{ regex: 正規表現 }、または { json: パス }(必要なら equals か matches を付ける)の形で指定してください',
  },
  http_body: {
    en: 'must be { text: TEXT }, { json: VALUE } or { form: { NAME: TEXT } }',
    ja: '{ text: 文字列 }、{ json: 値 }、{ form: { 名前: 文字列 } } のいずれかの形で指定してください',
  },
  poll_from: {
    en: 'must be { header: NAME } or { json: PATH }',
    ja: '{ header: 名前 } または { json: パス } の形で指定してください',
  },
  proxy: { en: 'must be http://HOST:PORT', ja: 'http://ホスト:ポート の形で指定してください' },
  wait_time: { en: 'must be a time of day such as "22:00"', ja: '「22:00」のような時刻を指定してください' },
  directory: {
    en: 'must be an absolute path such as "/data/in"',
    ja: '「/data/in」のような絶対パスを指定してください',
  },
  image_name: {
    en: 'must be a name of an image such as "registry.example/tool:1.2"',
    ja: '「registry.example/tool:1.2」のようなイメージ名を指定してください',
  },
  mount: {
    en: 'must be SOURCE:/TARGET or SOURCE:/TARGET:ro',
    ja: 'マウント元:/マウント先 または マウント元:/マウント先:ro の形で指定してください',
  },
  network_name: { en: 'must be a name of a network', ja: 'ネットワーク名を指定してください' },
  container_user: {
    en: 'must be a user such as "1000:1000"',
    ja: '「1000:1000」のようなユーザを指定してください',
  },
  memory_size: {
    en: 'must be a number of bytes such as "512m"',
    ja: '「512m」のようにバイト数を指定してください',
  },
  day_rule: {
    en: 'must be a day such as "15", "-1" (the last), "open 1", "open -3", "closed 1", "fri", "fri 2", "fri -1", "12-25", "2026-12-25" or "2026-12-25/14" (every 14 days from then on)',
    ja: '日を「15」、「-1」(月末)、「open 1」(第 1 営業日)、「open -3」、「closed 1」、「fri」、「fri 2」、「fri -1」、「12-25」、「2026-12-25」、「2026-12-25/14」(その日から 14 日ごと)のように指定してください',
  },
  schedule_time: {
    en: 'must be a time of day such as "22:00"; with a calendar up to "47:59"',
    ja: '「22:00」のような時刻を指定してください(カレンダを使う場合は「47:59」まで)',
  },
  not_zero: { en: 'must not be 0', ja: '0 以外を指定してください' },
  cron_or_times: {
    en: 'must have either "cron" or "times"',
    ja: '「cron」と「times」のどちらか一方を指定してください',
  },
  time_band: {
    en: 'must be times of the day such as "22:00-06:00"',
    ja: '「22:00-06:00」のような時間帯を指定してください',
  },
  time_bands_max: { en: 'must hold 48 times of the day at the most', ja: '時間帯は 48 個までにしてください' },
  watch_time: {
    en: 'must be a time such as "23:30", up to "47:59" for the next day',
    ja: '「23:30」のような時刻を指定してください(翌日は「47:59」まで)',
  },
  at_or_after: {
    en: 'must have either "at" or "after_s"',
    ja: '「at」と「after_s」のどちらか一方を指定してください',
  },
  factor_or_sigma: {
    en: 'must have either "factor" or "sigma"',
    ja: '「factor」と「sigma」のどちらか一方を指定してください',
  },
  at_after_or_history: {
    en: 'must have one of "at", "after_s" and "history"',
    ja: '「at」、「after_s」、「history」のうち 1 つを指定してください',
  },
  start_or_end: {
    en: 'must have "start", "end" or both',
    ja: '「start」と「end」の少なくとも一方を指定してください',
  },
  end_status_rule: {
    en: 'must be worst, last, ignore_warning or { units: [NAME, ...] }',
    ja: 'worst、last、ignore_warning、または { units: [名前, ...] } を指定してください',
  },
  reason_needed: { en: 'must say why', ja: '理由を入力してください' },
  plain_name: {
    en: 'must start with a letter or digit and hold only letters, digits, "_", "-" and "."',
    ja: '先頭は文字か数字にし、文字、数字、「_」、「-」、「.」だけを使ってください',
  },
  plain_path: {
    en: 'must be names separated by "/", each starting with a letter or digit and holding only letters, digits, "_", "-" and "."',
    ja: '名前を「/」で区切って指定してください。それぞれ先頭は文字か数字にし、文字、数字、「_」、「-」、「.」だけを使えます',
  },
  attempt_id: { en: 'is not an attempt id', ja: '試行の ID ではありません' },
  agent_id: { en: 'is not an agent id', ja: 'エージェントの ID ではありません' },
  not_year_zero: { en: 'must not be in the year 0', ja: '0 年の日時は指定できません' },
  no_space_around: {
    en: 'must neither begin nor end with a space, nor hold control characters',
    ja: '先頭や末尾の空白と、制御文字は使えません',
  },
  contains_or_matches: {
    en: 'must say "contains" or "matches"',
    ja: '「contains」と「matches」の少なくとも一方を指定してください',
  },
  equals_contains_or_matches: {
    en: 'must say "equals", "contains" or "matches"',
    ja: '「equals」、「contains」、「matches」のいずれかを指定してください',
  },
  inhibition_key: {
    en: 'must be "node", "scope", "monitor", "key", "net" or "field:NAME"',
    ja: '「node」、「scope」、「monitor」、「key」、「net」、「field:名前」のいずれかを指定してください',
  },
  no_control_characters: {
    en: 'must not hold line breaks or control characters',
    ja: '改行と制御文字は使えません',
  },
  no_credentials: {
    en: 'must not hold a user name or password',
    ja: 'ユーザ名やパスワードは含めないでください',
  },
  https_address: {
    en: 'must be an address that begins with "https://"',
    ja: '「https://」で始まるアドレスを指定してください',
  },
  no_credentials_in_address: {
    en: 'must not hold a user name or password; send them in an Authorization header',
    ja: 'ユーザ名やパスワードは含めず、Authorization ヘッダで送ってください',
  },
  header_value: {
    en: 'must hold only characters that a header can carry: no line breaks, nothing beyond Latin-1',
    ja: 'ヘッダで送れる文字だけを使ってください(改行と、Latin-1 以外の文字は使えません)',
  },
  media_type: {
    en: 'must be a media type such as "application/json"',
    ja: '「application/json」のようなメディアタイプを指定してください',
  },
  mail_address: {
    en: 'must be a mail address such as "ops@example.com"',
    ja: '「ops@example.com」のようなメールアドレスを指定してください',
  },
  console_url: {
    en: 'must have no question mark, fragment or user, such as https://ops-a.example:8443',
    ja: '「?」「#」「@」を含まない https://ops-a.example:8443 のような URL を指定してください',
  },
  absolute_path: { en: 'must be an absolute path', ja: '絶対パスを指定してください' },
  band_time: {
    en: 'must be a time of day such as "09:00", up to "24:00"; with a calendar up to "48:00"',
    ja: '「09:00」のような時刻を「24:00」までで指定してください(カレンダを使う場合は「48:00」まで)',
  },
  where_to: {
    en: 'must say where to: "channel", "channels" or "escalation"',
    ja: '通知先を「channel」、「channels」、「escalation」のいずれかで指定してください',
  },
  window_place: {
    en: 'must be one of { manager: true }, { folder: NAME }, { net: NAME }, { scope: NAME }, { node: NAME }',
    ja: '{ manager: true }、{ folder: 名前 }、{ net: 名前 }、{ scope: 名前 }、{ node: 名前 } のいずれかの形で指定してください',
  },
  window_moment: {
    en: 'must be a date with a time of day such as "2026-12-01T01:00"',
    ja: '「2026-12-01T01:00」のように日付と時刻を指定してください',
  },
  start_end_or_cron: {
    en: 'must have either "start" and "end", or "cron" and "duration_min"',
    ja: '「start」と「end」、または「cron」と「duration_min」のどちらかの組を指定してください',
  },
  calendar_day: {
    en: 'must be a date such as "2026-12-29", or "12-29" for this day of every year',
    ja: '「2026-12-29」のような日付を指定してください。毎年なら「12-29」と書きます',
  },
  calendar_entry: {
    en: 'must be a date such as "2026-12-29", or { date: "2026-12-29", to: "2027-01-03", name: TEXT }',
    ja: '「2026-12-29」のような日付、または { date: "2026-12-29", to: "2027-01-03", name: 名称 } の形で指定してください',
  },
  day_begin: { en: 'must be a time of day such as "05:00"', ja: '「05:00」のような時刻を指定してください' },
  run_as_user_pattern: {
    en: 'must be a user of the operating system, a beginning such as "app*", "@agent" for units that name no user, or "*" for all',
    ja: 'OS のユーザ名、「app*」のような前方一致、ユーザを指定しないユニットを指す「@agent」、すべてを指す「*」のいずれかを指定してください',
  },
  run_as_group_pattern: {
    en: 'must be a group of the operating system, a beginning such as "app*", or "*" for all',
    ja: 'OS のグループ名、「app*」のような前方一致、すべてを指す「*」のいずれかを指定してください',
  },
  http_callee: {
    en: 'must be a host such as "api.example.com", all below a domain such as "*.example.com", an address, or a network such as 10.0.0.0/8',
    ja: '「api.example.com」のようなホスト、「*.example.com」のようなドメイン配下、アドレス、または「10.0.0.0/8」のようなネットワークを指定してください',
  },
} as const satisfies SentencePairs;

/** For the error of a check: `z.string().regex(name, schemaText('plain_name'))`. */
export function schemaText(code: keyof typeof schemaSentences): string {
  return schemaSentences[code].en;
}
