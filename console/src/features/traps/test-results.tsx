// What a test told: how many each rule takes, those that take none, and trap by trap which rule takes it, where it fits, what the event says.
import { Button, Group, Text, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrapTest, TriedMonitor, TriedTrap } from '@nezuban/protocol/api/trap-monitor-operations';
import { sentenceIn } from '@nezuban/protocol/sentences/sentence';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { Instant } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';
import { toPieces } from './highlight.ts';
import type { RuleDraft } from './monitor-draft.ts';
import { Mark } from './mark.tsx';

const shownFirst = 20;
/** Rule of a trap that no rule takes; names of rules hold no space. */
const nobody = ' nobody';
/** As the manager names what `unmatched` made. */
const unmatchedRule = '(unmatched)';

type Props = {
  readonly result: TrapTest;
  readonly rules: readonly RuleDraft[];
  /** It belongs to an earlier state of the rules. */
  readonly stale: boolean;
};

const takerOf = (trap: TriedTrap): string => trap.monitors[0]?.rule ?? nobody;

export const TestResults = ({ result, rules, stale }: Props) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  /** Null: all. */
  const [only, setOnly] = useState<string | null>(null);
  const [shown, setShown] = useState(shownFirst);
  const traps = only === null ? result.traps : result.traps.filter((trap) => takerOf(trap) === only);
  const numberOf = new Map(rules.map(({ name }, index) => [name.trim(), index + 1]));
  return (
    <div className="nz-test-results" data-stale={stale || undefined}>
      <Text size="sm" role="status">
        {result.looked === 0
          ? t('traps.test.noTraps')
          : t(result.more ? 'traps.test.lookedMore' : 'traps.test.looked', {
              count: format.number(result.looked),
              unmatched: format.number(result.unmatched),
            })}
      </Text>
      {result.hints.length > 0 && (
        <ul className="nz-issues nz-test-hints">
          {result.hints.map((hint) => (
            <li key={`${hint.path} ${hint.message}`}>
              {t('traps.test.hint')} <code>{hint.path}</code> {sentenceIn(hint, i18n.language)}
            </li>
          ))}
        </ul>
      )}
      <ul className="nz-totals" aria-label={t('traps.test.totals')}>
        {result.totals.map(({ rule, count }) => (
          <Total
            key={rule}
            label={rule === unmatchedRule ? t('traps.test.unmatchedRule') : rule}
            number={numberOf.get(rule) ?? null}
            count={count}
            looked={result.looked}
            chosen={only === rule}
            onChoose={() => setOnly(only === rule ? null : rule)}
          />
        ))}
        {result.looked > 0 && (
          <Total
            label={t('traps.test.nobody')}
            number={null}
            count={result.unmatched}
            looked={result.looked}
            chosen={only === nobody}
            onChoose={() => setOnly(only === nobody ? null : nobody)}
          />
        )}
      </ul>
      {only !== null && (
        <Group gap="xs" mb={6}>
          <Text size="xs" c="dimmed">
            {traps.length === 0
              ? t('traps.test.notAmongShown')
              : t('traps.test.only', { count: traps.length })}
          </Text>
          <Button size="compact-xs" variant="default" onClick={() => setOnly(null)}>
            {t('traps.test.showAll')}
          </Button>
        </Group>
      )}
      <ul className="nz-tried">
        {traps.slice(0, shown).map((trap, index) => (
          // A sample has no number; the list is replaced as a whole.
          <Tried key={`${trap.id ?? ''} ${index}`} trap={trap} numberOf={numberOf} />
        ))}
      </ul>
      {traps.length > shown && (
        <Button variant="subtle" size="xs" onClick={() => setShown(shown + 50)}>
          {t('traps.test.more', { count: traps.length - shown })}
        </Button>
      )}
    </div>
  );
};

type TotalProps = {
  readonly label: string;
  readonly number: number | null;
  readonly count: number;
  readonly looked: number;
  readonly chosen: boolean;
  readonly onChoose: () => void;
};

const Total = ({ label, number, count, looked, chosen, onChoose }: TotalProps) => {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li>
      <UnstyledButton
        className="nz-total"
        aria-pressed={chosen}
        onClick={onChoose}
        data-none={count === 0 || undefined}
      >
        <span className="nz-total-name">
          {number !== null && <span className="nz-rule-place">{number}</span>}
          <span className="nz-cut">{label}</span>
        </span>
        <span className="nz-total-bar" aria-hidden="true">
          <span style={{ width: `${looked === 0 ? 0 : (count / looked) * 100}%` }} />
        </span>
        <span className="nz-total-count">
          {count === 0 ? t('traps.rules.takesNone') : format.number(count)}
        </span>
      </UnstyledButton>
    </li>
  );
};

type TriedProps = { readonly trap: TriedTrap; readonly numberOf: ReadonlyMap<string, number> };

const Tried = ({ trap, numberOf }: TriedProps) => {
  const { t } = useTranslation();
  const told = trap.monitors[0];
  return (
    <li className="nz-tried-trap">
      <div className="nz-tried-head">
        {trap.id !== null && <Instant at={trap.receivedAt} />}
        <span className="nz-cut">{trap.node ?? trap.host ?? trap.address}</span>
        {trap.malformed !== null && (
          <Mark tone="warning" title={trap.malformed}>
            {t('traps.malformed')}
          </Mark>
        )}
      </div>
      <div className="nz-tried-text">
        {toPieces(trap.text, told?.spans ?? []).map(({ text, group }, index) =>
          group === null ? (
            <span key={`${index} ${text}`}>{text}</span>
          ) : (
            <mark
              key={`${index} ${text}`}
              data-group={group}
              title={group === 0 ? undefined : `{{${group}}}`}
            >
              {text}
            </mark>
          ),
        )}
      </div>
      <Outcome told={told} numberOf={numberOf} />
    </li>
  );
};

const Outcome = ({
  told,
  numberOf,
}: {
  readonly told: TriedMonitor | undefined;
  readonly numberOf: ReadonlyMap<string, number>;
}) => {
  const { t } = useTranslation();
  if (told === undefined)
    return (
      <Text size="xs" c="dimmed">
        → {t('traps.test.outside')}
      </Text>
    );
  if (told.rule === null)
    return (
      <Text size="xs" c="dimmed">
        → {t('traps.test.nobody')}
      </Text>
    );
  const name =
    told.rule === unmatchedRule
      ? t('traps.test.unmatchedRule')
      : `${numberOf.get(told.rule) ?? ''} ${told.rule}`.trim();
  const { event } = told;
  return (
    <div className="nz-tried-outcome">
      <Text size="xs" fw={600}>
        → {name}
      </Text>
      {event === null ? (
        <Text size="xs" c="dimmed">
          {t('traps.words.ignore')}
        </Text>
      ) : (
        <>
          <div className="nz-tried-event">
            <StatusBadge status={priorityStatus(event.priority)} plain />
            <span className="nz-break">
              {event.message === '' ? t('traps.test.emptyMessage') : event.message}
            </span>
          </div>
          {event.key !== null && (
            <Text size="xs" c="dimmed" className="nz-break">
              {t(event.clears ? 'traps.test.clearsKey' : 'traps.test.key', { key: event.key })}
            </Text>
          )}
          {Object.entries(event.fields).map(([field, value]) => (
            <Text key={field} size="xs" c="dimmed" className="nz-break">
              {field}: {value}
            </Text>
          ))}
        </>
      )}
    </div>
  );
};
