// A fact of an event; what it names is one press away. Called by the detail of an event.
import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { saidBeside } from '@nezuban/protocol/events/event-facts';
import type { EventView } from '@nezuban/protocol/events/event';
import { saidIn } from '../../i18n/said.ts';
import { factValue } from './event-facts.ts';

type FactValueProps = {
  readonly name: string;
  readonly value: string | number;
  readonly details: EventView['details'];
};

export const FactValue = ({ name, value, details }: FactValueProps) => {
  const { t, i18n } = useTranslation();
  const text = String(value);
  const session = details['session'];
  if (name === 'session')
    return (
      <Anchor
        size="sm"
        renderRoot={(props: object) => <Link to="/sessions/$id" params={{ id: text }} {...props} />}
      >
        {value}
      </Anchor>
    );
  if (name === 'unit' && session !== undefined)
    return (
      <Anchor
        size="sm"
        renderRoot={(props: object) => (
          <Link to="/sessions/$id" params={{ id: String(session) }} search={{ unit: text }} {...props} />
        )}
      >
        {value}
      </Anchor>
    );
  if (name === 'net')
    return (
      <Anchor
        size="sm"
        renderRoot={(props: object) => <Link to="/net/$name" params={{ name: text }} {...props} />}
      >
        {value}
      </Anchor>
    );
  const said = saidBeside(details, name);
  return (
    <span className="nz-break">
      {said === null ? factValue(t, name, value) : saidIn(said, i18n.language)}
    </span>
  );
};
