// What a unit waits for inside the manager, and what has come of it: rows of the facts in the panel of a unit.
import { Anchor, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { UnitView } from '@nezuban/protocol/jobs/session';
import type { UnitWorkView } from '@nezuban/protocol/jobs/unit-work-view';
import { useBackend } from '../../app/backend.tsx';
import { Instant } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';
import { DecisionList } from '../approvals/decision-list.tsx';

type Of<Kind extends UnitWorkView['kind']> = {
  readonly work: Extract<UnitWorkView, { readonly kind: Kind }>;
};

export const UnitWorkFacts = ({
  unit,
  sessionId,
}: {
  readonly unit: UnitView;
  readonly sessionId: number;
}) => {
  const { work } = unit;
  switch (work?.kind) {
    case undefined:
      return null;
    case 'event_wait':
      return <EventFacts work={work} />;
    case 'net_wait':
      return <NetFacts work={work} />;
    case 'net_start':
      return <StartFacts work={work} />;
    case 'approval':
      return <ApprovalFacts work={work} unit={unit} sessionId={sessionId} />;
    case 'mail_send':
      return <MailFacts work={work} />;
  }
};

const EventFacts = ({ work: { event } }: Of<'event_wait'>) => {
  const { t } = useTranslation();
  if (event === null)
    return (
      <>
        <dt>{t('unitWork.event')}</dt>
        <dd>{t('unitWork.eventOpen')}</dd>
      </>
    );
  const groups = Object.entries(event.groups);
  return (
    <>
      <dt>{t('unitWork.event')}</dt>
      <dd>
        <Link to="/events/$id" params={{ id: String(event.id) }}>
          {t('unitWork.eventNumber', { id: event.id })}
        </Link>{' '}
        (<Instant at={event.at} />){event.node !== null && ` ${event.node}`}
        <div className="nz-break">{event.message}</div>
      </dd>
      {groups.length > 0 && (
        <>
          <dt>{t('unitWork.groups')}</dt>
          <dd>
            {groups.map(([name, value]) => (
              <div key={name} className="nz-break">
                <code>{name}</code>: {value}
              </div>
            ))}
          </dd>
        </>
      )}
    </>
  );
};

const NetFacts = ({ work: { targets } }: Of<'net_wait'>) => {
  const { t } = useTranslation();
  return (
    <>
      <dt>{t('unitWork.nets')}</dt>
      <dd>
        <ul className="nz-plain-list">
          {targets.map(({ net, unit, met, session, endStatus }) => (
            <li key={`${net} ${unit ?? ''}`}>
              <Link to="/net/$name" params={{ name: net }}>
                {net}
              </Link>
              {unit !== null && ` / ${unit}`}:{' '}
              {session !== null && endStatus !== null ? (
                <SessionLink session={session}>
                  {t('unitWork.met', { session, end: t(`status.end.${endStatus}`) })}
                </SessionLink>
              ) : (
                t(met ? 'unitWork.taken' : 'unitWork.open')
              )}
            </li>
          ))}
        </ul>
      </dd>
    </>
  );
};

const StartFacts = ({ work: { net, session } }: Of<'net_start'>) => {
  const { t } = useTranslation();
  return (
    <>
      <dt>{t('unitWork.started')}</dt>
      <dd>
        <Link to="/net/$name" params={{ name: net }}>
          {net}
        </Link>
        :{' '}
        {session === null ? (
          t('unitWork.notStarted')
        ) : (
          <SessionLink session={session}>{t('approvals.session', { session })}</SessionLink>
        )}
      </dd>
    </>
  );
};

const SessionLink = ({ session, children }: { readonly session: number; readonly children: string }) => (
  <Anchor
    inherit
    renderRoot={(props: object) => <Link to="/sessions/$id" params={{ id: String(session) }} {...props} />}
  >
    {children}
  </Anchor>
);

const ApprovalFacts = ({
  work: { question, decisions },
  unit,
  sessionId,
}: Of<'approval'> & { readonly unit: UnitView; readonly sessionId: number }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data } = useQuery({ ...queries.approvals(), enabled: unit.state === 'running' });
  const mine = data?.some(
    (each) => each.sessionId === sessionId && each.unit === unit.path && each.refusal === null,
  );
  return (
    <>
      <dt>{t('unitWork.question')}</dt>
      <dd className="nz-break nz-pre-line">{question}</dd>
      <dt>{t('unitWork.decisions')}</dt>
      <dd>
        {decisions.length === 0 ? t('unitWork.noDecision') : <DecisionList decisions={decisions} />}
        {mine === true && (
          <Button
            size="xs"
            mt="xs"
            renderRoot={(props: object) => (
              <Link to="/approvals" search={{ session: sessionId, unit: unit.path }} {...props} />
            )}
          >
            {t('unitWork.decide')}
          </Button>
        )}
      </dd>
    </>
  );
};

const MailFacts = ({ work: { channel, to } }: Of<'mail_send'>) => {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <dt>{t('unitWork.channel')}</dt>
      <dd>{channel}</dd>
      {to !== null && (
        <>
          <dt>{t('unitWork.to')}</dt>
          <dd className="nz-break">{format.list(to)}</dd>
        </>
      )}
    </>
  );
};
