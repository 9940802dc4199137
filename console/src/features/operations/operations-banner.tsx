// Over every page while something is frozen or a maintenance window is open: what, why, by whom, since when, until when.
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { useFormat } from '../../components/use-format.ts';
import { keyOf, placeText } from './place-text.ts';
import './operations.css';

/** Lines of the banner; the rest is on its page. */
const linesMax = 3;

export const OperationsBanner = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const format = useFormat();
  const { data } = useQuery(queries.frozen());
  const byHand = data?.frozen.filter(({ window }) => window === null) ?? [];
  const windows = data?.windows ?? [];
  const lines = [
    ...byHand.map((freeze) => ({
      key: keyOf(freeze),
      what: t('operate.banner.frozen', { place: placeText(t, freeze.place) }),
      rest: [
        freeze.reason,
        t('operate.banner.bySince', { by: freeze.by, since: format.instant(freeze.since) }),
        freeze.until === null
          ? t('operate.banner.noEnd')
          : t('operate.banner.until', { until: format.instant(freeze.until) }),
      ],
    })),
    ...windows.map((window) => ({
      key: `window ${window.name}`,
      what: t('operate.banner.window', { name: window.title ?? window.name }),
      rest: [
        ...(window.reason === null ? [] : [window.reason]),
        window.places.map((place) => placeText(t, place)).join(', '),
        t('operate.banner.until', { until: format.instant(window.end) }),
        ...(window.suppressed > 0 ? [t('operate.banner.muted', { count: window.suppressed })] : []),
      ],
    })),
  ];
  return (
    <div role="status" aria-live="polite">
      {lines.length > 0 && (
        <section className="nz-frozen" aria-label={t('operate.banner.label')}>
          <ul>
            {lines.slice(0, linesMax).map(({ key, what, rest }) => (
              <li key={key}>
                <Text size="sm" component="span" fw={700}>
                  {what}
                </Text>{' '}
                <Text size="sm" component="span">
                  {rest.join(' · ')}
                </Text>
              </li>
            ))}
          </ul>
          <Text size="sm" component="span">
            {lines.length > linesMax && `${t('operate.banner.more', { count: lines.length - linesMax })} · `}
            <Link to="/operations">{t('operate.banner.open')}</Link>
          </Text>
        </section>
      )}
    </div>
  );
};
