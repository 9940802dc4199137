// What no rule of the settings "run_as" allows: said where a definition is brought into force (manager/src/jobs/run-as-guard.ts), and where an
// order would go to its agent (order-bounds.ts). The latter is kept with the attempt as English text alone, and found by it (`wordedIn`).
import type { SentencePair, SentencePairs } from './sentence-pair.ts';

export const runAsSentences = {
  run_as_agent: { en: 'as the user of the agent', ja: 'エージェント自身のユーザ' },
  run_as_user: { en: 'as the user "{user}"', ja: 'ユーザ「{user}」' },
  run_as_agent_group: {
    en: 'as the user of the agent with the group "{group}"',
    ja: 'エージェント自身のユーザ(グループ「{group}」)',
  },
  run_as_user_group: {
    en: 'as the user "{user}" with the group "{group}"',
    ja: 'ユーザ「{user}」(グループ「{group}」)',
  },
  run_as_on_node: { en: 'the node "{node}"', ja: 'ノード「{node}」' },
  run_as_on_scope: { en: 'the scope "{scope}"', ja: 'スコープ「{scope}」' },
  run_as_not_your_roles: {
    en: 'would run {as} on {where}, which no rule allows to any of your roles',
    ja: '{where}で{as}として実行されますが、あなたのロールに許可するルールがありません',
  },
  run_as_not_here: {
    en: 'would run {as} on {where}, which no rule allows to job nets of its folder',
    ja: '{where}で{as}として実行されますが、このフォルダのジョブネットに許可するルールがありません',
  },
  run_as_refused: {
    en: 'no rule of the settings "run_as" allows units of the job net "{net}" to run {as} on {node}',
    ja: 'ジョブネット「{net}」のユニットをノード「{node}」で{as}として実行することを許可するルールが、「ジョブの実行ユーザ」の設定にありません',
  },
  run_as_refused_roles: {
    en: 'no rule of the settings "run_as" allows units of the job net "{net}" to run {as} on {node} (rules with roles do not count here: nobody was asked for a role when this node was chosen for the unit)',
    ja: 'ジョブネット「{net}」のユニットをノード「{node}」で{as}として実行することを許可するルールが、「ジョブの実行ユーザ」の設定にありません(実行先を選んだ人のロールを確認できないため、ロールのあるルールは使われません)',
  },
} as const satisfies SentencePairs;

const asWhom = [
  runAsSentences.run_as_agent,
  runAsSentences.run_as_user,
  runAsSentences.run_as_agent_group,
  runAsSentences.run_as_user_group,
] as const;

/** With what stands in the place {as}, so that the places of each are names alone. */
const going = [runAsSentences.run_as_refused, runAsSentences.run_as_refused_roles].flatMap((pair) =>
  asWhom.map((as): SentencePair => ({
    en: pair.en.replace('{as}', as.en),
    ja: pair.ja.replace('{as}', as.ja),
  })),
);

export const unsentSentences = {
  not_sent_by_rules: {
    en: 'it was not sent: {why}; add a rule and run the unit again',
    ja: '送信しませんでした。{why}。ルールを追加してから、ユニットを再実行してください',
  },
  not_sent_without_callees: {
    en: 'it was not sent: the agent of {node} (release {release}) does not know rules of whom HTTP calls may reach (settings "http_calls"); upgrade the agent',
    ja: '送信しませんでした。ノード「{node}」のエージェント(リリース {release})が、「HTTP 呼び出し」の設定に対応していません。エージェントを更新してください',
  },
  start_not_allowed: {
    en: '{author}, who has brought this start into force as part of the job net "{net}", may not run "{other}" any more; somebody who may has to save "{net}" again',
    ja: 'ジョブネット「{net}」のこの起動を有効にした {author} には、「{other}」の実行権限がなくなっています。権限のある人が「{net}」を保存し直してください',
  },
} as const satisfies SentencePairs;

/** What stands around them in the reason of a unit. */
export const refusalFrames: readonly SentencePair[] = [
  { en: 'Refused ({why}) on {node}.', ja: 'ノード「{node}」で拒否されました({why})' },
  { en: '{net} was not started: {why}', ja: '{net} を起動しませんでした。{why}' },
];

/** Found by their English text, in reasons of attempts, units and watches. */
export const refusalsByText: readonly SentencePair[] = [
  ...going,
  ...going.map((pair) => ({
    en: unsentSentences.not_sent_by_rules.en.replace('{why}', pair.en),
    ja: unsentSentences.not_sent_by_rules.ja.replace('{why}', pair.ja),
  })),
  unsentSentences.not_sent_without_callees,
  unsentSentences.start_not_allowed,
];
