// Who has decided what about an approval, with time and comment. Called by the page of approvals and by the panel of a unit.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ApprovalDecision } from '@nezuban/protocol/jobs/unit-work-view';
import { Instant } from '../../components/times.tsx';

export const DecisionList = ({ decisions }: { readonly decisions: readonly ApprovalDecision[] }) => {
  const { t } = useTranslation();
  if (decisions.length === 0) return null;
  return (
    <ul className="nz-plain-list">
      {decisions.map(({ by, at, approve, comment }) => (
        <li key={by}>
          <Text size="sm" component="span">
            {t(approve ? 'approvals.by.approved' : 'approvals.by.refused', { by })} (<Instant at={at} />)
            {comment !== null && `: ${comment}`}
          </Text>
        </li>
      ))}
    </ul>
  );
};
