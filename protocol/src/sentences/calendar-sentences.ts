// What is wrong with times: zones, cron expressions, days of schedules, calendars, maintenance windows. Said by core/src/schedules,
// core/src/calendars/judge-calendar.ts, core/src/operations/judge-window.ts and core/src/definitions/judge-time-zone.ts.
import type { SentencePairs } from './sentence-pair.ts';

export const calendarSentences = {
  no_time_zone: {
    en: 'there is no time zone "{zone}"; write an IANA name such as "{near}"',
    ja: 'タイムゾーン「{zone}」はありません。「{near}」のような IANA の名前を指定してください',
  },
  cron_at: {
    en: '"{cron}" is not read; write 5 fields, such as "0 22 * * *" for every day at 22:00',
    ja: '「{cron}」の形は使えません。毎日 22:00 なら「0 22 * * *」のように、5 つの欄で書いてください',
  },
  cron_field_count_one: {
    en: 'has 1 field; it must have 5 (minute, hour, day of month, month, day of week) or 6 with seconds first',
    ja: '欄が 1 個しかありません。5 個(分、時、日、月、曜日)、または先頭に秒を加えた 6 個で書いてください',
  },
  cron_field_count: {
    en: 'has {count} fields; it must have 5 (minute, hour, day of month, month, day of week) or 6 with seconds first',
    ja: '欄が {count} 個あります。5 個(分、時、日、月、曜日)、または先頭に秒を加えた 6 個で書いてください',
  },
  cron_field_wrong: {
    en: 'the {name} "{field}" is wrong: {why}',
    ja: '{name}「{field}」が正しくありません({why})',
  },
  cron_second: { en: 'second', ja: '秒' },
  cron_minute: { en: 'minute', ja: '分' },
  cron_hour: { en: 'hour', ja: '時' },
  cron_day: { en: 'day of month', ja: '日' },
  cron_month: { en: 'month', ja: '月' },
  cron_weekday: { en: 'day of week', ja: '曜日' },
  cron_seconds_go: { en: 'seconds go from 0 to 59', ja: '秒は 0〜59' },
  cron_minutes_go: { en: 'minutes go from 0 to 59', ja: '分は 0〜59' },
  cron_hours_go: { en: 'hours go from 0 to 23', ja: '時は 0〜23' },
  cron_days_go: { en: 'days go from 1 to 31, or L for the last', ja: '日は 1〜31、月末は L' },
  cron_months_go: { en: 'months go from 1 to 12, or JAN to DEC', ja: '月は 1〜12 または JAN〜DEC' },
  cron_weekdays_go: {
    en: 'days go from 0 (Sunday) to 7 (Sunday), or SUN to SAT',
    ja: '曜日は 0(日曜)〜7(日曜)または SUN〜SAT',
  },
  cron_unreadable: { en: 'cannot be read: {why}', ja: '読み取れません({why})' },
  cron_never: { en: 'never fires: there is no such day', ja: '該当する日がないため、一度も開始しません' },
  needs_calendar: {
    en: 'needs "calendar", which is missing here',
    ja: '「calendar」の指定が必要です',
  },
  time_needs_calendar: {
    en: '"{time}" is past 23:59, which needs "calendar"',
    ja: '23:59 を過ぎた時刻「{time}」には、「calendar」の指定が必要です',
  },
  zone_of_calendar: {
    en: 'must be left out: with "calendar" the zone of the calendar holds',
    ja: '削除してください。「calendar」を指定すると、カレンダのタイムゾーンに従います',
  },
  if_closed_without_effect: {
    en: 'has no effect with "on: {on}"; it says what becomes of closed days on "on: open"',
    ja: '「on: {on}」では効果がありません。「on: open」で休業日に当たったときの扱いを表します',
  },
  shift_max_without_effect: {
    en: 'has no effect without "if_closed: before" or "if_closed: after"',
    ja: '「if_closed: before」または「if_closed: after」と一緒に指定してください',
  },
  days_beside_cron: {
    en: 'must be left out beside "cron", which names the days itself; give "times" instead',
    ja: '「cron」とは一緒に指定できません(cron 自体が日を表します)。代わりに「times」を使ってください',
  },
  if_closed_needs_times: {
    en: '"{value}" needs "times"; beside "cron" it can be skip or run',
    ja: '「{value}」は「times」と一緒に指定してください。「cron」では skip か run を指定できます',
  },
  needs_times_not_cron: {
    en: 'needs "times" instead of "cron"',
    ja: '「cron」ではなく「times」と一緒に指定してください',
  },
  day_never_runs: {
    en: '"{day}" never runs with "on: {on}"; write "on: {right}" or "on: all"',
    ja: '「on: {on}」では「{day}」に一度も実行されません。「on: {right}」または「on: all」を指定してください',
  },
  day_counts: {
    en: 'must count from 1 to {max}, or from -1 (the last) to -{max}',
    ja: '1〜{max}、または末尾から数える -1〜-{max} で指定してください',
  },
  day_comes_again: {
    en: 'must come again after 1 to {max} days',
    ja: '周期は 1〜{max} 日で指定してください',
  },
  no_day: { en: 'there is no day "{day}"', ja: '「{day}」という日はありません' },
  no_calendar: { en: 'there is no calendar "{name}"', ja: 'カレンダ「{name}」はありません' },
  calendar_itself: {
    en: 'names the calendar itself; it must be another one',
    ja: '自分自身が指定されています。別のカレンダを指定してください',
  },
  calendar_too_many_days: {
    en: 'its lists hold more than {max} days; no more are allowed',
    ja: '日付が {max} 日を超えています。{max} 日までにしてください',
  },
  calendar_opens_closed: {
    en: 'opens {day}, which "closed" closes (number {number} of its list); a day is one or the other',
    ja: '{day} は「closed」の {number} 番目で休業日になっています。営業日か休業日のどちらか一方にしてください',
  },
  calendar_circle: { en: 'goes in a circle: {circle}', ja: '継承が循環しています: {circle}' },
  calendar_too_high: {
    en: 'has more than {max} calendars above one another: {chain}',
    ja: '継承が {max} 段を超えています: {chain}',
  },
  entry_to_yearly: {
    en: 'must be a day of every year such as "01-03", as "date" is',
    ja: '「date」に合わせて、「01-03」のように毎年の日付で指定してください',
  },
  entry_to_dated: {
    en: 'must be a date with its year such as "2027-01-03", as "date" is',
    ja: '「date」に合わせて、「2027-01-03」のように年を含めて指定してください',
  },
  entry_year: {
    en: 'is in the year {year}; years go from {min} to {max}',
    ja: '{year} 年は指定できません。{min}〜{max} 年で指定してください',
  },
  entry_before_date: { en: 'is before "date" ({date})', ja: '「date」({date})以降の日付を指定してください' },
  entry_long_range: {
    en: 'makes a range of {days} days; at most {max} are allowed',
    ja: '期間が {days} 日あります。{max} 日までにしてください',
  },
  entry_leap_day: {
    en: 'must not be 29 February where the range goes over the turn of the year',
    ja: '年をまたぐ期間では、2 月 29 日を指定できません',
  },
  no_moment: { en: 'is no date with a time of day', ja: '日付と時刻を指定してください' },
  must_be_later: { en: 'must be later than "start"', ja: '「start」より後の日時を指定してください' },
  window_too_long: {
    en: 'is more than seven days after "start"; freeze by hand what takes longer',
    ja: '「start」から 7 日を超えています。それより長い場合は、手動で実行を抑止してください',
  },
  place_twice: { en: 'names {place} a second time', ja: '{place} が重複しています' },
} as const satisfies SentencePairs;
