// What is in force of rules, inhibitions, escalations and silences, compiled; anew only when one of them has changed or a silence has ended.
// Called by the planner for every event and by the loop for every decision.
import {
  compileConfiguration,
  type ActiveSilence,
  type Configuration,
} from '@nezuban/core/notifications/configuration';
import type { Escalation } from '@nezuban/protocol/notifications/escalation';
import type { Inhibition } from '@nezuban/protocol/notifications/inhibition';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import type { Clock } from '@nezuban/platform/clock';
import type { Calendars } from '../ports.ts';
import type { NamedStore } from './named-store.ts';
import type { RuleStore } from './rule-store.ts';
import type { SilenceStore } from './silence-store.ts';

export type ConfigurationSources = {
  readonly clock: Clock;
  readonly rules: Pick<RuleStore, 'rules'>;
  readonly inhibitions: Pick<NamedStore<Inhibition>, 'all'>;
  readonly escalations: Pick<NamedStore<Escalation>, 'all'>;
  readonly silences: Pick<SilenceStore, 'open'>;
  readonly calendars: Pick<Calendars, 'book'>;
};

export type Configurations = {
  readonly now: () => Configuration;
  /** The same with another rule alone, for trying it out. */
  readonly withRule: (rule: NotificationRule) => Configuration;
};

export const createConfigurations = (sources: ConfigurationSources): Configurations => {
  let compiled: {
    readonly from: readonly unknown[];
    readonly untilMs: number;
    readonly value: Configuration;
  } | null = null;
  const openSilences = (nowMs: number): readonly ActiveSilence[] =>
    sources.silences.open().filter(({ untilMs }) => untilMs > nowMs);
  const values = <T>(map: ReadonlyMap<string, { readonly value: T }>): readonly T[] =>
    [...map.values()].map(({ value }) => value);
  return {
    now() {
      const { clock, rules, inhibitions, escalations, silences, calendars } = sources;
      const nowMs = clock.epochMs();
      const from = [rules.rules(), inhibitions.all(), escalations.all(), silences.open(), calendars.book()];
      if (
        compiled !== null &&
        nowMs < compiled.untilMs &&
        from.every((each, index) => each === compiled?.from[index])
      )
        return compiled.value;
      const open = openSilences(nowMs);
      compiled = {
        from,
        untilMs: Math.min(...open.map(({ untilMs }) => untilMs), Number.POSITIVE_INFINITY),
        value: compileConfiguration({
          rules: [...rules.rules().values()].map(({ rule }) => rule),
          inhibitions: values(inhibitions.all()),
          escalations: values(escalations.all()),
          silences: open,
          calendars: calendars.book(),
        }),
      };
      return compiled.value;
    },
    withRule: (rule) =>
      compileConfiguration({
        rules: [{ ...rule, enabled: true }],
        inhibitions: values(sources.inhibitions.all()),
        escalations: values(sources.escalations.all()),
        // Silences are of today; what is tried out lies before.
        silences: [],
        calendars: sources.calendars.book(),
      }),
  };
};
