// Why an operation on a session or unit is not possible now, and what to do. Said by core/src/jobs/operation-table.ts and operation-check.ts.
import type { SentencePairs } from './sentence-pair.ts';

export const operationSentences = {
  op_running: {
    en: 'it is running; stop it, or wait for its end',
    ja: '実行中です。停止するか、終了を待ってください',
  },
  op_suspended: {
    en: 'it is suspended; release it, or stop it',
    ja: '一時停止中です。一時停止を解除するか、停止してください',
  },
  op_interrupted: {
    en: 'it is interrupted; release it, or wait for its end',
    ja: '中断中です。中断を解除するか、終了を待ってください',
  },
  op_stopping: {
    en: 'it is being stopped already; wait for its end',
    ja: 'すでに停止処理中です。終了を待ってください',
  },
  op_over: {
    en: 'it has ended already; rerun it if it is to run again',
    ja: 'すでに終了しています。もう一度実行するには、再実行してください',
  },
  op_not_begun: {
    en: 'it has not begun; hold it or skip it',
    ja: 'まだ開始していません。保留またはスキップしてください',
  },
  op_not_run_yet: { en: 'it has not run yet', ja: 'まだ実行されていません' },
  op_not_held: { en: 'it is not held', ja: '保留されていません' },
  op_in_queue: {
    en: 'it waits in a queue; stop it, or wait until it runs',
    ja: 'キューで順番待ちです。停止するか、開始を待ってください',
  },
  op_between_tries: {
    en: 'it waits for its time; stop it or skip it',
    ja: '時刻待ちまたはリトライ待ちです。停止またはスキップしてください',
  },
  op_stays_held: {
    en: 'it has not begun; it stays held until somebody releases it',
    ja: 'まだ開始していません。保留を解除するまで開始しません',
  },
  op_did_not_run: { en: 'it did not run', ja: '実行されていません' },
  op_stopped_already: { en: 'it was stopped already', ja: 'すでに停止しています' },
  op_not_run_yet_release: {
    en: 'it has not run yet; release it',
    ja: 'まだ実行されていません。保留を解除してください',
  },
  op_not_run_yet_take_back: {
    en: 'it has not run yet; release it to take the skip back',
    ja: 'まだ実行されていません。スキップを取り消すには、保留解除を行ってください',
  },
  op_suspended_already: { en: 'it is suspended already', ja: 'すでに一時停止中です' },
  op_interrupted_release: {
    en: 'it is interrupted; release it first',
    ja: '中断中です。先に中断を解除してください',
  },
  op_in_no_queue: { en: 'it stands in no queue', ja: 'キューで待っていません' },
  op_suspend_first: { en: 'it must be suspended first', ja: '先に一時停止してください' },
  op_interrupted_suspend: {
    en: 'it is interrupted; release it and suspend it first',
    ja: '中断中です。先に中断を解除し、一時停止してください',
  },
  op_over_run_again: {
    en: 'it has ended already; run the job net again',
    ja: 'すでに終了しています。ジョブネットを改めて実行してください',
  },
  op_stopped_run_again: {
    en: 'it was stopped; run the job net again',
    ja: '停止しました。ジョブネットを改めて実行してください',
  },
  op_interrupted_already: { en: 'it is interrupted already', ja: 'すでに中断中です' },
  op_held_already: { en: 'it is held already', ja: 'すでに保留されています' },
  op_take_skip_back: {
    en: 'it is to be skipped; release it first to take the skip back',
    ja: 'スキップが指定されています。先に保留解除を行い、スキップを取り消してください',
  },
  op_begun_stop_or_skip: {
    en: 'it has begun already; stop it or skip it',
    ja: 'すでに開始しています。停止またはスキップしてください',
  },
  op_will_not_run: { en: 'it will not run', ja: '実行されないことが決まっています' },
  op_stopped_rerun_first: {
    en: 'it was stopped before it ran; rerun it first',
    ja: '実行前に停止しました。先に再実行してください',
  },
  op_passed_over_rerun: {
    en: 'it has been passed over already; rerun it',
    ja: 'すでにスキップされました。再実行してください',
  },
  op_stopped_rerun: {
    en: 'it was stopped before it ran; rerun it',
    ja: '実行前に停止しました。再実行してください',
  },
  op_to_be_skipped_already: { en: 'it is to be skipped already', ja: 'すでにスキップが指定されています' },
  op_skipped_already: { en: 'it has been skipped already', ja: 'すでにスキップされました' },
  op_cannot_hold: {
    en: 'its condition cannot hold; rerun or skip the unit it waits for',
    ja: '開始条件が成立しません。先行ユニットを再実行またはスキップしてください',
  },
  op_waits_skip: {
    en: 'it waits; skip it if it is not to run',
    ja: '待機中です。実行しない場合はスキップしてください',
  },
  op_queued_skip: {
    en: 'it waits for its turn; skip it if it is not to run',
    ja: '順番待ちです。実行しない場合はスキップしてください',
  },
  op_held_skip: {
    en: 'it is held; skip it if it is not to run',
    ja: '保留中です。実行しない場合はスキップしてください',
  },
  op_needs_unit: { en: 'this operation needs a unit', ja: 'この操作では、ユニットの指定が必要です' },
  op_for_session: {
    en: 'this operation is for the whole session',
    ja: 'この操作は、セッション全体に対する操作です',
  },
  op_ended_normally: {
    en: 'it ended normally; there is nothing to pass over',
    ja: '正常終了しているため、スキップするものがありません',
  },
  op_only_net: {
    en: 'only a net or a session can be; hold it before it starts',
    ja: '一時停止できるのはネットまたはセッションだけです。ユニットは、開始前に保留してください',
  },
  op_begun_waits_again: {
    en: 'it has begun already and waits for its places again; stop it, or wait until it goes on',
    ja: 'すでに開始しており、再び順番待ちです。停止するか、続行を待ってください',
  },
  op_rerun_options: {
    en: '"hold" and "oldAsWarning" are options of a rerun',
    ja: '「hold」と「oldAsWarning」は、再実行でだけ指定できます',
  },
  op_status_options: {
    en: '"status" and "exitCode" are options of "set_status"',
    ja: '「status」と「exitCode」は、状態変更(set_status)でだけ指定できます',
  },
  op_needs_status: { en: 'it needs a status', ja: '変更後の状態を指定してください' },
  op_no_command: {
    en: 'it is no command that an exit code could judge; give a status',
    ja: 'コマンドではないため、終了コードでは判定できません。状態を指定してください',
  },
  op_nothing_follows: { en: 'nothing follows it', ja: '後続のユニットがありません' },
  op_no_warning: {
    en: 'no unit of it ended with a warning',
    ja: '警告終了したユニットがありません',
  },
  op_no_failure: { en: 'no unit of it failed', ja: '異常終了したユニットがありません' },
  op_of_its_unit: { en: 'of its unit "{unit}": {why}', ja: 'ユニット「{unit}」: {why}' },
  op_the_session: { en: 'the session', ja: 'セッション' },
  op_its_net: { en: 'its net "{net}"', ja: '上位ネット「{net}」' },
  op_net_interrupted: {
    en: '{net} is interrupted; release it first',
    ja: '{net}が中断中です。先に中断を解除してください',
  },
  op_net_stopping: {
    en: '{net} is being stopped; wait for its end',
    ja: '{net}が停止処理中です。終了を待ってください',
  },
  op_net_not_run: {
    en: '{net} did not run; rerun that',
    ja: '{net}が実行されていません。そちらを再実行してください',
  },
  op_cannot_hold_unit: {
    en: 'its condition cannot hold; rerun or skip "{unit}" instead, it follows then',
    ja: '開始条件が成立しません。「{unit}」を再実行またはスキップすると、続けて実行されます',
  },
  op_follower_active: {
    en: '"{unit}" that follows it is active; stop that, or wait for its end',
    ja: '後続の「{unit}」が実行中です。停止するか、終了を待ってください',
  },
  op_net_result: {
    en: 'the result of a net follows from its units; set that of a unit',
    ja: 'ネットの結果はユニットの結果で決まります。ユニットの状態を変更してください',
  },
  op_agent_connected: {
    en: 'its command is with the agent of "{node}", which is connected; stop or kill it',
    ja: 'コマンドの処理中の「{node}」のエージェントは接続中です。停止または強制終了してください',
  },
  op_under_way: {
    en: 'it is under way; stop it, or wait for its end',
    ja: '処理中です。停止するか、終了を待ってください',
  },

  // The whole refusal: what, which operation, why.
  op_session: { en: 'Session {id}', ja: 'セッション {id}' },
  op_unit: { en: 'Unit "{unit}" of session {id}', ja: 'セッション {id} のユニット「{unit}」' },
  op_refused: {
    en: '{what} cannot be {verb}: {why}.',
    ja: '{what}に対する操作「{verb}」はできません: {why}',
  },
  op_undecided: { en: '{what} cannot be decided: {why}.', ja: '{what}の承認・否認はできません: {why}' },
  op_no_unit: {
    en: 'Session {id} has no unit "{unit}".',
    ja: 'セッション {id} にユニット「{unit}」はありません',
  },
  op_no_unit_but: {
    en: 'Session {id} has no unit "{unit}"{hint}',
    ja: 'セッション {id} にユニット「{unit}」はありません{hint}',
  },
  op_no_revision: { en: 'There is no such revision.', ja: '指定の版はありません' },
  verb_stop: { en: 'stopped', ja: '停止' },
  verb_kill: { en: 'killed', ja: '強制終了' },
  verb_interrupt: { en: 'interrupted', ja: '中断' },
  verb_suspend: { en: 'suspended', ja: '一時停止' },
  verb_hold: { en: 'held', ja: '保留' },
  verb_release: { en: 'released', ja: '保留解除' },
  verb_skip: { en: 'skipped', ja: 'スキップ' },
  verb_set_status: { en: 'set to another result', ja: '状態変更' },
  verb_take_definition: { en: 'given another definition', ja: '定義の差し替え' },
  verb_to_front: { en: 'moved to the front of its queue', ja: '先頭へ移動' },
  verb_rerun: { en: 'rerun', ja: '再実行' },
  verb_rerun_only: { en: 'rerun alone', ja: 'このユニットだけ再実行' },
  verb_rerun_next: { en: 'passed by a rerun of what follows', ja: '次のユニットから再実行' },
  verb_rerun_failed: { en: 'rerun from what failed', ja: '異常終了したユニットから再実行' },
  verb_rerun_failed_nets: { en: 'rerun from the nets that failed', ja: '異常終了したネットから再実行' },
  verb_rerun_after_failed: { en: 'rerun behind what failed', ja: '異常終了したユニットの次から再実行' },
  verb_rerun_warnings: { en: 'rerun where it ended with a warning', ja: '警告終了したユニットだけ再実行' },
} as const satisfies SentencePairs;
