// What went wrong, within the answer to "why": the units that failed by themselves, the first first, each with its reason and a way to it, and what
// was not run because of them. Shown by why-waiting.tsx.
import { Anchor, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { WaitEnd, WaitFailure } from '@nezuban/protocol/jobs/waiting';
import { useFormat } from '../../../components/use-format.ts';
import { saidReason } from '../said-reason.ts';

type Props = { readonly end: WaitEnd; readonly isOver: boolean; readonly onSelect: (path: string) => void };

export const WhyEnded = ({ end, isOver, onSelect }: Props) => {
  const { t } = useTranslation();
  const { failures, failuresLeftOut, notRun, notRunLeftOut } = end;
  return (
    <>
      <Text size="xs" c="dimmed">
        {t(isOver ? 'why.failures' : 'why.failuresSoFar')}
      </Text>
      <ul className="nz-plain-list">
        {failures.map((failure) => (
          <li key={failure.unit ?? ''}>
            <Failure failure={failure} onSelect={onSelect} />
          </li>
        ))}
      </ul>
      {failuresLeftOut > 0 && <Text size="sm">{t('why.more', { count: failuresLeftOut })}</Text>}
      {notRun.length > 0 && (
        <>
          <Text size="xs" c="dimmed">
            {t('why.notRun', { count: notRun.length + notRunLeftOut })}
          </Text>
          <ul className="nz-plain-list">
            {notRun.map((path) => (
              <li key={path}>
                <UnitLink path={path} onSelect={onSelect} />
              </li>
            ))}
          </ul>
          {notRunLeftOut > 0 && <Text size="sm">{t('why.more', { count: notRunLeftOut })}</Text>}
        </>
      )}
    </>
  );
};

const Failure = ({ failure, onSelect }: { readonly failure: WaitFailure } & Pick<Props, 'onSelect'>) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { unit, endStatus, endedAt, attempt } = failure;
  const facts = [
    endStatus === null ? t('status.unit.stopped') : t(`status.end.${endStatus}`),
    ...(endedAt === null ? [] : [format.instant(endedAt)]),
    ...(attempt === undefined || attempt.try === 1 ? [] : [t('why.try', { number: attempt.try })]),
  ];
  const reason = saidReason(failure, i18n.language);
  return (
    <Text size="sm" component="div" className="nz-break">
      {unit === null ? t('why.itself') : <UnitLink path={unit} onSelect={onSelect} />} {facts.join(' · ')}
      {reason !== null && <div>{reason}</div>}
    </Text>
  );
};

const UnitLink = ({ path, onSelect }: { readonly path: string } & Pick<Props, 'onSelect'>) => (
  <Anchor component="button" type="button" size="sm" className="nz-break" onClick={() => onSelect(path)}>
    {path}
  </Anchor>
);
