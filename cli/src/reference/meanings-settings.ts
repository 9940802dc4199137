// What each setting means, in both languages: for the manual's pages. A test demands one for every setting.

export type Meaning = { readonly en: string; readonly ja: string };
type Meanings = Readonly<Record<string, Meaning>>;

const levels = (key: string, { en, ja }: Meaning): Meanings => ({
  [`${key}.warning`]: { en: `${en}: from here on a warning.`, ja: `${ja}（警告にする値）` },
  [`${key}.critical`]: { en: `${en}: from here on critical.`, ja: `${ja}（危険にする値）` },
});
const days = (en: string, ja: string): Meaning => ({
  en: `Days for which ${en} are kept. They go by whole partitions, so some later.`,
  ja: `${ja}を保存する日数。期間単位でまとめて削除するため、実際の削除は少し後になります。`,
});

export const sectionMeanings: Meanings = {
  retention: { en: 'How long things are kept.', ja: 'データの保存期間' },
  password_policy: { en: 'Passwords, and what wrong ones do.', ja: 'パスワードの条件と、誤入力によるロック' },
  self_watch: {
    en: 'From which values on the manager tells about itself in events.',
    ja: 'マネージャが自身の状態をイベントで知らせるしきい値',
  },
  intake: {
    en: 'What the intakes of both hosts listen to.',
    ja: '両ホストの受信プロセスが待ち受けるもの',
  },
  events: { en: 'Events.', ja: 'イベント' },
  status: {
    en: 'How long an entry of the status view holds without being heard of again.',
    ja: '状況表示の項目を、更新がないまま有効とする期間',
  },
  output: {
    en: 'What output of commands may take on the hosts of managers.',
    ja: 'コマンドの出力が使える容量',
  },
  transfers: {
    en: 'Files that go from agent to agent through the manager.',
    ja: 'マネージャを経由するエージェント間のファイル転送',
  },
  reconciliation: {
    en: 'How the manager compares what it believes of attempts with what agents know.',
    ja: '試行の状態についての、マネージャとエージェントの記録の照合',
  },
  operations: { en: 'How people operate sessions.', ja: 'セッションの操作' },
  run_as: {
    en: 'As which users of the operating system units may run, and where.',
    ja: 'ユニットを、どのノードで、どの OS ユーザとして実行してよいか',
  },
  http_calls: {
    en: 'Whom units of type `http` may call.',
    ja: '`http` ユニットが呼び出してよい相手',
  },
  backup: { en: 'Backups that the manager makes by itself.', ja: 'マネージャが自動で取得するバックアップ' },
};

const receiver = (key: string, en: string, ja: string): Meanings => ({
  [`${key}.enabled`]: { en: `${en}: whether it listens.`, ja: `${ja}を受信するか` },
  [`${key}.host`]: {
    en: `${en}: address to listen on, the same words on both hosts; 0.0.0.0 or :: for all.`,
    ja: `${ja}の待ち受けアドレス（両ホスト共通。すべてのアドレスは 0.0.0.0 または ::）`,
  },
  [`${key}.port`]: { en: `${en}: port to listen on.`, ja: `${ja}の待ち受けポート` },
});

