// In the head of a session's page: that it is paused, and the question what it waits for.
import { Badge, Button, Popover } from '@mantine/core';
import { IconHelpCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SessionDetail, SessionSummary } from '@nezuban/protocol/jobs/session';
import { useFormat } from '../../../components/use-format.ts';
import { saidReason } from '../said-reason.ts';
import { WhyWaiting } from './why-waiting.tsx';

export const PausedBadge = ({ paused }: { readonly paused: NonNullable<SessionSummary['paused']> }) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const reason = saidReason(paused, i18n.language);
  const who = t(`sessionOperations.paused.${paused.kind}`, {
    by: paused.by,
    at: format.instant(paused.at),
  });
  return (
    <Badge color="orange" variant="light" title={reason === null ? who : `${who}: ${reason}`}>
      {t(`sessionOperations.pausedBadge.${paused.kind}`)}
    </Badge>
  );
};

export const WhyButton = ({
  sessionId,
  isOver,
  onSelect,
}: {
  readonly sessionId: number;
  readonly isOver: boolean;
  readonly onSelect: (path: string) => void;
}) => {
  const { t } = useTranslation();
  const heading = t(isOver ? 'why.wrong' : 'why.heading');
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} width={360} position="bottom-end" withinPortal trapFocus>
      <Popover.Target>
        <Button
          size="sm"
          variant="subtle"
          px="xs"
          aria-label={heading}
          title={heading}
          onClick={() => setOpened((now) => !now)}
        >
          <IconHelpCircle size={17} aria-hidden="true" />
        </Button>
      </Popover.Target>
      <Popover.Dropdown mah={400} style={{ overflowY: 'auto' }}>
        {opened && (
          <WhyWaiting
            sessionId={sessionId}
            isOver={isOver}
            onSelect={(path) => {
              setOpened(false);
              onSelect(path);
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  );
};

/** That the session was given another revision of its definition, when, and by whom. */
export const TookDefinition = ({
  took,
}: {
  readonly took: NonNullable<SessionDetail['definitions']>[number];
}) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { from, to, by, at } = took;
  return <span>{t('sessionOperations.tookDefinition', { from, to, by, at: format.instant(at) })}</span>;
};
