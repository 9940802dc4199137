// What a file transfer waits for. Said by manager/src/transfers/transfer-relay.ts; the agent that writes tells the English of it in its output.
import type { SentencePairs } from './sentence-pair.ts';

export const transferSentences = {
  transfer_waits_for_agent: {
    en: 'Waits for {node}, whose agent is not connected.',
    ja: 'ノード「{node}」のエージェントの接続を待っています',
  },
  transfer_waits_for_begin: {
    en: 'Waits for {node} to begin.',
    ja: 'ノード「{node}」が読み出しを開始するのを待っています',
  },
  transfer_waits_for_turn: {
    en: 'Waits for its turn: {count} transfers run, and no more may.',
    ja: '順番を待っています。同時に実行できる転送の上限に達しています(実行中 {count} 件)',
  },
  transfer_waits_for_turn_on_node: {
    en: 'Waits for its turn: {count} transfers run on {node}, and no more may.',
    ja: '順番を待っています。ノード「{node}」で同時に実行できる転送の上限に達しています(実行中 {count} 件)',
  },
  transfer_waits_for_room: {
    en: 'Waits for its turn: {count} transfers run or wait, and the manager takes no more.',
    ja: '順番を待っています。マネージャが受け付けられる転送の上限に達しています(実行中と待機中を合わせて {count} 件)',
  },
} as const satisfies SentencePairs;
