// イベントの日本語の文。{名前} はイベントの details の値。上から順に、値がそろった最初の文を使い、そろわなければ英語のまま表示する。
import type { EventCode } from './event.ts';

export const eventSentencesJa: Readonly<Record<EventCode, readonly string[]>> = {
  session_started: [
    '{net} のセッション {session} を {actor} がユニット {unit} から再実行しました',
    '{net} のセッション {session} を {actor} が再実行しました',
    '{net} のセッション {session} を開始しました',
  ],
  session_ended: ['{net} のセッション {session} が終了しました({endStatus})'],
  session_stopped: [
    '{net} のセッション {session} を {actor} が停止しました',
    '{net} のセッション {session} が停止しました',
  ],
  session_suspended: [
    'セッション {session}({net})のネット「{unit}」を {actor} が一時停止しました({why})。解除するまで新しいユニットは開始しません',
    'セッション {session}({net})のネット「{unit}」を {actor} が一時停止しました。解除するまで新しいユニットは開始しません',
    '{net} のセッション {session} を {actor} が一時停止しました({why})。解除するまで新しいユニットは開始しません',
    '{net} のセッション {session} を {actor} が一時停止しました。解除するまで新しいユニットは開始しません',
  ],
  session_interrupted: [
    '{net} のセッション {session} を {actor} が中断しました({why})。実行中のものが終わると、解除されない限り終了します',
    '{net} のセッション {session} を {actor} が中断しました。実行中のものが終わると、解除されない限り終了します',
  ],
  session_released: [
    'セッション {session}({net})のネット「{unit}」の一時停止を {actor} が解除しました',
    '{net} のセッション {session} の一時停止または中断を {actor} が解除しました',
  ],
  session_redefined: [
    '{net} のセッション {session} の定義を {actor} が版 {revision} に差し替えました({why})。追加 {added}、削除 {removed}、変更 {changed}',
    '{net} のセッション {session} の定義を {actor} が版 {revision} に差し替えました。追加 {added}、削除 {removed}、変更 {changed}',
  ],
  unit_ended: [
    'セッション {session}({net})のユニット「{unit}」の終了状態は{endStatus}です(終了コード {exitCode})',
    'セッション {session}({net})のユニット「{unit}」の終了状態は{endStatus}です(シグナル {signal})',
    'セッション {session}({net})のユニット「{unit}」の終了状態は{endStatus}です({reason})',
    'セッション {session}({net})のユニット「{unit}」の終了状態は{endStatus}です',
  ],
  unit_status_set: [
    'セッション {session}({net})のユニット「{unit}」の状態を {actor} が{was}から{status}に変更しました({why})',
    'セッション {session}({net})のユニット「{unit}」の状態を {actor} が{was}から{status}に変更しました',
  ],
  unit_held: ['セッション {session}({net})のユニット「{unit}」は保留中で、保留解除を待っています'],
  unit_slow: [
    'セッション {session}({net})のユニット「{unit}」の実行が {seconds} 秒を超えました。実行は続いています',
  ],
  // ジョブネットの作成者の言葉なので、訳さない。
  job_event: ['{text}'],
  attempt_leftovers: [
    '{node} で、セッション {session} のユニット「{unit}」の終了後も、そのプロセスが {count} 個残っています: {leftovers}',
  ],
  attempt_stray: [
    '{node} のエージェントが、マネージャでは終了しているか存在しない試行を {count} 個実行しています(うち {leftOut} 個は、ほかが終了するまで一覧に表示されません): {attempts}',
    '{node} のエージェントが、マネージャでは終了しているか存在しない試行を {count} 個実行しています: {attempts}',
  ],
  agent_silent: [
    '{node} のエージェントから {since} 以降応答がありません。実行中の試行 {count} 個の結果は、応答があるまで分かりません',
  ],
  agent_forgot: [
    '{node} のエージェントの記録に、マネージャが実行中とみなしていた試行 {count} 個がありません(エージェントのディスクが失われたか、以前の状態に戻った可能性があります): {attempts}',
  ],
  output_quota_full: [
    '出力の割当て({kind} {name}、{quotaMb} MB)を使い切りました。以後の出力は先頭と末尾だけを保存します。コマンドは続行します',
  ],
  start_condition_failed: ['{net} を起動条件「{condition}」で開始できませんでした({reason})'],
  start_condition_dropped: ['{net} の起動条件「{condition}」による開始を見送りました({reason})'],
  file_watch_failed: [
    '{net} の起動条件「{condition}」によるノード「{node}」のファイル監視ができません({reason})',
  ],
  file_watch_silent: [
    '{net} の起動条件「{condition}」によるノード「{node}」のファイル監視から応答がありません(最終応答 {since})',
  ],
  starts_held: [
    '{net} の起動条件による開始は保留中です。開始したセッション {session} が正常に終了しなかったためで、解除すると続行します',
  ],
  monitoring_ended: [
    '{net} の起動条件の監視を {actor} が終了しました',
    '{net} の起動条件の監視を終了しました({reason})',
  ],
  approval_asked: ['セッション {session}({net})のユニット「{unit}」は承認待ちです: {question}'],
  approval_decided: [
    'セッション {session}({net})のユニット「{unit}」を {approvedBy} が承認しました',
    'セッション {session}({net})のユニット「{unit}」を {refusedBy} が否認しました',
  ],
  attempt_unknown: [
    '{node} で実行したセッション {session} のユニット「{unit}」の結果は不明です。自動で再開できる種類のユニット({repeatable})のため、もう一度開始します',
    '{node} で実行したセッション {session} のユニット「{unit}」の結果は不明です。自動では再実行しません',
  ],
  transfer_waits: [
    'セッション {session}({net})のユニット「{unit}」は、{node} の {path} の読み取りを待っています。{node} のエージェントが接続していません',
  ],
  attempt_refused: [
    '{node} のエージェントが、セッション {session} のユニット「{unit}」の実行を拒否しました({reason})',
    '{node} のエージェントが、セッション {session} のユニット「{unit}」の実行を拒否しました',
  ],
  attempt_reported_late: [
    '{actor} が状態を{status}に変更した試行 {attempt}(ユニット「{unit}」)について、後からエージェントの報告がありました: {late}。状態は変更していません',
  ],
  waiting_circle: [
    'セッション {sessions} のユニットが互いに待ち合っており、自動では進みません(デッドロック)。いずれかのセッションを停止または強制終了してください: {circle}',
  ],
  report_put_aside: [
    '{node} のエージェントが報告した試行 {attempt}(セッション {session}、状態 {state})の内容を取り込めないため、退避しました({reason})。「nezuban report list」で確認し、必要に応じてユニットの状態を変更してください',
  ],
  reports_aside_full: [
    '{node} のエージェントの報告を取り込むことも退避することもできません。退避した報告が多すぎます。この報告と以後の報告はエージェントに残ります。確認済みの報告を削除してください(「nezuban report list」「nezuban report remove」)',
  ],
  session_put_off: [
    'セッション {session} の変更を時間内に保存できないため、見合わせて再試行を続けています({reason})。他のセッションは続行しています。データベースでロックを保持しているものがないか確認してください',
  ],
  session_stands: [
    'セッション {session} を読み込めないため、このセッションだけが止まっています({reason})。他のセッションは続行しています。1 分ごとに再試行し、その間のエージェントの報告は退避します',
  ],
  places_stand: [
    '{places} を割り当てられません(セッション {session} の番で異常: {reason})。同じものを待つユニットは止まっていますが、他は続行しています。1 分ごとに再試行します。該当のユニットを停止またはスキップするか、キュー・ロック・上限の定義を変更してください',
    'キュー、ロック、ノードの上限をまったく割り当てられません({reason})。何も待たないユニットは続行しています。1 分ごとに再試行します',
  ],
  input_refused: [
    'ジョブエンジンがセッション {session} への入力「{input}」を処理できませんでした({reason})。セッションが自動では進まないおそれがあります。停止または強制終了してください',
  ],
  schedule_missed: [
    '{net} のスケジュール「{schedule}」による開始が {count} 回行われず、定義に従って見送りました',
  ],
  schedule_late: [
    '{net} のスケジュール「{schedule}」による開始が {count} 回行われず、代わりに 1 回開始しました',
  ],
  schedule_failed: ['{net} をスケジュール「{schedule}」で開始できませんでした({reason})'],
  schedule_skipped: [
    '{net} のスケジュール「{schedule}」による開始を、多重実行の設定に従って見送りました。前のセッションが終了していません',
  ],
  start_prepared: [
    '{net} のセッション {session} を、{by} の事前指定({why})に従って開始しました: {changes}',
    '{net} のセッション {session} を、{by} の事前指定に従って開始しました: {changes}',
  ],
  start_preparation_unfit: [
    '{net} のセッション {session} を一時停止した状態で開始しました。{by} の事前指定のうち、次の内容を適用できません: {misfits}。確認してから一時停止を解除するか、停止してください',
  ],
  start_preparation_refused: [
    '{net} のセッション {session} を一時停止した状態で開始しました。事前指定をした {by} にジョブネットの実行権限がなくなったため、事前指定(ユニット: {units}、パラメータ: {parameters}、優先度: {workPriority})を適用していません。確認し、必要な操作をしてから一時停止を解除するか、停止してください',
    '{net} のセッション {session} を一時停止した状態で開始しました。事前指定をした {by} にジョブネットの実行権限がなくなったため、事前指定(ユニット: {units}、パラメータ: {parameters})を適用していません。確認し、必要な操作をしてから一時停止を解除するか、停止してください',
    '{net} のセッション {session} を一時停止した状態で開始しました。事前指定をした {by} にジョブネットの実行権限がなくなったため、事前指定(ユニット: {units})を適用していません。確認し、必要な操作をしてから一時停止を解除するか、停止してください',
    '{net} のセッション {session} を一時停止した状態で開始しました。事前指定をした {by} にジョブネットの実行権限がなくなったため、事前指定(パラメータ: {parameters})を適用していません。確認し、必要な操作をしてから一時停止を解除するか、停止してください',
    '{net} のセッション {session} を一時停止した状態で開始しました。事前指定をした {by} にジョブネットの実行権限がなくなったため、事前指定を適用していません。確認し、必要な操作をしてから一時停止を解除するか、停止してください',
  ],
  start_preparation_lost: [
    '{net} のスケジュール「{schedule}」による {at} の開始に対する {by} の事前指定は無効になりました({why})',
  ],
  start_delayed: [
    'セッション {session}({net})のユニット「{unit}」が開始遅延時刻 {limit} までに開始していません。定義に従った処置: {action}',
    'セッション {session}({net})のユニット「{unit}」が開始遅延時刻 {limit} までに開始していません',
    '{net} のセッション {session} が開始遅延時刻 {limit} までに開始していません。定義に従った処置: {action}',
    '{net} のセッション {session} が開始遅延時刻 {limit} までに開始していません',
  ],
  end_delayed: [
    'セッション {session}({net})のユニット「{unit}」が終了遅延時刻 {limit} までに終了していません。定義に従った処置: {action}',
    'セッション {session}({net})のユニット「{unit}」が終了遅延時刻 {limit} までに終了していません',
    '{net} のセッション {session} が終了遅延時刻 {limit} までに終了していません。定義に従った処置: {action}',
    '{net} のセッション {session} が終了遅延時刻 {limit} までに終了していません',
  ],
  attempt_moved: [
    '{node} のエージェントが {seconds} 秒以内に応答しないため、セッション {session} のユニット「{unit}」の実行指示を取り消します。そのノードで未実行なら次のノードで実行します',
  ],
  agent_joined: ['{node} のエージェントが参加しました'],
  agent_connected: ['{node} のエージェントが接続しました'],
  agent_disconnected: [
    '{node} のエージェントが切断されました。実行中のジョブは続行し、新しいジョブは待機します',
  ],
  agent_removed: [
    '{node} のエージェントを {actor} が取り外しました',
    '{node} のエージェントを取り外しました',
  ],
  agent_clock_differs: ['{node} の時刻がマネージャと {differenceMs} ミリ秒ずれています'],
  work_frozen: [
    '{place}「{name}」の実行開始を {actor} が {until} まで抑止しました: {reason}',
    '{place}「{name}」の実行開始を {actor} が抑止しました: {reason}',
    '{place}の実行開始を {actor} が抑止しました: {reason}',
  ],
  work_resumed: [
    '{place}「{name}」の抑止が解除されました({actor}、抑止の理由: {reason})',
    '{place}の抑止が解除されました({actor}、抑止の理由: {reason})',
  ],
  maintenance_started: [
    'メンテナンスウィンドウ「{window}」が開始しました({until} まで、{effects}): {reason}',
    'メンテナンスウィンドウ「{window}」が開始しました',
  ],
  maintenance_ended: ['メンテナンスウィンドウ「{window}」が終了しました'],
  manager_started: ['マネージャが起動しました(バージョン {version})', 'マネージャが起動しました'],
  manager_stopped: ['マネージャが停止しました'],
  process_restarted: ['プロセス {process} が終了したため、再起動しました'],
  process_gave_up: ['プロセス {process} の再起動を断念しました'],
  duty_taken: [
    '{to} が {from} からマスタを引き継ぎました({kind}、任期 {term})',
    '{to} がマスタになりました({kind}、任期 {term})',
  ],
  redundancy_lost: ['ペアの冗長性が失われました({row})', 'ペアの冗長性が失われました'],
  redundancy_restored: ['スタンバイが同期済みになり、ペアは冗長になりました'],
  pair_changed: ['ペアの構成が変わりました({row})', 'ペアの構成が変わりました'],
  pair_alarm: ['ペアの対応が必要です({row})', 'ペアの対応が必要です'],
  notification_failed: [
    'ルール「{rule}」による通知を、{tries} 回試みましたが送信できませんでした({error})',
    'ルール「{rule}」による通知を送信できませんでした',
  ],
  escalation_exhausted: [
    'エスカレーション「{chain}」の全段階を通知しましたが、イベント {event} に誰も対応していません',
  ],
  definition_changed: ['{kind}「{name}」を {actor} が{change}しました'],
  calendar_ending: [
    'カレンダ「{calendar}」には {lastDay} より後の休業日が登録されていません。このままでは以降の祝日が営業日として扱われます',
  ],
  net_released: [
    'ジョブネット「{net}」の版 {revision} を、予定より {lateMinutes} 分遅れてリリースしました(予定者 {actor})',
    'ジョブネット「{net}」の版 {revision} をリリースしました(予定者 {actor})',
  ],
  net_release_refused: [
    'ジョブネット「{net}」の版 {revision} をリリースしませんでした: 予定した {actor} に、必要な権限がなくなっています({lacks})',
    'ジョブネット「{net}」の版 {revision} をリリースしませんでした: 定義に誤りがあります({problem}、予定者 {actor})',
    'ジョブネット「{net}」の版 {revision} をリリースしませんでした: 予定の登録後に定義が変更され、版 {inForce} が有効になっています(予定者 {actor})',
    'ジョブネット「{net}」の版 {revision} をリリースしませんでした: 予定の登録後に定義が変更されています(予定者 {actor})',
  ],
  rules_refuse_units: [
    '{actor} が「ジョブの実行ユーザ」のルールを変更したため、ジョブネット「{net}」の次のユニットは実行時に拒否されます: {units}',
    '{actor} が「ジョブの実行ユーザ」のルールを変更したため、ほかに {more} 個のジョブネットで、ユニットが実行時に拒否されます',
  ],
  rights_stop_start: [
    '{author} に「{other}」の実行権限がなくなったため({actor} による変更)、{author} が保存したジョブネット「{net}」からは起動できません(ユニット: {units})。権限のある人が「{net}」を保存し直してください',
    '定義した人の権限の変更({actor} による)のため、ほかに {more} 件の起動、リリース、事前指定が有効になりません',
  ],
  rights_stop_release: [
    'ジョブネット「{net}」の版 {revision} のリリース({plannedFor}、予定者 {author})は、予定者の権限の変更({actor} による)のため、このままでは中止になります({lacks})',
  ],
  rights_stop_preparation: [
    'ジョブネット「{net}」のスケジュール「{schedule}」による {plannedFor} の開始に対する {author} の事前指定は、{author} にジョブネットの実行権限がなくなったため({actor} による変更)、このままでは適用されません。セッションは一時停止した状態で開始します。権限のある人が事前指定をし直すか、取り消してください',
  ],
  user_locked: [
    'パスワードの誤りが {failures} 回続いたため、ユーザ「{user}」を {until} までロックしました(最後の接続元 {address})',
  ],
  sign_in_failed: [
    'ユーザ「{user}」のサインインが {address} から失敗しました',
    'ユーザ「{user}」のサインインが失敗しました',
  ],
  self_watch_raised: [
    '{path} のディスクの空きが {freePercent}% です(空き {free} / 全体 {total})',
    '{path} のディスクの空き i ノードが {freeInodesPercent}% です',
    '{path} のディスクは、このままの増え方では約 {fullInHours} 時間後に満杯になります(空き {free})',
    'データベースのサイズが {databaseSize} になりました',
    'キュー「{queue}」の使用率が {queuePercent}% です({length} / 上限 {lengthMax})',
    'マネージャの応答が遅くなっています(内部の処理の遅れ {lagMs} ミリ秒)',
    '証明書「{certificate}」の期限まであと {days} 日です(期限 {expiresAt})',
    '{clockNode} の時刻がマネージャと {differenceS} 秒ずれています',
    '「{place}」の空き待ちの列が {standsMinutes} 分間進んでいません(待ち {waiting} 件)。使用中のセッションを確認してください',
  ],
  self_watch_cleared: [
    '{path} のディスクの空きが {freePercent}% に回復しました',
    '{path} のディスクの空き i ノードが {freeInodesPercent}% に回復しました',
    '{path} のディスクが近いうちに満杯になる見込みはなくなりました',
    'データベースのサイズが {databaseSize} に戻りました',
    'キュー「{queue}」の滞留が解消しました({length} / 上限 {lengthMax})',
    'マネージャの応答が元に戻りました(内部の処理の遅れ {lagMs} ミリ秒)',
    '証明書「{certificate}」が更新されました(期限 {expiresAt})',
    '{clockNode} の時刻のずれがなくなりました',
    '空き待ちの列が再び進んでいます(待ち {waiting} 件)',
    '「{subject}」の監視対象がなくなりました',
  ],
  backup_made: ['バックアップ「{name}」を取得し、検証しました({size}、{directory})'],
  backup_failed: [
    'バックアップを取得できませんでした({reason})。最後に成功したのは {lastMade} です',
    'バックアップを取得できませんでした({reason})。成功したバックアップはまだありません',
  ],
  backup_log_broken: [
    'ログの保管が途切れました。次のバックアップが完了するまで、時刻を指定した復元に空白が生じます({reason})',
  ],
  backup_restored: [
    'バックアップ「{backup}」から復元しました。{holdsUntil} までに確定した内容を含み、それ以降は失われています。新しい開始は抑止されています(実行中だったセッション {sessions} 件)',
  ],
  data_removed: [
    '保存期間({keptDays} 日)を過ぎた{kind}を削除しました({before} より前、約 {rows} 件、{megabytes} MB)',
    '保存期間を過ぎた{kind}を削除しました',
  ],
  data_removal_held: [
    '時計が前回の確認から {aheadDays} 日進んだため、{until} まで古いデータの削除を見合わせます。時計が正しければ対応は不要です',
  ],
  // 装置の言葉そのものなので、訳さない。
  trap_received: ['{text}'],
  trap_storm: [
    '{address} からの{protocol}が多すぎるため、{count} 件を個別に記録せず件数だけ数えました(例: {sample})',
  ],
  trap_dropped: [
    '受信口「{receiver}」で、OS の受信バッファがあふれ {count} 件を受け取れませんでした({host})',
  ],
  trap_journal_full: ['受信ジャーナルが満杯のため、{count} 件を受け取れませんでした({host})'],
  intake_trouble: [
    '{host} の受信口「{receiver}」が待ち受けできません({reason})',
    '{host} の受信プロセスに異常があります({reason})',
  ],
  intake_recovered: [
    '{host} の受信口「{receiver}」が待ち受けを再開しました',
    '{host} の受信プロセスが復旧しました',
  ],
  data_removal_failed: ['保存期間を過ぎた{kind}を削除できませんでした({reason})。後で再試行します'],
};
