// What an agent says of attempts: why it refuses one, cannot start it, or knows no outcome, and what is missing in its output.
// These alone may come over the link by code (agent/agent-said.ts); those that the waiter says stand with the same English words in
// agent/src/spawner/Nezuban/Said.pm, which a test compares. A place takes a text, a number, or a word of this table.
import type { SentencePairs } from './sentence-pair.ts';

export const agentSentences = {
  agent_cancelled_before_arrival: { en: 'cancelled before it arrived', ja: '届く前に取り消されました' },
  agent_cancelled_before_start: {
    en: 'cancelled before it was started',
    ja: '開始する前に取り消されました',
  },
  agent_too_many_attempts: {
    en: 'the agent has {count} attempts that have not ended',
    ja: 'エージェントに未終了の試行が {count} 件あります',
  },
  agent_disk_full: {
    en: 'the disk of the agent has only {kib} KiB free',
    ja: 'エージェントのディスクの空き容量が {kib} KiB しかありません',
  },
  agent_order_empty: {
    en: 'the order has neither a command nor a tool',
    ja: '実行する内容が指示に含まれていません',
  },
  agent_order_nul: {
    en: 'a text of the order holds a NUL character, which no command can be given',
    ja: '指示の文字列にコマンドへ渡せない NUL 文字が含まれています',
  },
  agent_command_empty: { en: 'the command is empty', ja: 'コマンドが空です' },
  agent_variable_name: {
    en: '"{name}" cannot be the name of an environment variable',
    ja: '「{name}」は環境変数の名前に使えません',
  },
  agent_tool_input: {
    en: 'the input of the tool "{tool}" is wrong at "{place}": {trouble}',
    ja: 'ツール「{tool}」への入力の「{place}」が正しくありません: {trouble}',
  },

  agent_host_restarted: {
    en: 'the host restarted before the attempt was seen to end',
    ja: '終了を確認する前にホストが再起動しました',
  },
  agent_folder_gone: {
    en: "the attempt's folder is gone",
    ja: 'エージェント上の試行のディレクトリがなくなっています',
  },
  agent_waiter_gone: {
    en: 'the waiter was gone without an exit record',
    ja: '試行を監視するプロセスが、終了の記録を残さずに消滅しました',
  },
  agent_waiter_gone_early: {
    en: 'the waiter was gone before the command was seen to start',
    ja: 'コマンドの開始を確認する前に、試行を監視するプロセスが消滅しました',
  },
  agent_no_record: { en: 'no record at the agent', ja: 'エージェントに記録がありません' },

  agent_fork: { en: 'cannot fork: {trouble}', ja: 'プロセスを生成できません: {trouble}' },
  agent_make_folder: {
    en: "cannot make the attempt's folder: {trouble}",
    ja: '試行のディレクトリを作成できません: {trouble}',
  },
  agent_claim: {
    en: 'cannot claim the attempt: {trouble}',
    ja: '試行の実行権を確保できません: {trouble}',
  },
  agent_start_record: {
    en: 'cannot write the start record: {trouble}',
    ja: '開始の記録を書き込めません: {trouble}',
  },
  agent_execute: { en: 'cannot execute {program}: {trouble}', ja: '{program} を実行できません: {trouble}' },
  agent_user_unknown: {
    en: 'user {user} is not known on this host',
    ja: 'ユーザ {user} はこのホストに存在しません',
  },
  agent_cannot_become: {
    en: 'the agent runs as an ordinary user and cannot become {user}',
    ja: 'エージェントが一般ユーザで動作しているため、ユーザ {user} として実行できません',
  },
  agent_not_in_group: {
    en: 'the agent runs as an ordinary user that is not in group {group}',
    ja: 'エージェントを動作させている一般ユーザは、グループ {group} に属していません',
  },
  agent_group_unknown: {
    en: 'group {group} is not known on this host',
    ja: 'グループ {group} はこのホストに存在しません',
  },
  agent_take_groups: {
    en: 'cannot take groups {groups}: {trouble}',
    ja: 'グループ {groups} に変更できません: {trouble}',
  },
  agent_take_group: {
    en: 'cannot take group {group}: {trouble}',
    ja: 'グループ {group} に変更できません: {trouble}',
  },
  agent_become: { en: 'cannot become {user}: {trouble}', ja: 'ユーザ {user} に変更できません: {trouble}' },
  agent_became_not: { en: 'cannot become {user}', ja: 'ユーザ {user} に変更できません' },
  agent_working_directory: {
    en: 'working directory {path}: {trouble}',
    ja: '作業ディレクトリ {path}: {trouble}',
  },
  agent_standard_input: { en: 'standard input {path}: {trouble}', ja: '標準入力 {path}: {trouble}' },
  agent_given_write: { en: 'cannot write {path}: {trouble}', ja: '{path} に書き込めません: {trouble}' },
  agent_given_mode: {
    en: 'cannot give {path} its mode: {trouble}',
    ja: '{path} のアクセス権を設定できません: {trouble}',
  },
  agent_given_owner: {
    en: 'cannot give {path} to {user}: {trouble}',
    ja: '{path} の所有者を {user} に変更できません: {trouble}',
  },
  agent_given_open: { en: 'cannot open {path}: {trouble}', ja: '{path} を開けません: {trouble}' },
  agent_given_keep: {
    en: 'cannot keep {path} open: {trouble}',
    ja: '{path} を開いたままにできません: {trouble}',
  },

  agent_limit: {
    en: 'the limit of {limit} cannot be held on this host: {trouble}',
    ja: 'このホストでは{limit}の上限を適用できません: {trouble}',
  },
  agent_limit_group: {
    en: 'the command cannot be put into {group}: {trouble}',
    ja: 'コマンドを {group} に入れられません: {trouble}',
  },
  agent_limit_memory: { en: 'memory', ja: 'メモリ' },
  agent_limit_processes: { en: 'the number of processes', ja: 'プロセス数' },
  agent_limit_cpus: { en: 'the quota of processor time', ja: 'CPU 時間' },
  agent_limit_cpu_share: { en: 'the share of processor time', ja: 'CPU 時間の配分' },
  agent_limit_open_files: { en: 'the number of open files', ja: 'オープンできるファイル数' },
  agent_limit_file_size: { en: 'the size of files', ja: 'ファイルサイズ' },
  agent_limit_core_size: { en: 'the size of core dumps', ja: 'コアダンプのサイズ' },
  agent_no_memory_group: {
    en: 'the agent has no cgroup with the controller "memory"',
    ja: 'エージェントの cgroup で「memory」コントローラを使えません',
  },
  agent_no_cpu_group: {
    en: 'the agent has no cgroup with the controller "cpu"',
    ja: 'エージェントの cgroup で「cpu」コントローラを使えません',
  },
  agent_root_not_bounded: {
    en: 'the agent has no cgroup with the controller "pids", and root is not bounded in another way',
    ja: 'エージェントの cgroup で「pids」コントローラを使えず、root には他の方法で上限を適用できません',
  },
  agent_processor_unknown: {
    en: 'the kernel is not asked for it on this kind of processor',
    ja: 'この種類のプロセッサには対応していません',
  },

  agent_end_file_trouble: { en: 'cannot be looked at: {trouble}', ja: '確認できません: {trouble}' },
  agent_end_file_missing: { en: 'is not there', ja: 'ファイルがありません' },
  agent_end_file_old: { en: 'was not updated', ja: '更新されていません' },
  agent_end_file_unknown: {
    en: 'could not be looked at before the start',
    ja: '開始前の状態を確認できませんでした',
  },
  agent_user_not_taken: { en: 'its user cannot be taken', ja: '実行ユーザに変更できません' },
  agent_file_system_silent: {
    en: 'its file system does not answer',
    ja: 'ファイルシステムが応答しません',
  },

  agent_capture_pattern: {
    en: 'its regular expression is not understood by this agent',
    ja: 'このエージェントは指定の正規表現に対応していません',
  },
  agent_capture_cut: {
    en: 'nothing fits in what is kept of the output, which was too long to be kept whole',
    ja: '出力が長く全体を保存できなかったため、保存した範囲に一致する箇所がありません',
  },
  agent_capture_none: { en: 'nothing in the output fits', ja: '出力に一致する箇所がありません' },
  agent_capture_path: { en: 'nothing stands at {path}', ja: '{path} に値がありません' },
  agent_capture_long_json: {
    en: 'the output is longer than the {bytes} bytes that are read as JSON',
    ja: '出力が JSON として読み取れる上限({bytes} バイト)を超えています',
  },
  agent_capture_no_json: { en: 'the output is not JSON', ja: '出力が JSON ではありません' },
  agent_capture_long_value: {
    en: 'the value has more than {count} characters',
    ja: '値が {count} 文字を超えています',
  },

  // What the kernel says most often, in its own words; all else comes as it was said.
  os_no_entry: { en: 'No such file or directory', ja: 'ファイルまたはディレクトリがありません' },
  os_no_access: { en: 'Permission denied', ja: '権限がありません' },
  os_not_permitted: { en: 'Operation not permitted', ja: '許可されていない操作です' },
  os_no_space: { en: 'No space left on device', ja: 'ディスクの空き容量がありません' },
  os_quota: { en: 'Disk quota exceeded', ja: 'ディスクの使用量が割り当て(quota)を超えています' },
  os_no_memory: { en: 'Cannot allocate memory', ja: 'メモリが不足しています' },
  os_try_again: {
    en: 'Resource temporarily unavailable',
    ja: '一時的にリソースが不足しています',
  },
  os_files_of_process: { en: 'Too many open files', ja: 'オープンしているファイルが多すぎます' },
  os_not_directory: { en: 'Not a directory', ja: 'ディレクトリではありません' },
  os_is_directory: { en: 'Is a directory', ja: 'ディレクトリです' },
  os_no_format: { en: 'Exec format error', ja: '実行できる形式のファイルではありません' },
  os_text_busy: { en: 'Text file busy', ja: '実行ファイルが書き込み中です' },
  os_input_output: { en: 'Input/output error', ja: '入出力エラーが起きました' },
  os_read_only: { en: 'Read-only file system', ja: 'ファイルシステムが読み取り専用です' },
  os_too_long: { en: 'Argument list too long', ja: '引数と環境変数の合計が長すぎます' },
  os_name_long: { en: 'File name too long', ja: 'ファイル名が長すぎます' },
  os_loop: { en: 'Too many levels of symbolic links', ja: 'シンボリックリンクの階層が深すぎます' },
  os_stale: {
    en: 'Stale file handle',
    ja: 'ファイルサーバ上のファイルが無効になっています(Stale file handle)',
  },
} as const satisfies SentencePairs;
