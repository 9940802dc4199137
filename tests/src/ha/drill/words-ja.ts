/**
 * The Japanese of `words.ts`.
 */
import type { Words } from './words.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} 秒`;
const number = (count: number): string => count.toLocaleString('ja-JP');

export const ja: Words = {
  intro: {
    title: () => '訓練：このマシンにペアを作り、起こりうる障害を起こす',
    will: (faults) =>
      `マネージャ 2 台、立会い、エージェント 2 台を作り、書き込みとジョブを流し続けながら ${faults} 種類の障害を起こします。そのたびに、すべての書き込みとコマンドの行方を数えます。`,
    lasts: (minutes) =>
      `ほかに負荷のないマシンで約 ${minutes} 分かかります。Ctrl-C でいつでも終われ、後片付けもします。`,
    untouched: (folder) =>
      `このマシンで動いているマネージャには触れません。ホームは ${folder} に作り、プロセスも専用、`,
    places: (address) => `ネットワークも専用です（${address}）。`,
    loopback: (why, left) =>
      `ホストはループバックのアドレスで、互いに切り離せません（${why}）。${left} 種類の障害は起こせません。Linux の root ならすべて試せます。`,
    stop: () => 'Ctrl-C で終わります。',
  },
  during: {
    making: () => 'ペアを作っています…',
    tookOver: (host, afterMs) =>
      `${host} が引き継いだ${afterMs === null ? '' : `。障害から ${seconds(afterMs)}後に、最初の書き込みを受け付けた`}`,
    wentOn: (host) => `${host} が業務を続けている`,
    nobody: (ms) => `${seconds(ms)}間、誰もマスタにならなかった（正しい）`,
    mending: () => '障害を取り除いた。冗長に戻るのを待ち、すべてを数える…',
    skipped: (why) => `試さない：${why}`,
    stopping: () => '終了します。起動したものをすべて終わらせています…',
    stopped: () => '終了しました。何も残っていません。',
    kept: (folder) => `ホームとログは ${folder} に残してあります`,
    notMade: () => '2 回続けてペアを作れなかったため、残りは試しません。',
    reportAt: (file) => `報告書は ${file} にあります`,
  },
  onPair: {
    title: () => 'このペアでの訓練：計画切り替え',
    explains: (from, to, back) => [
      `「nezuban pair switch」と同じように、業務を ${from} から ${to} へ移します。実行中のジョブは続き、要求は 1 秒ほど待たされ、何も失われません。`,
      `その間、両方のコンソールに毎秒 50 回、誰がマスタかを尋ねます。${from} がスタンバイとして同期済みになれば終わりです。1 分ほどかかります。`,
      back
        ? `続けて、同じように ${from} へ戻します。`
        : `マスタは ${to} のままになります（--back を付けると、あとで戻します）。`,
      'ほかには何も変えません。',
    ],
    question: (to) => `業務を ${to} へ移しますか？ [y/N] `,
    nobodyToAsk: () =>
      '確認する相手がいません。確認なしで行うには、nezuban drill switch --yes と打ってください。',
    unchanged: () => '何も変えていません。',
    watching: (everyMs) => `両方のホストに ${everyMs} ミリ秒ごとに、誰がマスタかを尋ねる`,
    ordered: (to) => `業務を ${to} へ移す…`,
    serves: (to) => `${to} がマスタになり、業務を始めた`,
    waiting: () => '冗長に戻るのを待つ…',
    redundant: (ms) => `冗長に戻った。指示から ${seconds(ms)}`,
    stillGoesOn: () =>
      '見るのはここまでです。始めたことはそのまま進みます。nezuban pair status で確かめてください。',
    adviceAfter: () => 'はじめにはなく、今ペアが伝えていること：',
    noAdvice: () => '終わったあとに、新しい助言も警告もありません。',
  },
  report: {
    title: (kind) => (kind === 'scratch' ? 'ペアの訓練' : 'ペアの訓練：計画切り替え'),
    headline(report, totals, passed) {
      if (!passed)
        return totals.failed === 0
          ? '何も試せませんでした。'
          : `${report.lines.length - totals.skipped} 件のうち ${totals.failed} 件が失敗しました。`;
      const slow = totals.slow === 0 ? '' : `${totals.slow} 件は約束より遅いものでした。`;
      if (report.kind === 'switch') return `業務が移り、ペアは冗長に戻りました。${slow}`;
      return `${totals.played} 種類の障害で、喪失なし、二重実行なし、マスタは常に 1 台以下。${slow}`;
    },
    verdict: { passed: '合格', slow: '遅い', failed: '失敗', skipped: '未実施' },
    columns: {
      fault: '障害',
      happened: '起きたこと',
      outage: '業務の中断',
      lost: '失われた書き込み',
      doubled: '二重のジョブ',
      verdict: '判定',
    },
    facts: {
      date: '日時',
      machine: 'マシン',
      release: 'リリース',
      place: 'ホストの実体',
      hosts: 'ホスト',
      command: 'コマンド',
      took: '所要時間',
    },
    place: (place) =>
      ({
        namespaces: 'このマシンのネットワーク名前空間（黙って切り離せる）',
        loopback: 'このマシンのループバックのアドレス（切り離しは不可）',
        real: 'ペアのホストそのもの',
      })[place],
    role: {
      master: '1 台目',
      standby: '2 台目',
      witness: '立会いとエージェント',
      agent: 'クライアントとエージェント',
    },
    happened(happened) {
      switch (happened.what) {
        case 'took-over':
          return `${happened.from} から ${happened.to} へ引き継いだ`;
        case 'went-on':
          return `${happened.host} が業務を続けた`;
        case 'came-back':
          return 'ホストが戻ると業務を再開した';
        case 'nothing':
          return '';
        default:
          return happened satisfies never;
      }
    },
    promise: {
      'nothing-lost': '受け付けたものは失わない',
      'nothing-twice': '二重に実行しない',
      'one-master': 'マスタは決して 2 台にならない',
      'by-itself': '自分で立ち直る',
    },
    state: { kept: '守られた', broken: '破られた', 'not-checked': '確認せず' },
    evidence(key, report, totals) {
      switch (key) {
        case 'nothing-lost':
          if (totals.writesAcked === 0)
            return report.kind === 'switch'
              ? '切り替えの訓練は自分では何も書きません。「nezuban drill」が、専用のペアで数えます。'
              : '数えられませんでした。';
          return `受け付けられた書き込み ${number(totals.writesAcked)} 件とセッション ${number(totals.sessions)} 件を、あとですべて探しました。失われたもの ${totals.writesLost} 件と ${totals.sessionsLost} 件、誤り ${totals.writesWrong + totals.sessionsBad} 件。返事のなかった書き込み ${number(totals.writesUnknown)} 件は、どれも 1 回だけあるか、まったくないかでした。`;
        case 'nothing-twice':
          if (totals.commands === 0)
            return report.kind === 'switch'
              ? '切り替えの訓練は自分ではジョブを動かしません。「nezuban drill」が、専用のペアで数えます。'
              : 'ジョブは動きませんでした。';
          return `${number(totals.commands)} 個のコマンドが、Nezuban の外の台帳に 1 行ずつ書きました。二重または覚えのない実行は ${totals.commandsDoubled} 件です。`;
        case 'one-master':
          if (totals.watched === 0) return '確認していません。';
          if (report.kind === 'switch')
            return `両方のホストに ${number(report.looks)} 回尋ねました。両方が「マスタだ」と答えたのは ${totals.twoMasters} 回です。`;
          return `${totals.watched} 種類の障害の間、両方のホストに 20 ミリ秒ごとに尋ねました。重なり、または任期の逆行は ${totals.twoMasters} 件です。${totals.watched < totals.counted ? '凍結から目を覚ます障害では尋ねません（時計を見る前に 1 回だけ答えることがあるため、書き込みで判定します）。' : ''}`;
        case 'by-itself':
          if (totals.played === 0) return '障害を起こせませんでした。';
          return `${totals.played} 回のうち ${totals.redundantAgain} 回、人手なしで冗長に戻りました${report.kind === 'scratch' ? '（落ちたホストは電源を入れ直しただけです）' : ''}。時間を約束している障害での、最も長い中断は ${totals.longestMs === null ? '―' : seconds(totals.longestMs)}です。`;
        default:
          return key satisfies never;
      }
    },
    step: { detect: '検知', elect: '選挙', promote: '昇格', open: '開始' },
    stepLegend: {
      detect: '沈黙（リースが確実に切れるまで）',
      elect: '選挙',
      promote: 'データベースの昇格',
      open: 'マネージャの業務開始',
      rest: '残り（クライアントに返事が届くまで）',
    },
    promisedMark: (ms) => `約束：${ms / 1000} 秒以内`,
    expectedOutage: () => 'ホストがない間',
    nothingPromised: () => '時間の約束なし',
    slow: (ms, limitMs) =>
      `中断は ${seconds(ms)}。ホストがそれぞれ独立していれば ${limitMs / 1000} 秒以内と約束しています。ここでは 4 台が 1 台のマシンを分け合うので、まずマシンの負荷を見てください。`,
    slowSwitch: (ms, limitMs) =>
      `マスタのいない時間は ${seconds(ms)}。同じ LAN なら ${limitMs / 1000} 秒以内と約束しています。両方のホストの負荷と、上の各段階を見てください。`,
    redundantAfter: (ms) => `${seconds(ms)}後に冗長へ戻った`,
    problems: () => 'うまくいかなかったこと',
    noProblems: () => 'ありません。',
    logs: (folder) => `ホームとログ：${folder}`,
    notCounted: () => '数えず',
    measured: (report) =>
      report.kind === 'switch'
        ? '業務の中断：前のマスタが「マスタだ」と最後に答えてから、新しいマスタが最初にそう答えるまで（20 ミリ秒ごとに確認）。'
        : '業務の中断：どのクライアントの書き込みも受け付けられなかった、最も長い時間。',
    faults: () => '障害',
    promises: () => '約束',
    notTested: () => 'この訓練では試していないこと',
    notTestedLines: (report) =>
      report.kind === 'switch'
        ? ['突然の停止。「nezuban drill」が、専用のペアで試します。']
        : [
            '実際のホスト、ディスク、ネットワーク。すべてのホストはこのマシンの中にありました。「nezuban drill switch」は、実際のペアで業務を移します。',
            '時計ごと凍結された仮想マシン、パケットの遅延や喪失。シミュレータにあります（npm run sim）。',
          ],
    duration: (total) =>
      total < 90 ? `${Math.round(total)} 秒` : `${Math.floor(total / 60)} 分 ${Math.round(total % 60)} 秒`,
    newAdvice: () => '終わったあとの、ペアの新しい助言',
  },
  switchTitle: { switch: '計画切り替え', 'switch-back': '計画切り替えで戻す' },
  switchDoes: { switch: '業務をスタンバイへ移す。', 'switch-back': '業務を元へ戻す。' },
};
