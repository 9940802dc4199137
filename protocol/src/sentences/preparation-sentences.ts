// What is wrong with the preparation of a coming start. Said by core/src/jobs/preparation and manager/src/jobs/preparations.
import type { SentencePairs } from './sentence-pair.ts';

export const preparationSentences = {
  prepared_no_unit: {
    en: 'there is no unit "{unit}" in the job net{hint}',
    ja: 'ユニット「{unit}」はこのジョブネットにありません{hint}',
  },
  prepared_not_held: {
    en: 'the definition does not hold "{unit}", so there is nothing to release',
    ja: 'ユニット「{unit}」は定義で保留になっていないため、保留解除は指定できません',
  },
  prepared_names_secret: {
    en: 'a kept secret is named by definitions alone; give the value itself',
    ja: '登録済みの機密情報は定義でのみ指定できます。値そのものを入力してください',
  },
  prepared_secret_not_kept: {
    en: 'no value of this secret that you have given is kept with the preparation; give it, or leave it out',
    ja: '事前指定に、あなたが入力したこの機密情報の値は保存されていません。値を入力するか、指定を外してください',
  },
  prepared_unfit: {
    en: 'of what was prepared, this does not fit the definition any more: {names}',
    ja: '事前指定のうち、次の内容が現在の定義に適用できないため: {names}',
  },
  prepared_without_right: {
    en: 'whoever has prepared this start may not run the job net any more, so nothing of it was done',
    ja: '事前指定をした人にこのジョブネットの実行権限がなくなったため、事前指定を適用しませんでした',
  },
  prepared_nothing: {
    en: 'says nothing of the start; name what is to be otherwise, or withdraw the preparation',
    ja: '変更内容がありません。変更する内容を指定するか、事前指定を取り消してください',
  },
} as const satisfies SentencePairs;