export const settingMeanings: Readonly<Record<string, Meanings>> = {
  retention: {
    events_days: days('events', 'イベント'),
    sessions_days: days('sessions', 'セッション'),
    output_days: days('outputs of commands', 'コマンドの出力'),
    audit_days: days('entries of the audit log', '監査ログ'),
    traps_days: days('traps as they came', '受信したトラップ'),
    deliveries_days: days('deliveries of notifications', '通知の送信履歴'),
  },
  password_policy: {
    length_min: { en: 'Characters that a password must have.', ja: 'パスワードの最小文字数' },
    history: {
      en: 'How many of the last passwords may not be taken again.',
      ja: '再利用を禁止する、直近のパスワードの数',
    },
    expires_days: {
      en: 'Days until a password must be replaced at the next sign-in; null: never.',
      ja: 'パスワードの有効日数。過ぎると次のサインイン時に変更を求めます。null は無期限',
    },
    lockout_failures: {
      en: 'Wrong passwords in a row that lock a user out; null: guesses are only slowed down.',
      ja: 'ユーザをロックするまでの、連続した誤入力の回数。null はロックせず、試行を遅らせるだけにします',
    },
    lockout_minutes: { en: 'How long a lock-out lasts.', ja: 'ロックが続く時間（分）' },
  },
  self_watch: {
    ...levels('disk_free_percent', { en: 'Free share of a disk', ja: 'ディスクの空き容量の割合（%）' }),
    ...levels('disk_full_in_hours', {
      en: 'Hours until a disk is full at the present growth',
      ja: '現在の増加量でディスクが満杯になるまでの時間',
    }),
    ...levels('event_loop_lag_ms', {
      en: 'How late the manager comes to its work, in milliseconds',
      ja: 'マネージャの処理の遅れ（ミリ秒）',
    }),
    ...levels('queue_percent', { en: 'How full a queue is', ja: 'キューの使用率（%）' }),
    ...levels('certificate_days', { en: 'Days until a certificate expires', ja: '証明書の残り日数' }),
    ...levels('clock_difference_s', {
      en: 'Seconds that the clock of an agent differs',
      ja: 'エージェントとの時刻の差（秒）',
    }),
    ...levels('line_stands_minutes', {
      en: 'Minutes in which nobody has got a place of a queue, lock or node although somebody waits',
      ja: 'キュー、ロック、ノードの空き待ちの列が進まない時間（分）',
    }),
    ...levels('database_bytes', {
      en: 'Size of the database in bytes; null: not watched',
      ja: 'データベースの大きさ（バイト）。null は監視しません',
    }),
  },
  output: {
    net_mb_per_day: {
      en: 'Megabytes that the output of one job net may take on the disk in one day (UTC); null: no bound.',
      ja: '1 つのジョブネットの出力が 1 日（UTC）に使えるディスク容量（MB）。null は無制限',
    },
    node_mb_per_day: {
      en: 'The same for the commands of one node.',
      ja: '1 つのノードで実行したコマンドの出力が 1 日（UTC）に使えるディスク容量（MB）。null は無制限',
    },
    total_mb: {
      en: 'Megabytes that all output may take that is kept; null: no bound.',
      ja: '保存している出力全体のディスク容量（MB）。null は無制限',
    },
    mb_per_second: {
      en: 'How fast output is written to the database, so that job starts and their results do not wait behind it.',
      ja: '出力をデータベースへ書き込む速さの上限（MB/秒）。ジョブの開始や結果の記録を待たせないための制限です',
    },
  },
  transfers: {
    mb_per_second: {
      en: 'How fast all file transfers together go through the manager, in megabytes a second, so that job starts do not wait behind them.',
      ja: 'すべてのファイル転送がマネージャを通る速さの合計の上限（MB/秒）。ジョブの開始を待たせないための制限です',
    },
    parallel_max: {
      en: 'File transfers that run at the same time; further ones wait for their turn.',
      ja: '同時に実行するファイル転送の数。超えた分は順番を待ちます',
    },
    parallel_per_node_max: {
      en: 'The same for one node, whether it reads or writes.',
      ja: '1 つのノードで同時に実行するファイル転送の数（読み取りと書き込みの合計）',
    },
    file_bytes_max: {
      en: 'Bytes of one file; a larger one is not transferred.',
      ja: '転送できる 1 ファイルの大きさの上限（バイト）',
    },
  },
  reconciliation: {
    agent_silent_after_s: {
      en: 'Seconds of silence after which an agent with running attempts is told in an event.',
      ja: '実行中の試行があるエージェントの応答がないとき、イベントで知らせるまでの秒数',
    },
    every_s: {
      en: 'Seconds between two comparisons with each agent that is connected.',
      ja: '接続中の各エージェントと記録を照合する間隔（秒）',
    },
  },
  operations: {
    reason: {
      en: 'Whether each operation on a session or unit must be given a reason: `optional` or `required`.',
      ja: 'セッションやユニットの操作に理由の入力を求めるか（optional: 任意、required: 必須）',
    },
    console_urls: {
      en: 'Addresses under which people open the console, such as `https://ops-a.example:8443`, of a pair one of each host: messages link to the approval or the session.',
      ja: 'コンソールを開くときの URL（`https://ops-a.example:8443` など。ペアでは両ホスト分）。通知に承認やセッションへのリンクを載せます',
    },
  },
  backup: {
    directory: {
      en: 'Folder for backups on the host of the master, best one that both hosts of a pair share; null: none are made.',
      ja: 'バックアップの保存先（マスタのホスト上のフォルダ。ペアでは両ホストで共有するフォルダが最適）。null は取得しません',
    },
    daily_at: {
      en: 'Time of day, such as 02:00, in the zone of the manager; null: only when somebody asks.',
      ja: '毎日取得する時刻（02:00 など、マネージャのタイムゾーン）。null は指示したときだけ取得します',
    },
    keep: {
      en: 'How many of the newest are kept; older ones go once a newer one has been verified.',
      ja: '残す世代数。古いものは、新しいものの検証後に削除します',
    },
    passphrase_file: {
      en: 'File whose first line seals CA and keys; null: they lie in the backup as files of their owner.',
      ja: 'CA と鍵を封印するパスフレーズのファイル（1 行目を使用）。null は所有者だけが読めるファイルとして保存します',
    },
    archive_log: {
      en: 'Copy the log of the database as it is written, so that a restore reaches any point in time.',
      ja: 'データベースのログを逐次保管し、任意の時点へ復元できるようにします',
    },
  },
  intake: {
    ...receiver('syslog_udp', 'Syslog by UDP', 'syslog（UDP）'),
    ...receiver('syslog_tcp', 'Syslog by TCP', 'syslog（TCP）'),
    ...receiver('syslog_tls', 'Syslog by TLS', 'syslog（TLS）'),
    'syslog_tls.client_ca_file': {
      en: 'PEM file on each host: only senders with a certificate of this authority; null: any sender.',
      ja: 'クライアント証明書の認証局（各ホスト上の PEM ファイル）。null はクライアント証明書を求めません',
    },
    ...receiver('snmp', 'SNMP traps and informs', 'SNMP トラップ・インフォーム'),
    'snmp.communities': {
      en: 'SNMPv1 and v2c only with one of these communities; empty: with any.',
      ja: '受け付ける SNMPv1・v2c のコミュニティ。空はすべて受け付けます',
    },
    ...receiver('http', 'Custom traps by HTTP', 'カスタムトラップ（HTTP）'),
    ...receiver('https', 'Custom traps by HTTPS', 'カスタムトラップ（HTTPS）'),
    allowed: {
      en: 'Addresses and networks that may send; empty: anybody who reaches the port.',
      ja: '送信を許可するアドレス・ネットワーク。空は制限しません',
    },
    denied: {
      en: 'Addresses and networks that may not send, whatever is allowed.',
      ja: '送信を拒否するアドレス・ネットワーク（許可より優先）',
    },
    source_per_second_max: {
      en: 'Messages a second that one source may send for long; what is above is counted and summarised.',
      ja: '1 つの送信元から継続して受け取る 1 秒あたりの件数。超えた分は件数だけを数えてまとめます',
    },
    journal_bytes_max: {
      en: 'Bytes of the journal on each host. If nothing of it has been processed, new messages are refused.',
      ja: '各ホストの受信ジャーナルの上限（バイト）。未処理分だけで満杯になると、新しいものは受け取りません',
    },
  },
  events: {
    fields: {
      en: 'Fields that people write on events.',
      ja: 'イベントに担当者が記入する項目',
    },
    'fields[].name': { en: 'Name of the field.', ja: '項目の名前' },
    'fields[].title': { en: 'What people read; left out: the name.', ja: '英語の表示名（省略時は名前）' },
    'fields[].title_ja': { en: 'The same in Japanese.', ja: '日本語の表示名（省略時は名前）' },
  },
  status: {
    keyed_minutes: {
      en: 'Minutes for entries with a key, which something clears; null: until then.',
      ja: 'キーを持つ項目（回復の通知で消えるもの）の有効期間（分）。null は回復まで有効',
    },
    unkeyed_minutes: {
      en: 'Minutes for entries of a monitor as a whole, which nothing clears; null: for ever.',
      ja: 'キーのない項目の有効期間（分）。null は無期限',
    },
    cleared_minutes: {
      en: 'Minutes for which what is cleared stays, as information.',
      ja: '回復した項目を情報として残す時間（分）',
    },
    on_expiry: {
      en: 'What is not heard of in time goes (`remove`), or turns to `unknown`.',
      ja: '期間内に更新がない項目を、削除する（`remove`）か「不明」にする（`unknown`）か',
    },
    monitors: { en: 'Monitors that differ.', ja: '個別に設定する監視' },
    'monitors[].monitor': { en: 'Name of the monitor.', ja: '監視の名前' },
    'monitors[].minutes': { en: 'Minutes; null: for ever.', ja: '有効期間（分）。null は無期限' },
    'monitors[].on_expiry': { en: 'As `on_expiry`.', ja: '`on_expiry` と同じ' },
  },
  run_as: {
    rules: {
      en: 'A rule allows what fits all that it names. A unit that no rule allows is not brought into force, and not started.',
      ja: '条件がすべて一致するルールがあれば許可します。一致するルールがないユニットは、保存も開始もできません。',
    },
    'rules[].folder': {
      en: 'Only units of job nets of this folder; left out: of all.',
      ja: '対象のジョブネットのフォルダ（省略時はすべて）',
    },
    'rules[].scope': {
      en: 'Only on nodes of this scope and its child scopes; left out: on all.',
      ja: '対象のスコープ。子スコープを含む（省略時はすべて）',
    },
    'rules[].node': { en: 'Only on this node; left out: on all.', ja: '対象のノード（省略時はすべて）' },
    'rules[].users': {
      en: 'Users: names, a beginning such as `app*`, `*` for all, `@agent` for units that name no user and run as the agent itself.',
      ja: 'OS ユーザ。名前、前方一致（`app*` など）、すべて（`*`）。`@agent` はユーザを指定しないユニットで、エージェント自身のユーザで実行する',
    },
    'rules[].groups': {
      en: 'Groups that a unit may name; left out: none.',
      ja: 'ユニットに指定してよい OS グループ（省略時は指定不可）',
    },
    'rules[].roles': {
      en: 'Only somebody with one of these roles may save such a unit; left out: whoever may change the job net.',
      ja: 'このようなユニットを保存できるロール（省略時はジョブネットを変更できる人すべて）',
    },
  },
  http_calls: {
    allow: {
      en: 'Hosts (`api.example.com`, `*.example.com`), addresses and networks (`10.0.0.0/8`). If any stands here, nobody else is called.',
      ja: 'ホスト（`api.example.com`、`*.example.com`）、アドレス、ネットワーク（`10.0.0.0/8`）。1 つでも指定すると、それ以外は呼び出せない',
    },
    deny: {
      en: 'The same: never called, whatever `allow` says. From the beginning the addresses at which clouds give credentials of the machine.',
      ja: '同じ形式で、`allow` にかかわらず呼び出さない相手。初期値は、クラウドがマシンの認証情報を返すアドレス',
    },
  },
};
