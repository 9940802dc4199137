// Japanese texts of variables.
import type { Translations } from '../en.ts';
import type { variablesEn } from '../en/variables.ts';

export const variablesJa: Pick<Translations, keyof typeof variablesEn> = {
  parameter: {
    choose: '選択してください',
    yes: 'はい',
    no: 'いいえ',
    keptSecret: '入力しなければ登録済みの機密情報を使用します',
    between: '{{min}} ～ {{max}}',
    atLeast: '{{min}} 以上',
    atMost: '{{max}} 以下',
    problem: {
      length: '{{from}} ～ {{to}} 文字で入力してください。',
      pattern: '{{pattern}} に合う値を入力してください。',
      number: '範囲内の数値を入力してください。',
      choice: '値を選択してください。',
      date: '日付を入力してください。',
      secret: '{{from}} ～ {{to}} 文字で入力してください。短すぎる値は出力の中で伏せられません。',
    },
  },
  outputs: {
    title: 'ユニットの出力変数',
    none: '出力変数を渡したユニットはまだありません。',
    secret: '機密情報',
    reference: '{{net}} に渡した値',
    of: 'ジョブネット',
    revision: '版 {{revision}}',
  },
  preview: {
    open: 'エージェントへの実行内容を表示',
    title: 'エージェントへの実行内容',
    command: '実行するコマンド',
    nodes: '実行先',
    stdin: '標準入力',
  },
  secrets: {
    title: '機密情報',
    text: 'ジョブネットから {{place}} の形で参照するパスワードや鍵です。値は暗号化して保管し、誰にも表示しません。',
    set: '機密情報を登録',
    setAgain: '再登録',
    name: '名前',
    value: '値',
    valueHint: '登録後は誰にも表示しません。コマンドの出力では *** に置き換えます。',
    description: '説明',
    usedBy: '参照しているジョブネット',
    updated: '登録日時',
    updatedBy: '登録者',
    lost: 'このマネージャの鍵では復号できません。再登録してください。',
    delete: '削除',
    deleteTitle: '機密情報 {{name}} を削除しますか?',
    deleteText: '参照しているジョブネットは開始できなくなります。',
    none: {
      title: '機密情報は登録されていません',
      text: '登録すると、ジョブネットの environment、stdin、files から参照できます。',
    },
  },
};
