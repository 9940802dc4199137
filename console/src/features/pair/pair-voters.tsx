// Who votes, who of them answers, and how many are needed.
import { Paper, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { StatusBadge } from '../../components/status-badge.tsx';
import { LastHeard } from './last-heard.tsx';
import { voterStatus, votesNeeded } from './pair-view.ts';

export const PairVoters = ({ status }: { readonly status: PairStatus }) => {
  const { t } = useTranslation();
  const { voters, tieBreaker } = status;
  const hasWitness = voters.some(({ kind }) => kind === 'witness');
  const decides = tieBreaker === 'witness' && !hasWitness ? 'none' : tieBreaker;
  const reachable = voters.filter((voter) => voter.reachable).length;
  return (
    <Paper withBorder p="md" component="section" aria-label={t('pair.voters.title')}>
      <Title order={2} size="h5">
        {t('pair.voters.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {t('pair.voters.text', { reachable, count: voters.length, needed: votesNeeded(status) })}{' '}
        {t(`pair.voters.tieBreaker.${decides}`)}
      </Text>
      <table className="nz-table">
        <thead>
          <tr>
            {(['name', 'state', 'heard'] as const).map((column) => (
              <th key={column} scope="col" className={column === 'heard' ? 'nz-numeric' : undefined}>
                {t(`pair.voters.columns.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {voters.map((voter) => (
            <tr key={voter.id}>
              <td>
                <Text size="sm" fw={600}>
                  {voter.name}
                </Text>
                <Text size="xs" c="dimmed">
                  {t(`pair.voters.kind.${voter.kind}`)}
                </Text>
              </td>
              <td>
                <StatusBadge status={voterStatus(voter.reachable)} plain />
              </td>
              <td className="nz-numeric">
                <LastHeard ms={voter.lastHeardAgoMs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Paper>
  );
};
