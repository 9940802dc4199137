// Who votes, who of them answers, and how many are needed.
import { Paper, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { StatusBadge } from '../../components/status-badge.tsx';
import { useFormat } from '../../components/use-format.ts';
import { voterStatus, votesNeeded } from './pair-view.ts';

export const PairVoters = ({ status }: { readonly status: PairStatus }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { voters, tieBreaker } = status;
  const reachable = voters.filter((voter) => voter.reachable).length;
  return (
    <Paper withBorder p="md" component="section" aria-label={t('pair.voters.title')}>
      <Title order={2} size="h5">
        {t('pair.voters.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {t('pair.voters.text', { reachable, count: voters.length, needed: votesNeeded(status) })}
        {'. '}
        {t(`pair.voters.tieBreaker.${tieBreaker}`)}
      </Text>
      <table className="nz-table">
        <thead>
          <tr>
            {(['name', 'kind', 'state', 'heard'] as const).map((column) => (
              <th key={column} scope="col" className={column === 'heard' ? 'nz-numeric' : undefined}>
                {t(`pair.voters.columns.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {voters.map((voter) => (
            <tr key={voter.id}>
              <td>{voter.name}</td>
              <td>{t(`pair.voters.kind.${voter.kind}`)}</td>
              <td>
                <StatusBadge status={voterStatus(voter.reachable)} plain />
              </td>
              <td className="nz-numeric">
                {voter.lastHeardAgoMs === null
                  ? '–'
                  : t('pair.facts.ago', { duration: format.duration(voter.lastHeardAgoMs) })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Paper>
  );
};
