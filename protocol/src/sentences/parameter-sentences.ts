// What is wrong with parameters that a net declares, and with values that a start, a schedule or another net gives them.
// Said by core/src/definitions/judge-parameters.ts, judge-schedules.ts and core/src/jobs/variables/parameter-values.ts.
import type { SentencePairs } from './sentence-pair.ts';

export const parameterSentences = {
  key_of_other_type: {
    en: 'belongs to the type {owner}, and this is a {type}',
    ja: '種類が {owner} のパラメータで使います(このパラメータの種類は {type})',
  },
  choice_needs_choices: { en: 'a choice needs "choices"', ja: '選択肢を「choices」に指定してください' },
  choice_twice: { en: 'has the same value twice', ja: '同じ値が重複しています' },
  below_min: { en: 'is below "min" ({min})', ja: '「min」({min})以上にしてください' },
  below_length_min: {
    en: 'is below "length_min" ({min})',
    ja: '「length_min」({min})以上にしてください',
  },
  date_format: {
    en: 'is made of YYYY, YY, MM, DD and separators, such as YYYYMMDD or DD.MM.YYYY',
    ja: 'YYYYMMDD や DD.MM.YYYY のように、YYYY、YY、MM、DD と区切り文字で指定してください',
  },
  default_no_secret: {
    en: 'a definition holds no secret: name a kept one as {{secret.NAME}}, or leave it out',
    ja: '定義に機密情報の値は書けません。登録済みの機密情報を {{secret.名前}} と指定するか、削除してください',
  },
  given_no_secret: {
    en: 'a definition holds no secret: name a kept one as {{secret.NAME}}',
    ja: '定義に機密情報の値は書けません。登録済みの機密情報を {{secret.名前}} と指定してください',
  },
  schedule_gives_no_value: {
    en: 'gives no value for the parameter "{name}", which has no default',
    ja: '既定値のないパラメータ「{name}」に値が指定されていません',
  },
  needs_a_value: { en: 'needs a value', ja: '値を指定してください' },
  needs_a_value_no_default: {
    en: 'needs a value: the net declares "{name}" without a default',
    ja: '値を指定してください(「{name}」には既定値がありません)',
  },
  value_one_of: { en: 'must be one of {values}', ja: '次のいずれかを指定してください: {values}' },
  value_one_of_more: {
    en: 'must be one of {values}, ...',
    ja: '次のいずれかを指定してください: {values} など',
  },
  value_day: {
    en: 'must be a day such as "2026-11-26"{form}, or today, today-1, today+7, business_date, business_date-1',
    ja: '「2026-11-26」のような日付{form}、または today、today-1、today+7、business_date、business_date-1 の形で指定してください',
  },
  value_day_form: { en: ', or in the form {format}', ja: '({format} の形も可)' },
  value_true_or_false: { en: 'must be true or false', ja: 'true または false を指定してください' },
  value_secret_length: {
    en: 'must have {min} to {max} characters: a shorter one could not be hidden in outputs',
    ja: '{min}〜{max} 文字で指定してください。短すぎると、出力の中で隠せません',
  },
  value_length_min: { en: 'must have at least {min} characters', ja: '{min} 文字以上で指定してください' },
  value_length_max: { en: 'must have at most {max} characters', ja: '{max} 文字以内で指定してください' },
  value_pattern: { en: 'must fit {pattern}', ja: '{pattern} に合う値を指定してください' },
  value_number: { en: 'must be a number', ja: '数値を指定してください' },
  value_min: { en: 'must be at least {min}', ja: '{min} 以上の値を指定してください' },
  value_max: { en: 'must be at most {max}', ja: '{max} 以下の値を指定してください' },
  half_surrogate: {
    en: 'must not hold half of a surrogate pair',
    ja: '不完全な文字(サロゲートペアの片方)が含まれています',
  },
  key_not_storable: {
    en: 'has a key with a character that cannot be stored',
    ja: 'キーに保存できない文字が含まれています',
  },
  value_business_date_none: {
    en: 'is "{value}", but the net has no "business_date" that names a calendar',
    ja: '「{value}」を使うには、ネットの「business_date」にカレンダを指定してください',
  },
} as const satisfies SentencePairs;
