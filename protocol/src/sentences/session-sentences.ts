// Why a suspended session cannot be given another definition. Said by core/src/jobs/operate/definition-change.ts.
import type { SentencePairs } from './sentence-pair.ts';

export const sessionSentences = {
  take_removed: {
    en: 'it would lose {units}, which has begun or has run before in this session; skip what is not to run, or leave it in the definition',
    ja: '{units}は開始済みまたは実行済みのため、削除できません。実行しない場合はスキップするか、定義に残してください',
  },
  take_over_net: {
    en: '{units} would be added to, or taken out of, a net that has ended or is being stopped; put it behind that net',
    ja: '{units}は、終了したネットまたは停止中のネットの中にあるため、追加も削除もできません。そのネットの後ろに置いてください',
  },
  take_retyped: {
    en: '{units} would be of another type, and has begun or has run before in this session; give the new unit another name',
    ja: '{units}は開始済みまたは実行済みのため、種類を変更できません。新しいユニットに別の名前を付けてください',
  },
  take_work: {
    en: '{units} is under way with the old definition; wait for its end, or leave it as it is',
    ja: '{units}は変更前の定義で実行中です。終了を待つか、変更せずに残してください',
  },
  take_locks: {
    en: '{units} would hold other locks while it is under way; wait for its end',
    ja: '{units}は実行中のため、ロックを変更できません。終了を待ってください',
  },
  take_queue: {
    en: '{units} would stand in another queue while it is under way; wait for its end',
    ja: '{units}は実行中のため、キューを変更できません。終了を待ってください',
  },
  take_edges: {
    en: '{units} has begun and would wait for what has not run; connect only units that have not begun',
    ja: '{units}は開始済みのため、未実行のユニットを先行にできません。未開始のユニットだけを接続してください',
  },
  take_parameter_new: {
    en: 'the parameter {name} would be new and has no default, and nobody has given its value; give it a default',
    ja: '追加したパラメータ {name} の値がありません。既定値を指定してください',
  },
  take_parameter_kept_secret: {
    en: 'the parameter {name} was given a kept secret that the definition would not name for it; leave it in its default or in a schedule, or run the net again',
    ja: 'パラメータ {name} には保管された機密情報が渡されていますが、新しい定義では指定されていません。既定値またはスケジュールの指定を残すか、ジョブネットを改めて実行してください',
  },
  take_parameter_secret: {
    en: 'the parameter {name} would be a secret, and its value was not given as one; run the net again',
    ja: 'パラメータ {name} の値は機密情報として入力されていないため、機密情報に変更できません。ジョブネットを改めて実行してください',
  },
  take_parameter_type: {
    en: 'the parameter {name} would be of another type, and its value does not fit; leave its type as it is',
    ja: 'パラメータ {name} の値が変更後の型に合いません。型を変更せずに残してください',
  },
  take_unit: { en: '"{path}"', ja: '「{path}」' },
  take_session: { en: 'the session', ja: 'セッション自体' },
  take_units_more: { en: '{units} and {count} more', ja: '{units}(ほか {count} 件)' },
} as const satisfies SentencePairs;
