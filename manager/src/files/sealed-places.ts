// Every place in the database that holds a sealed secret.
// Whoever adds one adds it here, or a rotation of the key would leave it behind; a test compares with the schema.

export type SealedPlace = {
  readonly table: string;
  /** Unique, not null. */
  readonly key: string;
  readonly box: string;
  /** What the box is bound to; as the store of the table seals it. */
  readonly purposeOf: (key: string) => string;
};

export const rulePurpose = (name: string): string => `notification_rule ${name}`;

export const snmpUserPurpose = (name: string): string => `snmp_user ${name}`;

export const channelPurpose = (name: string): string => `notification_channel ${name}`;

export const secretPurpose = (name: string): string => `secret ${name}`;

/** Its secret parameters and outputs. */
export const sessionPurpose = (id: string): string => `session ${id}`;

/** Secret parameters of a start that has not come yet. */
export const preparationPurpose = (id: string): string => `start_preparation ${id}`;
/** What an agent said, with the values of secret outputs. */
export const reportAsidePurpose = (key: string): string => `report_aside ${key}`;

export const sealedPlaces: readonly SealedPlace[] = [
  { table: 'notification_channel', key: 'name', box: 'secret_box', purposeOf: channelPurpose },
  { table: 'notification_rule', key: 'name', box: 'secret_box', purposeOf: rulePurpose },
  { table: 'report_aside', key: 'key', box: 'secret_box', purposeOf: reportAsidePurpose },
  { table: 'secret', key: 'name', box: 'secret_box', purposeOf: secretPurpose },
  { table: 'session', key: 'id', box: 'secret_box', purposeOf: sessionPurpose },
  { table: 'snmp_user', key: 'name', box: 'secret_box', purposeOf: snmpUserPurpose },
  { table: 'start_preparation', key: 'id', box: 'secret_box', purposeOf: preparationPurpose },
];
