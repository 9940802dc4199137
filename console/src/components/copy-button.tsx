// Copies a text and says so.
import { Button, CopyButton as Copying } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

export const CopyButton = ({ value, label }: { readonly value: string; readonly label?: string }) => {
  const { t } = useTranslation();
  return (
    <Copying value={value} timeout={2000}>
      {({ copied, copy }) => (
        <Button
          size="xs"
          variant="default"
          onClick={copy}
          leftSection={
            copied ? <IconCheck size={14} aria-hidden="true" /> : <IconCopy size={14} aria-hidden="true" />
          }
        >
          <span aria-live="polite">{copied ? t('actions.copied') : (label ?? t('actions.copy'))}</span>
        </Button>
      )}
    </Copying>
  );
};

/** A line for the terminal with its copy button. */
export const CommandLine = ({ command }: { readonly command: string }) => (
  <div className="nz-command">
    {/* A long line scrolls; the keyboard must reach it. */}
    {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
    <code tabIndex={0}>{command}</code>
    <CopyButton value={command} />
  </div>
);
