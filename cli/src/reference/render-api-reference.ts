// The manual's page of the API, made from the table of operations. Pure.
import { rightPlaces } from '@nezuban/protocol/access/rights';
import { apiPrefix, type Operation } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import { madeBy, table } from './markdown.ts';
import { fieldsOf, type DescribedSchema } from './schema-fields.ts';

const all = Object.values(operations) as readonly Operation[];

const tagTitles: Readonly<Record<Operation['tag'], string>> = {
  access: 'Access',
  jobs: 'Job nets, sessions and definitions',
  calendars: 'Calendars and coming starts',
  events: 'Events',
  traps: 'Traps, trap monitors and MIBs',
  notifications: 'Notifications',
  inventory: 'Nodes and scopes',
  pair: 'The pair',
  operations: 'Freeze and maintenance',
  settings: 'Settings',
  backup: 'Backups',
  system: 'The manager',
};

const placeTexts = {
  folder: 'to job nets of a folder',
  scope: 'to nodes of a scope',
  system: 'not limited: held or not',
} as const;

const mayCall = ({ access }: Operation): string => {
  if (access === 'public') return 'Anybody.';
  if (access === 'user')
    return 'Whoever is signed in; what the answer or the change concerns is asked for its own right.';
  return `Right \`${access}\`.`;
};

/** Bodies that have a page of their own are not repeated. */
const ownPages: Readonly<Record<string, string>> = {
  putNet: 'A job net, as in [yaml.md](yaml.md).',
  putRule: 'A notification rule, as in [yaml.md](yaml.md).',
  putChannel: 'A channel, as in [yaml.md](yaml.md).',
  putRole: 'A role, as in [yaml.md](yaml.md).',
  putMaintenanceWindow: 'A maintenance window, as in [yaml.md](yaml.md).',
  putSettings: 'The keys of the section, as in [settings.md](settings.md).',
};

const rows = (where: string, schema: DescribedSchema | undefined): readonly (readonly string[])[] =>
  schema === undefined
    ? []
    : fieldsOf(schema).map(({ path, type, required, byDefault }) => [
        where,
        `\`${path}\``,
        type,
        required ? 'must be there' : byDefault === null ? '' : `\`${byDefault}\``,
      ]);

const renderOperation = (operation: Operation): readonly string[] => {
  const { id, method, path, summary, params, query, body, bodyType, responseType, versioned, problems } =
    operation;
  const isYaml = bodyType === 'application/yaml';
  const own = ownPages[id];
  const inputs = [
    ...rows('path', params),
    ...rows('query', query),
    ...(own !== undefined || isYaml ? [] : rows('body', body)),
  ];
  return [
    '',
    `### ${id}`,
    '',
    `\`${method} ${apiPrefix}${path}\``,
    '',
    `${summary}. ${mayCall(operation)}`,
    ...(own !== undefined && body !== undefined ? ['', `Body: ${own}`] : []),
    ...(isYaml ? ['', 'Body: YAML text.'] : []),
    ...(responseType === 'application/json' ? [] : ['', `Answers \`${responseType}\`.`]),
    ...(versioned === 'write'
      ? [
          '',
          'Needs `If-Match` with the ETag that was read, or `If-None-Match: *` for what must not be there yet.',
        ]
      : []),
    ...(versioned === 'read' ? ['', 'Answers an `ETag`.'] : []),
    ...table(['In', 'Name', 'Value', 'Default'], inputs),
    ...(problems.length === 0
      ? []
      : ['', `Problems: ${problems.map((code) => `[\`${code}\`](errors.md#${code})`).join(', ')}.`]),
  ];
};

export const renderApiReference = (): string =>
  [
    madeBy('the table of operations in protocol/src/api'),
    '',
    '# The API',
    '',
    'Console and command line use this API and no other. Schemas of all answers stand in [openapi.json](openapi.json) (OpenAPI 3.1), which a manager serves at `/api/v1/openapi.json`, too.',
    '',
    'A request carries `Authorization: Bearer TOKEN` (`nezuban token create NAME` makes one). Names in a path are percent-encoded, `/` included. Lists answer `{"items": [...], "nextCursor": ...}`; give `nextCursor` as `cursor` for the next page. Errors are problem documents with the codes of [errors.md](errors.md).',
    '',
    '## Rights',
    '',
    'A role allows or denies rights; where a right can be limited, a grant names the folder or scope. Of what one may not see, the answer is `not_found`.',
    ...table(
      ['Right', 'Can be limited'],
      Object.entries(rightPlaces).map(([right, place]) => [`\`${right}\``, placeTexts[place]]),
    ),
    ...(Object.keys(tagTitles) as Operation['tag'][]).flatMap((tag) => {
      const own = all.filter((operation) => operation.tag === tag);
      return own.length === 0 ? [] : ['', `## ${tagTitles[tag]}`, ...own.flatMap(renderOperation)];
    }),
    '',
  ].join('\n');
