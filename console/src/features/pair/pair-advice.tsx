// What is missing for redundancy, the worst first, with the command to paste.
import { Paper, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Advice, PairStatus } from '@nezuban/protocol/pair/status';
import { CommandLine } from '../../components/copy-button.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { useFormat } from '../../components/use-format.ts';
import { adviceText } from './pair-text.ts';

const rank = { critical: 0, warning: 1, info: 2 } as const satisfies Record<Advice['priority'], number>;

export const PairAdvice = ({ status: { advice } }: { readonly status: PairStatus }) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  if (advice.length === 0) return null;
  const sorted = advice.toSorted((a, b) => rank[a.priority] - rank[b.priority]);
  return (
    <Paper withBorder p="md" component="section" aria-label={t('pair.advice.title')}>
      <Title order={2} size="h5" mb="xs">
        {t('pair.advice.title')}
      </Title>
      <Stack component="ul" gap="sm" className="nz-plain-list">
        {sorted.map((one) => {
          const { text, lang } = adviceText(one, { language: i18n.language, format });
          return (
            <li key={`${one.code} ${one.says}`} className="nz-advice">
              <StatusBadge status={priorityStatus(one.priority)} plain />
              <div className="nz-advice-main">
                <Text size="sm" lang={lang}>
                  {text}
                </Text>
                {one.command !== null && <CommandLine command={one.command} />}
              </div>
            </li>
          );
        })}
      </Stack>
    </Paper>
  );
};
