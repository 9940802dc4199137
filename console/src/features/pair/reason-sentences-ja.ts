// ホストの状態の理由は、ログと同じ英語の文で届く。その決まった文の日本語。{who} はホスト、{term} は任期、{why} は理由。
// 交代の理由も同じ。左の文は ha/src/decision/transitions.ts、ha/src/keeper の take-overs.ts と own-view.ts と同じもの。一致しない文は英語のまま表示する。
export const reasonSentencesJa: readonly (readonly [string, string])[] = [
  ['It was started for the first time.', '初めて起動しました。'],
  ['It was started again, and nobody else was master.', '再起動しました。ほかにマスタはいませんでした。'],
  ['The former master handed the service over.', '前のマスタが業務を引き渡しました。'],
  ['The former master was not heard any more.', '前のマスタの応答がなくなりました。'],
  ['An operator made it master by force.', 'オペレータが強制的にマスタにしました。'],
  ['This host has just started.', 'このホストは起動したところです。'],
  [
    'The data directory has been looked at. Looking for the master.',
    'データディレクトリを確認しました。マスタを探しています。',
  ],
  ['This host is in maintenance: it votes, and nothing else.', 'このホストは保守中で、投票だけを行います。'],
  [
    'The data of this host cannot follow {who}: {why}. It is made anew from there.',
    'このホストのデータは {who} に追随できません({why})。複製し直します。',
  ],
  ['This host follows {who} and catches up.', '{who} に追随し、追いついている途中です。'],
  [
    'This host holds everything that {who} has acknowledged, and can take over.',
    '{who} が受け付けたものをすべて持ち、引き継げます。',
  ],
  [
    '{who} is not heard any more. This host does not hold everything that was acknowledged, and waits.',
    '{who} の応答がなくなりました。このホストはすべてを持っていないため、待っています。',
  ],
  [
    'The copy failed too often: {why}. Mend that, then type: nezuban pair recover',
    '複製に繰り返し失敗しました({why})。直してから、復旧してください。',
  ],
  [
    'The database of this host ends again and again. Mend that, then type: nezuban pair recover',
    'このホストのデータベースが繰り返し終了します。直してから、復旧してください。',
  ],
  [
    'No master is heard. This host asks whether it may take over as term {term}.',
    'マスタの応答がありません。任期 {term} として引き継いでよいか、投票者に尋ねています。',
  ],
  [
    'No master is heard, and this host cannot become one: {why}.',
    'マスタの応答がなく、このホストもマスタになれません({why})。',
  ],
  [
    'This host, the only one, is starting: its database is not ready yet.',
    '単独のホストを起動しています。データベースの準備を待っています。',
  ],
  ['{who} is master of term {term}. The candidacy ends.', '任期 {term} のマスタは {who} です。'],
  ['This host was not elected: {why}.', 'このホストは当選しませんでした({why})。'],
  [
    'Elected as master of term {term}. The database becomes primary.',
    '任期 {term} のマスタに当選しました。データベースを昇格しています。',
  ],
  [
    'An operator makes this host master of term {term} by force. Acknowledged work may be missing.',
    'オペレータがこのホストを任期 {term} の強制マスタにしました。受け付け済みの記録が欠けている可能性があります。',
  ],
  [
    'This host is master of term {term}, alone: nothing is redundant yet.',
    '任期 {term} のマスタです。まだ冗長ではありません。',
  ],
  ['{who} is in sync: the pair is redundant.', '{who} が同期済みになり、ペアは冗長です。'],
  ['{who} is out. This host goes on alone.', '{who} が外れました。1 台で続けています。'],
  [
    'The service moves to {who}: work is drained, the database stops.',
    '{who} へ切り替えています。仕事の受け付けを終え、データベースを止めます。',
  ],
  [
    'The move is called off: {why}. This host stays master.',
    '切り替えを取りやめました({why})。このホストがマスタのままです。',
  ],
  [
    'This host stops acting as master of term {term}: {why}.',
    '任期 {term} のマスタとしての動作を止めています({why})。',
  ],
  ['Everything that acted has ended on this host.', 'マスタとして動いていたものは、すべて終了しました。'],
  [
    'Everything that acted has ended on this host: {why}. Mend that, then start the keeper again or type: nezuban pair recover',
    'マスタとして動いていたものは、すべて終了しました({why})。直してから、復旧してください。',
  ],
  [
    'The database could not be ended in time. The guard kills it. If nothing follows this line, power this host off.',
    'データベースを時間内に停止できず、見張りプロセスが強制終了しています。この表示が消えない場合は、このホストの電源を切ってください。',
  ],
  [
    'This host is out of duty for maintenance. It still votes.',
    '保守のため担当から外れています。投票は続けます。',
  ],
  ['Maintenance is over. Looking for the master.', '保守を終了しました。マスタを探しています。'],
  [
    'An operator has asked to recover. Looking for the master.',
    'オペレータが復旧を依頼しました。マスタを探しています。',
  ],
  [
    'The voter record cannot be written: {why}. This host votes no more. Mend the disk, then start the keeper again.',
    '投票の記録を書けません({why})。このホストは投票できません。ディスクを直し、マネージャを起動し直してください。',
  ],
];
