/** What a mapping of headers looks like over HTTP. */
import { Type } from 'typebox';
import { annotated, namedObject } from '../../http/named.js';
import { EntryNumber, ExternalId, Nullable, pageOf } from '../../http/schemas.js';
import { headerPattern } from '../../timebank/words.js';
import { Kind } from './import-shapes.js';

export const MappingId = annotated(ExternalId, { description: 'The id of the mapping.', examples: ['street-office'] });

const mappingFields = {
  id: MappingId,
  kind: Kind,
  columns: Type.Record(Type.String({ pattern: headerPattern }), Nullable(Type.String({ pattern: '^[a-z_]{1,64}$' })), {
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 100,
    description:
      'The column for each header, or null for one that is not read. Headers are compared in one width, without white space, stars and a colon at the end; those that are not named mean what they mean without a mapping.',
    examples: [{ 老人姓名: 'name', 责任片区: 'org_unit', 备注: null }],
  }),
};

const example = {
  id: 'street-office',
  kind: 'members' as const,
  columns: { 老人姓名: 'name', 责任片区: 'org_unit', 备注: null },
};

export const NewImportMapping = namedObject('NewImportMapping', mappingFields, {
  description: 'What the headers of an office mean.',
  examples: [example],
});

export const ImportMapping = namedObject(
  'ImportMapping',
  { ...mappingFields, entry: EntryNumber },
  {
    description: 'A mapping; `entry` is the number of the entry that stored it so.',
    examples: [{ ...example, entry: '21' }],
  },
);

export const ImportMappingPage = pageOf(
  'ImportMappingPage',
  'import_mappings',
  ImportMapping,
  'Mappings in the order of their ids.',
);
