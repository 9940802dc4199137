// What is wrong with rules of notification, escalations, trap monitors and aliases. Said by core/src/notifications/judge-notification.ts and
// core/src/traps/rules.
import type { SentencePairs } from './sentence-pair.ts';

export const monitorSentences = {
  no_zone_such_as_tokyo: {
    en: 'there is no time zone {zone}; write one such as "Asia/Tokyo"',
    ja: 'タイムゾーン {zone} はありません。「Asia/Tokyo」のように指定してください',
  },
  band_time_needs_calendar: {
    en: '"{time}" is past 24:00, which needs "calendar"',
    ja: '24:00 を過ぎた時刻「{time}」には、「calendar」の指定が必要です',
  },
  band_before_48: { en: 'must be before 48:00', ja: '48:00 より前の時刻を指定してください' },
  band_too_long: {
    en: 'makes a band of more than 24 hours',
    ja: '時間帯が 24 時間を超えています',
  },
  band_before_from: {
    en: 'is before "from" ({from}), also on the next day',
    ja: '翌日と見ても「from」({from})より前です',
  },
  rounds_need_minutes: {
    en: 'must be at least 1 in some step: with "rounds", all would be told again at once',
    ja: '「rounds」を使う場合は、いずれかの段で 1 以上にしてください。全員に続けて通知してしまいます',
  },
  inner_star: {
    en: '"*" may stand only once, at the end of {pattern}',
    ja: '「*」は {pattern} の末尾に 1 回だけ使えます',
  },
  address_or_network: {
    en: 'must be an address (192.0.2.1) or a network (192.0.2.0/24), but is {found}',
    ja: 'アドレス(192.0.2.1)またはネットワーク(192.0.2.0/24)を指定してください(現在の値: {found})',
  },
  alias_names_nothing: {
    en: 'must name "addresses" or "hosts": as it is, every sender would be this node',
    ja: '「addresses」または「hosts」を指定してください。このままでは、すべての送信元がこのノードになります',
  },
  rule_never_reached: {
    en: 'the rule "{rule}" is never reached: "{taker}" before it takes all that it would take',
    ja: 'ルール「{rule}」は使われません。前にある「{taker}」に、すべて先に一致します',
  },
  unmatched_says_nothing: {
    en: 'says nothing: the rule "{rule}" takes everything',
    ja: '効果がありません。ルール「{rule}」がすべてに一致します',
  },
  belongs_to_source: {
    en: 'belongs to {owner}; this monitor listens to {source}',
    ja: '{owner} 用の条件です(この監視の対象は {source})',
  },
  names_nothing: {
    en: 'names nothing, so nothing fits; leave it out for all',
    ja: '空なので何も一致しません。すべてを対象にするには、項目ごと削除してください',
  },
  oid_pattern: {
    en: 'must be dotted numbers (1.3.6.1.6.3.1.1.5.3) or a name of a MIB (IF-MIB::linkDown), and may end with ".*" for all below, but is {found}',
    ja: 'OID(1.3.6.1.6.3.1.1.5.3)または MIB の名前(IF-MIB::linkDown)を指定してください。配下すべてなら末尾を「.*」にします(現在の値: {found})',
  },
  text_needs_one: {
    en: 'must say "matches" or "contains"',
    ja: '「matches」または「contains」を指定してください',
  },
  clears_needs_key: {
    en: 'needs a "key", which says what it is that ends',
    ja: '「key」と一緒に指定してください(何の復旧かを表します)',
  },
  template_no_pattern: {
    en: 'says {place}, but the rule has no "text.matches" with a group in brackets',
    ja: '{place} がありますが、このルールには、括弧のグループを含む「text.matches」がありません',
  },
  template_one_group: {
    en: 'says {place}, but "text.matches" has 1 group',
    ja: '{place} がありますが、「text.matches」のグループは 1 個です',
  },
  template_groups: {
    en: 'says {place}, but "text.matches" has {groups} groups',
    ja: '{place} がありますが、「text.matches」のグループは {groups} 個です',
  },
  template_place_unknown: {
    en: 'has the place {place}, which is not known; known are {known}, {{field.NAME}} and {{1}}',
    ja: '変数 {place} は使えません。使えるのは {known}、{{field.名前}}、{{1}} です',
  },
} as const satisfies SentencePairs;
