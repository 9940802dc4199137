// What is wrong with a value, in words for who types it, in both languages. Pure.
import type { TFunction } from 'i18next';
import type { Fault } from './draft.ts';

export const faultText = (t: TFunction, language: string, { issue, missing }: Fault): string => {
  if (missing && issue.code !== 'custom') return t('notify.fault.missing');
  const { code, message } = issue;
  const number = (value: unknown) =>
    typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
  switch (code) {
    case 'too_small':
      return issue['origin'] === 'number' || issue['origin'] === 'int'
        ? t('notify.fault.atLeast', { min: number(issue['minimum']) })
        : t('notify.fault.tooShort', { min: number(issue['minimum']) });
    case 'too_big':
      return issue['origin'] === 'number' || issue['origin'] === 'int'
        ? t('notify.fault.atMost', { max: number(issue['maximum']) })
        : t('notify.fault.tooLong', { max: number(issue['maximum']) });
    case 'invalid_type':
      return t('notify.fault.number');
    default:
      return said(t, language, message);
  }
};

const said = (t: TFunction, language: string, message: string): string => {
  if (message.startsWith('Invalid')) return t('notify.fault.form');
  if (language !== 'ja') return `${message.slice(0, 1).toUpperCase()}${message.slice(1)}`;
  const exact = sentencesJa[message];
  if (exact !== undefined) return exact;
  for (const [pattern, sentence] of patternsJa)
    if (pattern.test(message)) return message.replace(pattern, sentence);
  return message;
};

/** Sentences of the schemas in protocol/src/notifications and protocol/src/ids.ts. */
export const sentencesJa: Readonly<Record<string, string>> = {
  'must start with a letter or digit and hold only letters, digits, "_", "-" and "."':
    '先頭は文字か数字にしてください。使えるのは文字、数字、「_」「-」「.」です',
  'must be names separated by "/", each starting with a letter or digit and holding only letters, digits, "_", "-" and "."':
    '名前を「/」で区切ってください。各名前の先頭は文字か数字で、使えるのは文字、数字、「_」「-」「.」です',
  'must not hold line breaks or control characters': '改行や制御文字は使えません',
  'must not hold a user name or password': 'URL にユーザ名やパスワードを含めることはできません',
  'must not hold a user name or password; send them in an Authorization header':
    'URL にユーザ名やパスワードを含めることはできません。Authorization ヘッダで送ってください',
  'must be an address that begins with "https://"': '「https://」で始まる URL を入力してください',
  'must hold only characters that a header can carry: no line breaks, nothing beyond Latin-1':
    'ヘッダに使えない文字があります。改行と、Latin-1 以外の文字は使えません',
  'must be a media type such as "application/json"':
    '「application/json」のようなメディアタイプを入力してください',
  'must be an absolute path': '絶対パスで入力してください',
  'must be a time of day such as "09:00", up to "24:00"; with a calendar up to "48:00"':
    '「09:00」のような時刻を入力してください。最大は「24:00」(カレンダを使用する場合は「48:00」)です',
  'must say where to: "channel", "channels" or "escalation"': '通知先を 1 つ以上指定してください',
  'must say "contains" or "matches"': '「含む文字列」か「正規表現」を入力してください',
  'must say "equals", "contains" or "matches"': '値の条件を入力してください',
  'must be "node", "scope", "monitor", "key", "net" or "field:NAME"':
    '「node」「scope」「monitor」「key」「net」「field:名前」のいずれかを入力してください',
  'must be at least 1 in some step: with "rounds", all would be told again at once':
    '繰り返す場合は、1 分以上待つ段階が必要です。すべて 0 分だと、全員に続けて通知されます',
};
const patternsJa: readonly (readonly [RegExp, string])[] = [
  [/^"\*" may stand only once, at the end of "(.*)"$/, '「*」は「$1」の末尾に 1 つだけ使えます'],
  [
    /^there is no time zone "(.*)"; .*$/,
    'タイムゾーン「$1」はありません。「Asia/Tokyo」のように指定してください',
  ],
];
