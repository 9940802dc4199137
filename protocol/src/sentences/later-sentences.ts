// Why a coming start cannot be prepared or changed, and why a report that was put aside cannot be taken. Called by sentence.ts.
import type { SentencePairs } from './sentence-pair.ts';

export const laterSentences = {
  later_no_schedule: {
    en: 'Job net "{net}" has no schedule "{schedule}" that is enabled.',
    ja: 'ジョブネット「{net}」に有効なスケジュール「{schedule}」はありません',
  },
  later_no_more_starts: {
    en: 'Schedule "{schedule}" of {net} starts nothing any more.',
    ja: '{net} のスケジュール「{schedule}」による開始予定はもうありません',
  },
  later_no_start_at: {
    en: 'Schedule "{schedule}" of {net} starts nothing at {at}; its next start is {next}.',
    ja: '{net} のスケジュール「{schedule}」に {at} の開始予定はありません(次回の開始: {next})',
  },
  later_left_out_already: {
    en: 'Schedule "{schedule}" of {net} starts nothing at {at}; that one has been left out already; its next start is {next}.',
    ja: '{net} のスケジュール「{schedule}」の {at} の開始は、すでに取りやめられています(次回の開始: {next})',
  },
  later_never: { en: 'never', ja: 'なし' },
  later_too_many: {
    en: '{max} starts of schedule "{schedule}" of {net} are prepared or left out already; withdraw what is not wanted any more.',
    ja: '{net} のスケジュール「{schedule}」で事前指定または取りやめできる開始は {max} 件までです。不要なものを取り消してください',
  },
  later_decided_meanwhile: {
    en: 'That start has been begun or changed meanwhile.',
    ja: 'この開始は、その間に実行または変更されています',
  },
  later_prepared_meanwhile: {
    en: 'Somebody else has prepared this start, or taken that back, meanwhile: look at it again.',
    ja: 'ほかのユーザがこの開始の事前指定を登録または取り消しました。もう一度確認してください',
  },
  later_nothing_prepared: {
    en: 'Nothing was prepared for the start of {net} by schedule "{schedule}" at {at}.',
    ja: '{net} のスケジュール「{schedule}」の {at} の開始に、事前指定はありません',
  },
  aside_attempt_closed: {
    en: 'Attempt {attempt} has ended as unknown, and its report changes nothing any more: read it, set the status of the unit by hand if it is not what it should be, and remove the report.',
    ja: '試行 {attempt} は結果不明で終了済みのため、報告を取り込んでも結果は変わりません。内容を確認し、必要に応じてユニットの状態を変更してから、報告を削除してください',
  },
  aside_still_not: { en: 'It still cannot be taken: {why}.', ja: '今回も取り込めませんでした: {why}' },
  aside_not_there: {
    en: 'There is no report {key} that was put aside.',
    ja: '退避した報告 {key} はありません',
  },
  aside_too_many: {
    en: 'There are too many reports that were put aside to take one more of "{node}"; remove those that were seen to.',
    ja: '退避した報告が多すぎるため、「{node}」の報告をこれ以上退避できません。対応済みのものを削除してください',
  },
  aside_unreadable: {
    en: 'The report cannot be read with the key of this manager, or by this release.',
    ja: 'この報告は、このマネージャの鍵または版では読み取れません',
  },
  later_no_role: {
    en: 'body.roles: there is no role "{name}"',
    ja: 'body.roles: ロール「{name}」はありません',
  },
} as const satisfies SentencePairs;
