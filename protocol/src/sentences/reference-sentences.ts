// What is wrong with what a definition names elsewhere: other nets, nodes, channels, the address that it was sent to.
// Said by core/src/jobs/expand-net.ts and by the manager, which knows what there is.
import type { SentencePairs } from './sentence-pair.ts';

export const referenceSentences = {
  refers_to_itself: { en: 'refers to itself: {chain}', ja: 'ジョブネットの参照が循環しています: {chain}' },
  no_net: { en: 'there is no job net "{name}"', ja: 'ジョブネット「{name}」はありません' },
  no_net_referred: {
    en: 'there is no job net "{name}", which "{by}" refers to',
    ja: '「{by}」が参照しているジョブネット「{name}」がありません',
  },
  hidden_net_broken: {
    en: 'a job net that you may not see refers to what is changed, and could not run any more',
    ja: '参照権限のないジョブネットが変更対象を参照しており、このままでは実行できなくなります',
  },
  units_with_references: {
    en: 'the net has {units} units with those of the nets that it refers to; at most {max} are allowed',
    ja: 'ユニットが、参照先のネットのものを含めて {units} 個あります。{max} 個までにしてください',
  },
  depth_with_references: {
    en: 'nets are nested {depth} deep with those that it refers to; at most {max} are allowed',
    ja: 'ネットの入れ子が、参照先を含めて {depth} 段になっています。{max} 段までにしてください',
  },
  path_with_references: {
    en: 'the path of a unit in a referenced net is longer than {max} characters',
    ja: '参照先のネットのユニットのパスが {max} 文字を超えています',
  },
  lock_inside_locks: {
    en: 'would ask for the lock "{lock}" inside a net that holds {held}; name all of them there, so that they are taken together',
    ja: '{held} を確保したネットの中で、ロック「{lock}」を要求しています。まとめて確保されるよう、すべて外側に指定してください',
  },
  net_no_parameter: {
    en: 'the job net "{net}" declares no parameter "{name}"{hint}',
    ja: 'パラメータ「{name}」は、ジョブネット「{net}」で定義されていません{hint}',
  },
  net_needs_parameter: {
    en: 'gives no value for the parameter "{name}" of "{net}", which needs one',
    ja: '「{net}」の必須パラメータ「{name}」に値が指定されていません',
  },
  referenced_secret: {
    en: 'must be {{secret.NAME}}, a secret parameter of this net as {{parameter.NAME}}, or a secret output: a definition holds no secret itself',
    ja: '登録済みの機密情報 {{secret.名前}}、このネットの機密情報のパラメータ {{parameter.名前}}、または機密情報の出力変数を指定してください。定義に機密情報の値は書けません',
  },
  referring_net_broken: {
    en: 'the job net "{net}" refers to {what}, and could not run any more: {path}: {why}',
    ja: '{what}を参照しているジョブネット「{net}」が実行できなくなります({path}: {why})',
  },
  reference_to_it: { en: 'it', ja: 'これ' },
  reference_to_changed: { en: 'what is changed', ja: '変更するもの' },
  other_name: {
    en: 'is "{name}", but the address says "{address}"',
    ja: '名前「{name}」が、アドレスの「{address}」と一致しません',
  },
  no_node: { en: 'there is no node "{name}"', ja: 'ノード「{name}」はありません' },
  no_node_joined: {
    en: 'there is no node "{name}"; its agent must have joined first',
    ja: 'ノード「{name}」はありません。先にエージェントを登録してください',
  },
  no_channel: { en: 'there is no channel "{name}"', ja: 'チャネル「{name}」はありません' },
  no_escalation: { en: 'there is no escalation "{name}"', ja: 'エスカレーション「{name}」はありません' },
  approval_by_starter: {
    en: 'You have started this session, had it started or run something in it again, and whoever has may not decide "{unit}".',
    ja: 'このセッションの開始、開始の定義、または再実行を行った人は、「{unit}」を判断できません',
  },
  approval_decided: { en: 'You have decided "{unit}" already.', ja: '「{unit}」は、すでに判断済みです' },
  approval_not_named: {
    en: 'Unit "{unit}" names who may decide, and you are not among them.',
    ja: '「{unit}」を判断できる人に指定されていません',
  },
  scope_in_itself: { en: 'a scope cannot lie in itself', ja: 'スコープを自分自身の中には置けません' },
  no_scope_yet: {
    en: 'there is no scope "{name}"; define it first, in the same file if you like',
    ja: 'スコープ「{name}」はありません。先に定義してください(同じファイルでもかまいません)',
  },
  scope_ring: {
    en: 'would make a ring: "{parent}" lies in "{scope}" already',
    ja: 'スコープが循環します。「{parent}」は、すでに「{scope}」の中にあります',
  },
  scope_too_deep: {
    en: 'would lie deeper than {max} scopes',
    ja: 'スコープの入れ子が {max} 段を超えます',
  },
  no_scope_no_trap: {
    en: 'there is no scope "{name}", so no trap is looked at',
    ja: 'スコープ「{name}」がないため、どのトラップも対象になりません',
  },
  slow_pattern: {
    en: 'takes {ms} ms a trap on the average; a simpler pattern, or a condition that is looked at before it, would relieve the manager',
    ja: 'トラップ 1 件の照合に平均 {ms} ミリ秒かかっています。正規表現を簡単にするか、先に判定できる条件を加えると、マネージャの負荷が下がります',
  },
  request_key_unknown: { en: 'is not a known key', ja: 'この項目は使えません' },
  reason_asked_for: { en: 'this manager asks for a reason', ja: '理由を入力してください' },
} as const satisfies SentencePairs;
