/**
 * The faults that `nezuban drill` plays on a pair made for it, in the order in which they are played: what each is called, and what is done.
 *
 * Responsible for the choice and its words in both languages. What is done and expected is the scenario of that name in `../scenarios.ts`.
 * Called by `scratch-drill.ts`, `options.ts` and the reports.
 */
import type { Scenario } from '../scenario.ts';
import { scenarios } from '../scenarios.ts';

export const languages = ['en', 'ja'] as const;
export type Language = (typeof languages)[number];
type Said = Readonly<Record<Language, string>>;

export interface DrillFault {
  /** As typed behind `--faults`. */
  readonly key: string;
  /** Name of the scenario. */
  readonly scenario: string;
  readonly title: Said;
  /** What is done, in one sentence. */
  readonly does: Said;
  /** Connections must be cut without a word, or disks be small: only as root on Linux. */
  readonly needsRoot?: boolean;
  /** Takes so much memory for its small disks. */
  readonly needsMebibytes?: number;
}

export const drillFaults: readonly DrillFault[] = [
  {
    key: 'host-killed',
    scenario: "master's host killed: standby takes over",
    title: { en: "The master's host dies", ja: 'マスタのホストが落ちる' },
    does: {
      en: 'Every process of the master is killed, running jobs included.',
      ja: 'マスタのプロセスを、実行中のジョブごとすべて強制終了する。',
    },
  },
  {
    key: 'power-lost',
    scenario: "master's host loses power without a word: standby takes over",
    title: { en: 'The master loses power without a word', ja: 'マスタの電源が黙って切れる' },
    does: {
      en: 'The master is cut off first and killed then, so that no connection is closed and nobody is told.',
      ja: '切り離してから強制終了する。接続は閉じられず、誰にも知らされない。',
    },
    needsRoot: true,
  },
  {
    key: 'tree-killed',
    scenario: "master's whole tree killed, its jobs live: standby takes over",
    title: { en: 'All of Nezuban is killed, jobs live on', ja: 'Nezuban だけが落ち、ジョブは生き残る' },
    does: {
      en: 'Keeper, database and manager of the master are killed; running commands are not.',
      ja: 'マスタの keeper、データベース、マネージャを強制終了する。実行中のコマンドは残す。',
    },
  },
  {
    key: 'cut-off',
    scenario: 'master cut off from everybody: it stands down, the standby takes over, the cut heals',
    title: { en: 'The master is cut off and lives on', ja: 'マスタが生きたまま孤立する' },
    does: {
      en: 'Packets from and to the master vanish, without a reset. It must stop by itself.',
      ja: 'マスタの通信が、リセットもなく消える。マスタは自分から止まらなければならない。',
    },
    needsRoot: true,
  },
  {
    key: 'members-cut',
    scenario: 'members cut from each other, both see the witness: the master goes on and drops the standby',
    title: { en: 'The two hosts lose each other', ja: '2 台の間だけが切れる' },
    does: {
      en: 'The cable between the two is cut; both still see the witness. One goes on, never both.',
      ja: '2 台の間を切る。立会いは両方から見える。続けるのは 1 台だけ。',
    },
    needsRoot: true,
  },
  {
    key: 'keeper-frozen',
    scenario: "master's keeper frozen: the guard ends the tree before the lease, the standby takes over",
    title: { en: "The master's keeper hangs", ja: 'マスタの keeper が固まる' },
    does: {
      en: 'The process that decides is frozen. Its guard must end database and manager in time.',
      ja: '判断するプロセスを凍結する。見張りが、データベースとマネージャを時間内に終わらせなければならない。',
    },
  },
  {
    key: 'host-frozen',
    scenario:
      'everything on the master frozen for longer than the lease: the standby takes over, the resumed one does nothing',
    title: { en: 'The master freezes and wakes up', ja: 'マスタが凍りつき、あとで目を覚ます' },
    does: {
      en: 'All of the master stands still for eight seconds beyond the take-over, and then runs on, unaware.',
      ja: 'マスタのすべてを、引き継ぎの 8 秒後まで凍結し、何も知らないまま動かす。',
    },
  },
  {
    key: 'postgres-killed',
    scenario: "master's PostgreSQL killed: the standby takes over at once",
    title: { en: "The master's database dies", ja: 'マスタのデータベースが落ちる' },
    does: { en: 'PostgreSQL of the master is killed.', ja: 'マスタの PostgreSQL を強制終了する。' },
  },
  {
    key: 'manager-killed',
    scenario: "master's manager killed: it restarts on the same host",
    title: { en: "The master's manager dies", ja: 'マスタのマネージャが落ちる' },
    does: {
      en: 'The manager process is killed; it is started again on the same host.',
      ja: 'マネージャのプロセスを強制終了する。同じホストで起動し直される。',
    },
  },
  {
    key: 'standby-lost',
    scenario: "standby's host killed: the master goes on alone",
    title: { en: "The standby's host dies", ja: 'スタンバイのホストが落ちる' },
    does: {
      en: 'The standby loses power. The master drops it and goes on alone.',
      ja: 'スタンバイの電源を切る。マスタはスタンバイを外し、1 台で続ける。',
    },
  },
  {
    key: 'witness-lost',
    scenario: 'witness lost: the pair goes on',
    title: { en: 'The witness dies', ja: '立会いが落ちる' },
    does: {
      en: 'The host of the witness loses power. Nobody may notice.',
      ja: '立会いのホストの電源を切る。誰も気づかないはずである。',
    },
    needsRoot: true,
  },
  {
    key: 'replication-dead',
    scenario: 'the wal receiver of the standby hangs while heartbeats live: the standby is dropped',
    title: { en: 'Replication hangs', ja: 'レプリケーションが固まる' },
    does: {
      en: 'The standby answers, but takes no data any more. The master must drop it instead of waiting for ever.',
      ja: 'スタンバイは返事をするが、データを受け取らない。マスタは待ち続けず、外さなければならない。',
    },
  },
  {
    key: 'both-down-a',
    scenario: 'both hosts lose power, a comes back first: nothing acknowledged is lost',
    title: { en: 'Both hosts lose power, the first is back first', ja: '2 台とも停電し、1 台目が先に戻る' },
    does: {
      en: 'Both die in the same moment; host-a is started first and serves before the other is there.',
      ja: '2 台を同時に落とす。host-a を先に起動し、相手を待たずに業務を始める。',
    },
    needsRoot: true,
  },
  {
    key: 'both-down-b',
    scenario: 'both hosts lose power, b comes back first: nothing acknowledged is lost',
    title: { en: 'Both hosts lose power, the second is back first', ja: '2 台とも停電し、2 台目が先に戻る' },
    does: {
      en: 'Both die in the same moment; host-b is started first and serves before the other is there.',
      ja: '2 台を同時に落とす。host-b を先に起動し、相手を待たずに業務を始める。',
    },
    needsRoot: true,
  },
  {
    key: 'planned-switch',
    scenario: 'a planned switch typed on the standby',
    title: { en: 'A planned switch', ja: '計画切り替え' },
    does: { en: '"nezuban pair switch" is typed.', ja: '「nezuban pair switch」を打つ。' },
  },
  {
    key: 'disk-full',
    scenario: "the master's disk is full: the standby takes over, votes go on",
    title: { en: "The master's disk fills up", ja: 'マスタのディスクがいっぱいになる' },
    does: {
      en: 'A pair with small disks is made; every free byte of the disk of its master is taken.',
      ja: '小さなディスクのペアを作り、マスタのディスクの空きをすべて埋める。',
    },
    needsRoot: true,
    // Disks of 900 and 1800 MiB in memory, of which the first is filled, beside the pair itself.
    needsMebibytes: 2_600,
  },
];

export const faultKeys: readonly string[] = drillFaults.map(({ key }) => key);

export function scenarioOf(fault: DrillFault): Scenario {
  const found = scenarios.find(({ name }) => name === fault.scenario);
  if (found === undefined) throw new Error(`no scenario is called "${fault.scenario}"`);
  return found;
}
