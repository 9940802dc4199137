// 日本語の文言: ジョブネット関連図。
import type { Translations } from '../en.ts';

export const netMapJa: Pick<Translations, 'netMap'> = {
  netMap: {
    title: 'ジョブネット関連図',
    open: '関連図',
    view: { label: '表示形式', graph: '図', table: '一覧' },
    around: '中心のジョブネット',
    all: '関連のあるものすべて',
    showAll: 'すべて表示',
    folder: 'フォルダ',
    depth: '表示する範囲',
    truncated:
      'ジョブネットが {{count}} 個を超えています。中心のジョブネットまたはフォルダを選択してください。',
    none: {
      title: '関連のあるジョブネットはありません',
      ofNet: '{{net}} と関連のあるジョブネットはありません',
      text: 'ほかのジョブネットを内部で実行する、起動する、終了を待つ、起動条件にする、または同時に実行しないように定義すると、ここに表示されます。',
    },
    missing: '存在しないジョブネット',
    neverRun: '実行履歴なし',
    reading: '矢印は、先に実行されるものから後に実行されるものへ向いています。',
    panel: 'ジョブネット {{net}}',
    session: 'セッション {{id}}',
    centre: '中心にする',
    arrow: {
      contains: '内部で実行',
      starts: '起動',
      waits_for: '終了を待つ',
      begins_after: '終了で起動',
      excludes: '同時実行しない',
    },
    kind: {
      contains: '内部で実行する',
      starts: '起動する',
      waits_for: '終了を待つ',
      begins_after: '終了時に起動される',
      excludes: '同時に実行しない',
    },
    active: {
      contains: '{{net}} を内部で実行する',
      starts: '{{net}} を起動する',
      waits_for: '{{net}} の終了を待つ',
      begins_after: '{{net}} の終了時に起動される',
      excludes: '{{net}} と同時に実行しない',
    },
    passive: {
      contains: '{{net}} の内部で実行される',
      starts: '{{net}} から起動される',
      waits_for: '{{net}} がこの終了を待つ',
      begins_after: 'この終了時に {{net}} が起動される',
      excludes: '{{net}} と同時に実行しない',
    },
    units: 'ユニット: {{units}}',
    unitsAndMore: '{{units}} ほか {{count}} 個',
    unitSeparator: '、',
    columns: { net: 'ジョブネット', kind: '関連', other: '相手のジョブネット', units: 'ユニット' },
  },
};
