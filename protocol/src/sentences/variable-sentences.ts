// What is wrong with places of variables in the texts of units, with what is taken out of outputs, and with regular expressions.
// Said by core/src/definitions/judge-variables.ts, core/src/jobs/variables/places.ts and core/src/traps/rules/bounded-pattern.ts.
import type { SentencePairs } from './sentence-pair.ts';

export const variableSentences = {
  place_wrong: { en: 'has the place {place}, {why}', ja: '変数 {place} が正しくありません。{why}' },
  place_unknown: { en: 'which is not known; known are {known}', ja: '使えるのは {known} です' },
  place_of_unit_unknown: {
    en: 'which says nothing about a unit; known are {{unit.NAME.exit_code}}, {{unit.NAME.status}} and {{unit.NAME.output.NAME}}',
    ja: 'ユニットについて使えるのは {{unit.名前.exit_code}}、{{unit.名前.status}}、{{unit.名前.output.名前}} です',
  },
  place_date_format: {
    en: 'whose format "{format}" is not known; it is made of YYYY, YY, MM, DD, HH, mm, ss and separators',
    ja: '書式「{format}」は使えません。YYYY、YY、MM、DD、HH、mm、ss と区切り文字で書いてください',
  },
  place_date_far: {
    en: 'which is farther from the day of the start than {max} days',
    ja: '開始日から {max} 日以内にしてください',
  },
  place_business_date_far: {
    en: 'which is farther from the business date than {max} open days',
    ja: '営業日付から {max} 営業日以内で指定してください',
  },
  place_business_date_none: {
    en: 'has the place {place}, but the net has no "business_date" that names a calendar',
    ja: '変数 {place} を使うには、ネットの「business_date」にカレンダを指定してください',
  },
  place_no_parameter: {
    en: 'has the place {place}, but the net declares no parameter "{name}"{hint}',
    ja: '変数 {place} のパラメータ「{name}」は、このネットで定義されていません{hint}',
  },
  is_secret_answer: {
    en: 'is secret: an answer would tell of it',
    ja: '機密情報は判定に使えません。判定結果から値が推測できてしまいます',
  },
  secret_would_show: {
    en: 'would show a secret where people or other programs can read it; secrets are for "environment", "stdin" and "files" alone',
    ja: '機密情報が、人や他のプログラムから見える場所に入ります。機密情報は「environment」、「stdin」、「files」だけで使ってください',
  },
  unit_not_near: {
    en: 'names the unit "{unit}", which is neither beside this one nor beside a net around it{hint}',
    ja: 'ユニット「{unit}」は、同じネットにも外側のネットにもありません{hint}',
  },
  unit_not_before: {
    en: 'names the unit "{unit}", which need not have ended by then; name "{first}" under "after"',
    ja: 'ユニット「{unit}」は、その時点で終了しているとは限りません。「{first}」を「after」に指定してください',
  },
  unit_without_outputs: {
    en: 'names the unit "{unit}" of type {type}, which has no outputs',
    ja: 'ユニット「{unit}」(種類 {type})には出力変数がありません',
  },
  output_not_declared: {
    en: 'names the output "{output}", which "{unit}" does not declare under "outputs"{hint}',
    ja: '出力変数「{output}」は、「{unit}」の「outputs」で定義されていません{hint}',
  },
  place_in_shell: {
    en: 'holds a place; text that is put into a shell line or a script could be run as a command of its own. Instead {instead}',
    ja: 'シェルの行やスクリプトに変数は埋め込めません。埋め込んだ文字列がコマンドとして実行されるおそれがあります。代わりに{instead}',
  },
  write_parameter: {
    en: 'write "${name}": parameters are environment variables',
    ja: '「${name}」と書いてください(パラメータは環境変数として渡されます)',
  },
  write_output: {
    en: 'write "${name}", or give it a name under "environment"',
    ja: '「${name}」と書くか、「environment」で名前を付けてください',
  },
  write_environment: {
    en: 'give it a name under "environment", and write that as "$NAME"',
    ja: '「environment」で名前を付け、「$名前」と書いてください',
  },
  command_missing: {
    en: 'is missing: a command has "command" or "script"',
    ja: '必須です。「command」または「script」を指定してください',
  },
  command_beside_script: {
    en: 'must not be there beside "script": one of the two is run',
    ja: '「script」とは一緒に指定できません。どちらか一方にしてください',
  },
  arguments_belong_to_script: {
    en: 'belongs to "script"; arguments of a command stand in its list',
    ja: '「script」と一緒に使います。コマンドの引数は「command」のリストに書いてください',
  },
  stdin_beside_file: {
    en: 'must not be there beside "stdin_file"',
    ja: '「stdin_file」とは一緒に指定できません',
  },
  too_many_files: {
    en: 'has {count} files; at most {max} are given',
    ja: 'ファイルが {count} 個あります。{max} 個までにしてください',
  },
  file_is_variable: {
    en: 'is a variable under "environment" already, and would hold the path of the file',
    ja: '「environment」に同じ名前の環境変数があります(この変数にはファイルのパスが入ります)',
  },
  output_needs_one: {
    en: 'must have either "regex" or "json"',
    ja: '「regex」と「json」のどちらか一方を指定してください',
  },
  output_json_path: {
    en: 'must be a path to one value, such as "$.result.files[0].name"',
    ja: '「$.result.files[0].name」のように、1 つの値を指す JSON パスを指定してください',
  },
  belongs_to_regex: {
    en: 'belongs to "regex"; leave it out',
    ja: '「regex」と一緒に使います。削除してください',
  },
  output_groups: {
    en: 'has {groups} groups; write (?:...) for those that are not the value',
    ja: 'グループが {groups} 個あります。値にしないグループは (?:...) と書いてください',
  },
  pattern_too_large: {
    en: 'is too large: repeats such as {1,500} count as often as they repeat, which makes {size} steps of it; at most {max} are allowed',
    ja: '正規表現が大きすぎます。{1,500} のような繰り返しは回数分として数え、全体で {size} 段になります。{max} 段までにしてください',
  },
  pattern_at: {
    en: '{what}: at character {number}, "{fragment}"',
    ja: '{what}({number} 文字目「{fragment}」)',
  },
  pattern_no_closing_bracket: { en: 'lacks a closing ")"', ja: '閉じる「)」がありません' },
  pattern_extra_bracket: {
    en: 'has a ")" that nothing opened; write "\\)" for the character itself',
    ja: '対応する「(」がない「)」があります。文字として使うには「\\)」と書いてください',
  },
  pattern_no_closing_class: { en: 'lacks a closing "]"', ja: '閉じる「]」がありません' },
  pattern_repeats_nothing: {
    en: 'repeats nothing; write a backslash before the character itself',
    ja: '繰り返しの対象がありません。文字として使うには、前に「\\」を付けてください',
  },
  pattern_repeats_repeat: { en: 'repeats a repeat', ja: '繰り返しが重なっています' },
  pattern_repeats_too_often: {
    en: 'repeats more than 1,000 times, or from more to less',
    ja: '繰り返しの回数が 1,000 回を超えているか、順序が逆です',
  },
  pattern_escape: {
    en: 'has an escape that is not known (back references such as \\1 are not possible, since they can take endless time)',
    ja: '使えないエスケープがあります(\\1 のような後方参照は、処理が終わらないおそれがあるため使えません)',
  },
  pattern_trailing_backslash: { en: 'ends with a backslash', ja: '「\\」で終わっています' },
  pattern_class: {
    en: 'has a character class that is not known or runs backwards',
    ja: '文字クラスが正しくないか、範囲の順序が逆です',
  },
  pattern_group_name: {
    en: 'has a group whose name is not letters, digits and "_"',
    ja: 'グループの名前には英数字と「_」だけを使ってください',
  },
  pattern_group_twice: { en: 'has two groups of the same name', ja: '同じ名前のグループが 2 つあります' },
  pattern_large: { en: 'is too large', ja: '正規表現が大きすぎます' },
  pattern_deep: { en: 'is nested too deeply', ja: '入れ子が深すぎます' },
  pattern_none: { en: 'is no regular expression: {detail}', ja: '正規表現として正しくありません({detail})' },
  pattern_looks_around: {
    en: 'looks ahead or behind, which is not possible, since it can take endless time',
    ja: '先読みと後読みは、処理が終わらないおそれがあるため使えません',
  },
} as const satisfies SentencePairs;
