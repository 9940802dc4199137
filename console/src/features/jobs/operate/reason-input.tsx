// Why somebody changes or prepares a start: for the audit log and the session. Called by the dialogs of coming starts.
import { Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';

type Props = {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** The dialog begins with it. */
  readonly isFirst?: boolean;
};

export const ReasonInput = ({ value, onChange, isFirst = false }: Props) => {
  const { t } = useTranslation();
  return (
    <Textarea
      label={t('sessionOperations.reason')}
      autosize
      minRows={1}
      maxRows={4}
      maxLength={500}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data-autofocus={isFirst || undefined}
    />
  );
};
