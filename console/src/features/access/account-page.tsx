// The own account: password, API tokens, browsers that are signed in.
import { Button, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Owner } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { NotFoundPage } from '../../app/problem-pages.tsx';
import { Facts } from '../../components/facts.tsx';
import { SectionPage } from '../../components/section-page.tsx';
import { NewTokenDialog } from './new-token-dialog.tsx';
import { PasswordForm } from './password-form.tsx';
import { useRoleTitles } from './role-titles.ts';
import { SignInTable } from './sign-ins-section.tsx';
import { TokenTable } from './token-table.tsx';

const mine: Owner = {};

const PasswordSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data: me } = useQuery(queries.me());
  const titleOf = useRoleTitles();
  return (
    <Stack gap="md">
      {me !== undefined && me !== null && (
        <Facts
          facts={[
            [t('admin.users.field.name'), me.user],
            ...(me.title === null ? [] : [[t('admin.users.field.title'), me.title] as const]),
            [t('admin.users.columns.roles'), me.roles.map(titleOf).join(', ') || '–'],
          ]}
        />
      )}
      <Text size="sm" c="dimmed">
        {t('account.password.text')}
      </Text>
      <PasswordForm
        currentLabel={t('access.password.current')}
        onChanged={() => {
          notifications.show({ message: t('account.password.done'), color: 'green' });
        }}
      />
    </Stack>
  );
};

const TokensSection = () => {
  const { t } = useTranslation();
  const [making, setMaking] = useState(false);
  return (
    <div className="nz-section">
      <Text size="sm" c="dimmed">
        {t('account.tokens.text')}
      </Text>
      <div>
        <Button leftSection={<IconPlus size={15} aria-hidden="true" />} onClick={() => setMaking(true)}>
          {t('admin.tokens.make')}
        </Button>
      </div>
      <TokenTable owner={mine} />
      <NewTokenDialog opened={making} onClose={() => setMaking(false)} />
    </div>
  );
};

const SignInsSection = () => {
  const { t } = useTranslation();
  return (
    <div className="nz-section">
      <Text size="sm" c="dimmed">
        {t('account.sign-ins.text')}
      </Text>
      <SignInTable owner={mine} />
    </div>
  );
};

const sections = {
  password: PasswordSection,
  tokens: TokensSection,
  'sign-ins': SignInsSection,
} as const;
type SectionName = keyof typeof sections;
const sectionNames = Object.keys(sections) as SectionName[];

export const AccountIndex = () => (
  <Navigate to="/account/$section" params={{ section: 'password' }} replace />
);

export const AccountPage = () => {
  const { t } = useTranslation();
  const { section } = useParams({ from: '/gate/account/$section' });
  const navigate = useNavigate();
  const name = sectionNames.find((each) => each === section);
  if (name === undefined) return <NotFoundPage />;
  const Section = sections[name];
  return (
    <SectionPage
      title={t('account.title')}
      name={name}
      names={sectionNames}
      titleOf={(each) => t(`account.${each}.title`)}
      onChosen={(chosen) => void navigate({ to: '/account/$section', params: { section: chosen } })}
    >
      <Section />
    </SectionPage>
  );
};
