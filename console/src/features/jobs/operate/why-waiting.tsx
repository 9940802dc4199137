// "Why is it waiting?": what a unit or a session waits for, and where that comes down to, with the way there; of what is over, what went wrong.
import { Anchor, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { UnitPath } from '@nezuban/protocol/ids';
import type { UnitView } from '@nezuban/protocol/jobs/session';
import type { WaitExplanation } from '@nezuban/protocol/jobs/waiting';
import { useBackend } from '../../../app/backend.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { WhyEnded } from './why-ended.tsx';
import { whyText } from './why-words.ts';

/** What it waits for can change without the unit's own changing. */
const refreshMs = 5_000;

type Props = {
  readonly sessionId: number;
  /** Left out: of the session. */
  readonly unit?: UnitPath;
  /** It has ended, or is not run. */
  readonly isOver?: boolean;
  readonly onSelect: (path: string) => void;
};

/** Whether the question makes sense: a command that runs waits for nothing but its end, and what has ended says itself how. */
export const mayWait = ({ state, endStatus, type }: UnitView): boolean => {
  if (state === 'running') return type !== 'command';
  if (state === 'not_run') return true;
  return !(state === 'ended' || state === 'stopped') && endStatus === null;
};

export const WhyWaiting = ({ sessionId, unit, isOver = false, onSelect }: Props) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const { data, error } = useQuery({
    queryKey: ['explainWaiting', sessionId, unit ?? ''] as const,
    queryFn: async () =>
      await api.call('explainWaiting', {
        params: { id: sessionId },
        query: unit === undefined ? {} : { unit },
      }),
    refetchInterval: isOver ? false : refreshMs,
  });
  const heading = t(isOver ? 'why.wrong' : 'why.heading');
  return (
    <section aria-label={heading} className="nz-why">
      <Text size="sm" fw={600}>
        {heading}
      </Text>
      {error !== null && data === undefined && <Text size="sm">{t('why.failed')}</Text>}
      {error === null && data === undefined && <Loader size="xs" />}
      {data !== undefined && <Answer answer={data} onSelect={onSelect} />}
    </section>
  );
};

const Answer = ({
  answer,
  onSelect,
}: {
  readonly answer: WaitExplanation;
  readonly onSelect: (path: string) => void;
}) => {
  const { t, i18n } = useTranslation();
  const words = { t, format: useFormat(), language: i18n.language };
  const { facts, roots, rootsLeftOut, unit, end } = answer;
  // That it is over is what was asked about.
  const isOver = facts.some(({ code }) => code === 'over');
  if (isOver)
    return end === undefined ? (
      <Text size="sm">{t('why.nothingWrong')}</Text>
    ) : (
      <WhyEnded end={end} isOver onSelect={onSelect} />
    );
  if (facts.length === 0 && roots.length === 0) return <Text size="sm">{t('why.none')}</Text>;
  // What is its own affair needs not be said again as where it comes down to.
  const far = roots.filter(({ through }) => through.length > (unit === null ? 0 : 1));
  return (
    <Stack gap={4}>
      {unit !== null && (
        <ul className="nz-plain-list">
          {facts.map((fact) => (
            <li key={`${fact.code} ${fact.phrase}`}>
              <Text size="sm">{whyText(words, fact)}</Text>
            </li>
          ))}
        </ul>
      )}
      {(far.length > 0 || unit === null) && (
        <>
          {unit !== null && (
            <Text size="xs" c="dimmed">
              {t('why.roots')}
            </Text>
          )}
          <ul className="nz-plain-list">
            {(unit === null ? roots : far).map(({ through, fact }) => (
              <li key={`${through.join(' ')} ${fact.code} ${fact.phrase}`}>
                <Text size="sm" component="div" className="nz-break">
                  {through.slice(unit === null ? 0 : 1).map((path, at, all) => (
                    <span key={path}>
                      <Anchor component="button" type="button" size="sm" onClick={() => onSelect(path)}>
                        {path}
                      </Anchor>
                      {at < all.length - 1 ? ' → ' : ': '}
                    </span>
                  ))}
                  {whyText(words, fact)}
                </Text>
              </li>
            ))}
          </ul>
          {rootsLeftOut > 0 && <Text size="sm">{t('why.more', { count: rootsLeftOut })}</Text>}
        </>
      )}
      {end !== undefined && <WhyEnded end={end} isOver={false} onSelect={onSelect} />}
    </Stack>
  );
};
