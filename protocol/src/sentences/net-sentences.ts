// What is wrong with a job net as a whole: names, edges, depth, targets, places that are asked for, watches of times, start conditions.
// Said by core/src/definitions (judge-job-net.ts, judge-edges.ts, judge-places.ts, judge-delays.ts, judge-start-conditions.ts, duplicate-names.ts).
import type { SentencePairs } from './sentence-pair.ts';

export const netSentences = {
  word_parameter: { en: 'parameter', ja: 'パラメータ' },
  word_schedule: { en: 'schedule', ja: 'スケジュール' },
  word_unit: { en: 'unit', ja: 'ユニット' },
  word_output: { en: 'output', ja: '出力変数' },
  word_condition: { en: 'condition', ja: '起動条件' },
  word_rule: { en: 'rule', ja: 'ルール' },
  name_twice: {
    en: 'there is another {what} named "{name}" here (number {number} of the list); names must be unique',
    ja: '同じ名前の{what}「{name}」が、リストの {number} 番目にもあります。別の名前にしてください',
  },
  net_too_deep: {
    en: 'nets are nested {depth} deep here; at most {max} are allowed',
    ja: 'ネットの入れ子が {depth} 段になっています。{max} 段までにしてください',
  },
  net_too_many_units: {
    en: 'the net has {units} units, nested ones included; at most {max} are allowed',
    ja: 'ユニットが、入れ子のものを含めて {units} 個あります。{max} 個までにしてください',
  },
  no_target: {
    en: 'has no target: give { node: NAME } or { scope: NAME } here, at a net around it, or at the top of the file{more}',
    ja: '実行先がありません。このユニット、外側のネット、またはファイルの先頭に { node: 名前 } か { scope: 名前 } を指定してください{more}',
  },
  no_target_more: { en: '; the same goes for {count} more', ja: '(ほかに {count} 個のユニットも同様です)' },
  unit_path_too_long: {
    en: "the unit's path is longer than {max} characters",
    ja: 'ユニットのパスが {max} 文字を超えています',
  },
  edge_circle: {
    en: 'the units wait for each other in a circle: {circle}',
    ja: 'ユニットの先行関係が循環しています: {circle}',
  },
  edge_to_itself: {
    en: '"{unit}" waits for itself; remove this edge',
    ja: '「{unit}」が自分自身を先行にしています。この関連を削除してください',
  },
  edge_no_unit: {
    en: 'there is no unit "{unit}" in this net{hint}',
    ja: 'このネットにユニット「{unit}」はありません{hint}',
  },
  edge_twice: {
    en: '"{unit}" is named twice here; write one edge with all its end statuses under "on"',
    ja: '「{unit}」が重複しています。関連を 1 つにまとめ、終了状態をすべて「on」に書いてください',
  },
  place_the_net: { en: 'the net "{name}"', ja: 'ネット「{name}」' },
  overlap_max_needs_overlap: {
    en: 'needs "overlap: queue" or "overlap: skip": it says from how many sessions on that counts',
    ja: '「overlap: queue」または「overlap: skip」と一緒に指定してください(その扱いを始めるセッション数を表します)',
  },
  exclusive_with_itself: {
    en: 'names the net itself; for one session at a time write "overlap: queue"',
    ja: '自分自身が指定されています。同時に 1 セッションだけ実行するには「overlap: queue」を指定してください',
  },
  locks_inside_locks: {
    en: 'lie inside {around}, which has locks itself; name all of them there, so that they are taken together',
    ja: '外側の{around}にもロックがあります。まとめて確保されるよう、すべて外側に指定してください',
  },
  queue_without_node: {
    en: 'a unit of type {type} runs nothing on a node, so it needs no queue',
    ja: '種類が {type} のユニットはノードで何も実行しないため、キューは指定できません',
  },
  lock_twice: { en: 'names the lock "{name}" twice', ja: 'ロック「{name}」が重複しています' },
  target_all_chooses_none: {
    en: 'needs "mode: any", "least_loaded" or "by_priority": with "all" no node is chosen',
    ja: '「mode」が any、least_loaded、by_priority のときだけ指定できます(all ではノードの選択を行いません)',
  },
  if_unknown_needs_answer: {
    en: 'needs "answer_within_s": without it no agent loses an order',
    ja: '「answer_within_s」と一緒に指定してください(指定がなければ、別のノードへの切り替えは起きません)',
  },
  session_not_skipped: {
    en: 'must be notify or stop: a session as a whole cannot be passed over',
    ja: 'notify または stop を指定してください。セッション全体はスキップできません',
  },
  end_status_no_unit: {
    en: 'the net has no unit "{name}"{hint}',
    ja: 'このネットにユニット「{name}」はありません{hint}',
  },
  start_within_with_any: {
    en: 'has no sense with "any": each condition starts a session by itself',
    ja: '「any」とは一緒に指定できません(条件ごとにセッションを開始します)',
  },
  start_parameter_missing: {
    en: 'no condition gives the parameter "{name}" a value, and it has no default',
    ja: '既定値のないパラメータ「{name}」に値を渡す起動条件がありません',
  },
  start_event_empty: {
    en: 'must say which event: with nothing named, every event would start a session',
    ja: 'イベントの条件を指定してください。指定がないと、すべてのイベントでセッションを開始してしまいます',
  },
  start_by_itself: {
    en: 'is the net itself: each of its sessions would start the next one without end',
    ja: '自分自身のネットが指定されています。セッションが際限なく次のセッションを開始してしまいます',
  },
  no_parameter: {
    en: 'the net declares no parameter "{name}"{hint}',
    ja: 'パラメータ「{name}」は、このネットで定義されていません{hint}',
  },
  event_place_unknown: {
    en: 'has the place {place}, which is not known; known are {known}, {{event.field.NAME}}, {{event.detail.NAME}} and {{event.group.NAME}}',
    ja: '変数 {place} は使えません。使えるのは {known}、{{event.field.名前}}、{{event.detail.名前}}、{{event.group.名前}} です',
  },
  named_place_unknown: {
    en: 'has the place {place}, which is not known; known are {known}',
    ja: '変数 {place} は使えません。使えるのは {known} です',
  },
  there_already_changed: {
    en: 'has no sense with "watch: changed": what is there when the watch begins has not changed yet',
    ja: '「watch: changed」では指定できません。監視を開始した時点では、まだ変更されていません',
  },
  event_place_no_group: {
    en: 'has the place {place}, but the pattern has no group named "{group}"',
    ja: '変数 {place} がありますが、正規表現に「{group}」という名前のグループがありません',
  },
} as const satisfies SentencePairs;
