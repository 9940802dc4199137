// イベントの日本語の文。{名前} はイベントの details の値。上から順に、値がそろった最初の文を使い、そろわなければ英語のまま表示する。
import type { EventCode } from '@nezuban/protocol/events/event';

export const eventSentencesJa: Readonly<Record<EventCode, readonly string[]>> = {
  session_started: ['{net} のセッション {session} を開始しました', 'セッション {session} を開始しました'],
  session_ended: ['{net} のセッション {session} が終了しました({endStatus})', 'セッション {session} が終了しました({endStatus})'],
  session_stopped: ['{net} のセッション {session} が停止しました', 'セッション {session} が停止しました'],
  unit_ended: ['セッション {session} のユニット {unit} が{endStatus}終了しました(終了コード {exitCode})', 'セッション {session} のユニット {unit} が{endStatus}終了しました'],
  unit_held: ['セッション {session} のユニット {unit} は保留中です'],
  attempt_unknown: ['セッション {session} のユニット {unit} は、{node} での実行結果が分かりません', 'セッション {session} のユニット {unit} の実行結果が分かりません'],
  attempt_refused: ['セッション {session} のユニット {unit} は {node} で実行を拒否されました', 'セッション {session} のユニット {unit} は実行を拒否されました'],
  schedule_missed: ['{net} のスケジュール {schedule} は、マネージャの停止中に {count} 回実行されませんでした', '{net} のスケジュール {schedule} は、マネージャの停止中で実行されませんでした'],
  schedule_late: ['{net} のスケジュール {schedule} は予定より遅れて開始しました'],
  schedule_failed: ['{net} のスケジュール {schedule} を開始できませんでした'],
  agent_joined: ['{node} のエージェントが参加しました'],
  agent_connected: ['{node} のエージェントが接続しました'],
  agent_disconnected: ['{node} のエージェントが切断されました'],
  agent_removed: ['{node} のエージェントを取り外しました'],
  agent_clock_differs: ['{node} の時刻がマネージャとずれています'],
  manager_started: ['マネージャが起動しました(バージョン {version})', 'マネージャが起動しました'],
  manager_stopped: ['マネージャが停止しました'],
  process_restarted: ['プロセス {process} が停止したため再起動しました'],
  process_gave_up: ['プロセス {process} の再起動を断念しました'],
  notification_failed: ['ルール {rule} による通知を送信できませんでした'],
  definition_changed: ['{user} が {name} の定義を変更しました', '{name} の定義が変更されました'],
  sign_in_failed: ['{user} のサインインに {address} から失敗しました', '{user} のサインインに失敗しました'],
};
