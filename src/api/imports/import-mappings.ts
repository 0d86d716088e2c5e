/** Mappings of headers over HTTP: an operator stores what the headers of an office mean, and an import may name one. */
import { Type } from 'typebox';
import { fillIn } from '../../http/commands.js';
import { command, list, read } from '../../http/routes.js';
import { closed } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { externalIdShape } from '../../lib/ids.js';
import { listMappings, readMapping } from '../../timebank/imports/mapping-reads.js';
import { storeMapping, viewMapping } from '../../timebank/imports/mappings.js';
import { ImportMapping, ImportMappingPage, MappingId, NewImportMapping } from './import-mapping-shapes.js';
import { Kind } from './import-shapes.js';

const params = Type.Object({ id: MappingId }, closed);
const readers = ['operator', 'platform', 'auditor'] as const;
const tags = ['people', 'service'];

export function registerImportMappings(app: App, service: Service): void {
  command(app, service, '/v1/import-mappings', {
    roles: ['operator'],
    operationId: 'storeImportMapping',
    summary: 'Store a mapping of headers',
    description:
      'Says which columns the headers of an office are, for imports that name the mapping. One of the same id and kind takes the place of the one before; imports that were staged stay as they were read.',
    tags,
    body: NewImportMapping,
    answer: ImportMapping,
    refusals: ['import_mapping_invalid'],
    prepare: ({ body: mapping }) => ({
      decide: (stage) => storeMapping(stage, mapping),
      show: (row) => ({ ...viewMapping(row), columns: null }),
      reveal: (body) => fillIn(body, { columns: mapping.columns }),
    }),
  });

  list(app, service, '/v1/import-mappings', {
    roles: readers,
    operationId: 'listImportMappings',
    summary: 'List mappings of headers',
    description: 'In the order of their ids; `kind` narrows.',
    tags,
    filters: { kind: Type.Optional(Kind) },
    answer: ImportMappingPage,
    key: externalIdShape,
    rows: ({ query: { kind = null } }, ledger, page) => listMappings(service.sql, ledger.id, { kind, ...page }),
    keyOf: ({ id }) => id,
    show: (mappings) => ({ import_mappings: mappings }),
  });

  read(app, service, '/v1/import-mappings/:id', {
    roles: readers,
    operationId: 'getImportMapping',
    summary: 'One mapping of headers',
    description: 'As it stands now; how it stood before, the entries of the log bind.',
    tags,
    params,
    answer: ImportMapping,
    refusals: ['import_mapping_not_found'],
    read: ({ params }, ledger) => readMapping(service.sql, ledger.id, params.id),
  });
}
