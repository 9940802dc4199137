// Operations: what is frozen and how far it is drained, scheduled starts that wait, and maintenance windows.
import { Page } from '../../components/page.tsx';
import { useTranslation } from 'react-i18next';
import { FreezeButton } from './freeze-dialog.tsx';
import { FrozenSection } from './frozen-section.tsx';
import { NewWindowButton } from './window-dialog.tsx';
import { WindowsSection } from './windows-section.tsx';

export const OperationsPage = () => {
  const { t } = useTranslation();
  return (
    <Page
      title={t('operate.title')}
      description={t('operate.description')}
      actions={
        <>
          <NewWindowButton />
          <FreezeButton />
        </>
      }
    >
      <FrozenSection />
      <WindowsSection />
    </Page>
  );
};
