// What came of an attempt, and why a unit ended by it. Said by core/src/jobs, the manager's dispatcher and the agent.
import type { SentencePairs } from './sentence-pair.ts';

export const attemptSentences = {
  attempt_not_started: { en: 'could not be started: {why}', ja: '開始できませんでした: {why}' },
  attempt_timed_out: { en: 'ended because it ran into its timeout', ja: 'タイムアウトのため終了させました' },
  attempt_on_request: { en: 'ended on request', ja: '要求により終了しました' },
  attempt_by_signal: { en: 'ended by {signal}', ja: 'シグナル {signal} で終了しました' },
  attempt_memory_limit: {
    en: 'ended by its memory limit of {max}',
    ja: 'メモリの上限({max})を超えたため終了しました',
  },
  attempt_memory_limit_used: {
    en: 'ended by its memory limit of {max} (it had used {used})',
    ja: 'メモリの上限({max})を超えたため終了しました(使用量: {used})',
  },
  attempt_processes_limit: {
    en: 'ended after it had met its limit of {max} processes',
    ja: 'プロセス数の上限({max})に達した後に終了しました',
  },
  attempt_agent_processes_limit: {
    en: "ended after it had met the agent's limit of {max} processes",
    ja: 'エージェントのプロセス数の上限({max})に達した後に終了しました',
  },
  attempt_file_size_limit: {
    en: 'ended by its limit of {max} for the size of a file',
    ja: 'ファイルサイズの上限({max})を超えたため終了しました',
  },
  attempt_end_file: { en: '{file} {says}', ja: '{file}: {says}' },
  end_file_not_looked_at: { en: 'was not looked at by the agent', ja: 'エージェントが確認していません' },
  attempt_leftovers: {
    en: '{count} of its processes still ran afterwards ({processes})',
    ja: '終了後も {count} 個のプロセスが残っていました({processes})',
  },
  processes_and_more: { en: '{processes}, ...', ja: '{processes} など' },
  attempt_unknown: { en: 'result unknown ({why})', ja: '結果不明({why})' },
  attempt_refused: { en: 'refused ({why})', ja: 'エージェントが拒否({why})' },
  attempt_exit_code: { en: 'exit code {code}', ja: '終了コード {code}' },
  attempt_exit_code_unknown: { en: 'exit code unknown', ja: '終了コード不明' },
  attempt_exit_code_because: { en: 'exit code {code}, {why}', ja: '終了コード {code}、{why}' },
  attempt_no_exit_code: { en: 'no exit code', ja: '終了コードなし' },
  attempt_on: { en: '{outcome} on {node}', ja: '{node}: {outcome}' },
  attempts_more: { en: '{said}; and on {count} more nodes', ja: '{said}。ほか {count} ノード' },
  reason_attempts: { en: '{Said}.', ja: '{Said}' },
  reason_attempts_of: {
    en: '{failed} of {all} nodes: {said}.',
    ja: '{all} ノード中 {failed} ノード: {said}',
  },
  reason_try_failed: {
    en: 'Try {number} of {count} failed: {reason}',
    ja: '試行 {number}/{count} が失敗しました: {reason}',
  },
  attempt_closed_by_hand: { en: 'closed by hand by {by}', ja: '操作により終了扱いにしました(操作者: {by})' },
  output_missing: {
    en: 'no value for the output {name}: {says}',
    ja: '出力変数 {name} の値がありません: {says}',
  },
  output_none_given: { en: 'the agent gave none', ja: 'エージェントから値が届いていません' },
  agent_without_tool: {
    en: 'the agent is of a release without "{tool}": upgrade the agent',
    ja: 'エージェントが古く、「{tool}」に対応していません。エージェントを更新してください',
  },
  report_not_taken: {
    en: 'what its agent reported cannot be taken: {why}',
    ja: 'エージェントの報告を受け取れませんでした: {why}',
  },
  stopped_before_sent: {
    en: 'It was stopped before it was sent to the agent.',
    ja: 'エージェントに送る前に停止しました',
  },
  node_removed_before_end: {
    en: 'the node "{node}" was removed before its agent told the end',
    ja: '終了の報告が届く前に、ノード「{node}」が削除されました',
  },
  node_not_there_any_more: {
    en: 'there is no node "{node}" any more',
    ja: 'ノード「{node}」は削除されています',
  },

  // By the exit codes of the agent's tools.
  tool_file_not_found_in_time: {
    en: 'nothing was found before its time was over',
    ja: '期限までに対象のファイルが見つかりませんでした',
  },
  tool_permission: {
    en: 'a permission is missing (its output says where)',
    ja: '権限が不足しています(対象は出力を確認してください)',
  },
  http_not_as_wanted: {
    en: 'the response is not as it should be (its output says why)',
    ja: '応答が期待どおりではありません(理由は出力を確認してください)',
  },
  http_wrong_request: {
    en: 'the request is wrong (its output says why)',
    ja: 'リクエストが正しくありません(理由は出力を確認してください)',
  },
  http_unreachable: {
    en: 'the server was not reached; nothing was sent',
    ja: 'サーバに接続できず、何も送信していません',
  },
  http_try_again: { en: 'the server asks to come again', ja: 'サーバから再試行を求められました' },
  http_no_answer: {
    en: 'the request was sent, and no whole answer came',
    ja: 'リクエストは送信しましたが、完全な応答が得られませんでした',
  },
  http_file: {
    en: 'a file that it needs cannot be read, or a certificate is not trusted (its output says which)',
    ja: '必要なファイルを読み込めないか、証明書が信頼されていません(対象は出力を確認してください)',
  },
  ssh_nothing_ran: {
    en: 'nothing ran there, or the command says so itself (its output says why)',
    ja: '接続先で何も実行されなかったか、コマンド自体がこのコードで終了しました(理由は出力を確認してください)',
  },
  ssh_lost: {
    en: 'the connection was lost while the command ran; it is ended there as soon as that host notices',
    ja: 'コマンドの実行中に接続が切れました。接続先が切断を検知すると、コマンドは終了します',
  },
  ssh_key: {
    en: 'the key, or the list of known hosts, cannot be read',
    ja: '鍵または既知ホストの一覧を読み込めません',
  },
  ssh_no_client: { en: 'there is no ssh client on the node', ja: 'ノードに SSH クライアントがありません' },
  container_engine_failed: {
    en: 'the engine could not make or start the container, or the container says so itself (its output says why)',
    ja: 'コンテナを作成または起動できなかったか、コンテナ自体がこのコードで終了しました(理由は出力を確認してください)',
  },
  container_nobody_knows: {
    en: 'nobody can say whether the container of the try before ran; it was not started again',
    ja: '前回の試行のコンテナが実行されたか確認できないため、再び起動していません',
  },
  container_no_engine: {
    en: 'there is no such container engine on the node',
    ja: '指定のコンテナエンジンがノードにありません',
  },
  transfer_not_taken: {
    en: 'the file was not taken over as it should be (its output says why)',
    ja: 'ファイルを正しく受け取れませんでした(理由は出力を確認してください)',
  },
  transfer_wrong_target: {
    en: 'the target cannot be what the unit says (its output says why)',
    ja: 'ユニットに指定した転送先を使えません(理由は出力を確認してください)',
  },
  transfer_no_file: { en: 'there is no such file at the source', ja: '転送元にファイルがありません' },
  transfer_silent: {
    en: 'nothing came from the source for too long (its output says why)',
    ja: '転送元から長時間データが届きませんでした(理由は出力を確認してください)',
  },
  transfer_disk: {
    en: 'a disk or a file system failed (its output says which)',
    ja: 'ディスクまたはファイルシステムで障害が起きました(対象は出力を確認してください)',
  },
} as const satisfies SentencePairs;
