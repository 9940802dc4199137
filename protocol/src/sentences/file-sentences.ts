// What is wrong with a definition file as text and as YAML, and with several files of one change. Said by core/src/definitions (source-text.ts,
// yaml-*.ts, parse-definition-file.ts) and manager/src/jobs/definition-files.ts.
import type { SentencePairs } from './sentence-pair.ts';

export const fileSentences = {
  file_too_large: {
    en: 'the file has {bytes} bytes; at most {max} are read. Split it into several files',
    ja: 'ファイルが大きすぎます({bytes} バイト)。上限は {max} バイトです。複数のファイルに分けてください',
  },
  file_control_character: {
    en: 'the control character U+{character} is not allowed in a text file',
    ja: '制御文字 U+{character} は使えません',
  },
  file_is_utf16: {
    en: 'the file is UTF-16; save it as UTF-8',
    ja: 'ファイルの文字コードが UTF-16 です。UTF-8 で保存してください',
  },
  file_not_utf8: {
    en: 'byte {offset} (0x{byte}) is not valid UTF-8; save the file as UTF-8',
    ja: '{offset} バイト目(0x{byte})が UTF-8 として正しくありません。UTF-8 で保存してください',
  },
  file_too_many_tokens: {
    en: 'the file has more than {max} YAML tokens; split it into several files',
    ja: 'YAML の要素が {max} 個を超えています。複数のファイルに分けてください',
  },
  file_too_many_documents: {
    en: 'the file has more than {max} documents; split it into several files',
    ja: '文書が {max} 個を超えています。複数のファイルに分けてください',
  },
  file_nested_too_deeply: { en: 'the file is nested too deeply', ja: '入れ子が深すぎます' },
  file_nested_too_deep: {
    en: 'the file is nested more than {max} levels deep',
    ja: '入れ子が深すぎます。{max} 段までにしてください',
  },
  file_costs_too_much: {
    en: 'takes too much time or memory to read; split it into several files',
    ja: '読み込みに時間またはメモリがかかりすぎます。複数のファイルに分けてください',
  },
  file_holds_nothing: {
    en: 'the file holds no definition; one begins with "kind: jobnet"',
    ja: 'ファイルに定義がありません。定義は「kind: jobnet」のような行で始めます',
  },
  file_holds_twice: {
    en: 'the file already holds a {kind} of this name, on line {line}',
    ja: '同じ名前の {kind} が、このファイルの {line} 行目にもあります',
  },
  files_hold_twice: {
    en: '{kind} "{name}" stands in {file}, line {line}, already',
    ja: '{kind}「{name}」は、{file} の {line} 行目にもあります',
  },
  file_must_hold_one_net: {
    en: 'must hold one document, the job net "{net}"',
    ja: 'ジョブネット「{net}」の文書を 1 つだけ書いてください',
  },
  text_one_net: {
    en: 'this text must hold one job net, and nothing else',
    ja: 'ジョブネットを 1 つだけ書いてください',
  },
  yaml_version: {
    en: 'the file asks for YAML {version}; remove the %YAML line, YAML 1.2 is read',
    ja: 'YAML {version} が指定されています。%YAML の行を削除してください(YAML 1.2 として読み込みます)',
  },
  yaml_tab: {
    en: 'a tab is used for indentation; YAML allows only spaces there',
    ja: '字下げにタブが使われています。空白で字下げしてください',
  },
  yaml_block_does_not_fit: {
    en: 'the line does not fit: it is indented deeper than the key it should stand beside, or a value that holds ": " needs quotes',
    ja: 'この行の位置が正しくありません。並ぶべきキーより深く字下げされているか、「: 」を含む値が引用符で囲まれていません',
  },
  yaml_line_does_not_fit: {
    en: 'the line does not fit: it is indented deeper than the key it should stand beside, or a ":" is missing',
    ja: 'この行の位置が正しくありません。並ぶべきキーより深く字下げされているか、「:」がありません',
  },
  yaml_not_valid: { en: 'this is not valid YAML: {detail}', ja: 'YAML として正しくありません({detail})' },
  yaml_tag_on_value: {
    en: 'the tag {tag} is not allowed; write the plain value',
    ja: 'タグ {tag} は使えません。値だけを書いてください',
  },
  yaml_tag_on_key: {
    en: 'the tag {tag} is not allowed; write the plain key',
    ja: 'タグ {tag} は使えません。キーだけを書いてください',
  },
  yaml_key_no_text: { en: 'a key must be plain text', ja: 'キーは文字列で書いてください' },
  yaml_merge_key: {
    en: 'merge keys ("<<") are not read; write the keys out',
    ja: 'マージキー(「<<」)は使えません。キーをそのまま書いてください',
  },
  yaml_key_twice: {
    en: 'the key {key} stands here a second time; each key may stand once',
    ja: 'キー {key} が重複しています。1 回だけ書いてください',
  },
  yaml_too_many_aliases: {
    en: 'the file uses more than {max} aliases; write the values out',
    ja: 'エイリアスが {max} 個を超えています。値をそのまま書いてください',
  },
  yaml_alias_without_anchor: {
    en: 'the alias "*{name}" has no anchor "&{name}" before it',
    ja: 'エイリアス「*{name}」より前に、アンカー「&{name}」がありません',
  },
  yaml_too_many_values: {
    en: 'with its aliases expanded the file has more than {max} values',
    ja: 'エイリアスを展開すると、値が {max} 個を超えます',
  },
} as const satisfies SentencePairs;
