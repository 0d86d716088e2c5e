/** Items of other platforms and their batches over HTTP: a platform sees its own, operators and auditors all. Two operators undo a batch. */
import { Type } from 'typebox';
import { besideOf } from '../../http/beside.js';
import { actorOf } from '../../http/commands.js';
import { annotated } from '../../http/named.js';
import { isAnothers, ownPlatform } from '../../http/reach.js';
import { command, list, read } from '../../http/routes.js';
import { closed, ExternalId, NoBody } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { batchNotFound, undoBatch } from '../../timebank/credit/intake/batch.js';
import { itemNotFound } from '../../timebank/credit/intake/item.js';
import { carryOnUndo } from '../../timebank/credit/intake/jobs.js';
import {
  keyOfBatch,
  keyOfItem,
  listBatches,
  listItems,
  readBatch,
  readItem,
  viewBatch,
  viewItem,
  viewVersion,
} from '../../timebank/credit/intake/reads.js';
import { IntakeBatch, IntakeBatchFigures, IntakeBatchPage, IntakeHistory, IntakeItemPage } from './intake-shapes.js';

const readers = ['platform', 'operator', 'auditor'] as const;
const pairShape = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\/[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const PlatformId = annotated(ExternalId, {
  description: 'The platform, as its tokens name it.',
  examples: ['gold-steward'],
});
const ofPlatform = { platform: Type.Optional(PlatformId) };
const itemParams = Type.Object({ platform: PlatformId, external_id: ExternalId }, closed);
const batchParams = Type.Object({ platform: PlatformId, batch: ExternalId }, closed);

export function registerIntakeReads(app: App, service: Service): void {
  registerItems(app, service);
  registerBatches(app, service);
  registerUndoing(app, service);
}

/** The platform whose things are asked for; null: all. A platform that asks for another's finds nothing. */
function platformOf(principal: Principal, asked: string | undefined): string | null {
  const own = ownPlatform(principal);
  if (asked !== undefined && isAnothers(asked, own)) return '';
  return asked ?? own;
}

function registerItems(app: App, service: Service): void {
  list(app, service, '/v1/intake/items', {
    roles: readers,
    operationId: 'listIntakeItems',
    summary: 'List what other platforms sent',
    description: 'By platform, then id, as the items stand; a platform sees its own.',
    tags: ['intake'],
    filters: {
      ...ofPlatform,
      batch: Type.Optional(annotated(ExternalId, { description: 'Whose latest version came with it.' })),
    },
    answer: IntakeItemPage,
    key: pairShape,
    rows: ({ principal, query }, ledger, page) => {
      const platform = platformOf(principal, query.platform);
      return listItems(service.sql, ledger.id, { platform, batch: query.batch ?? null, ...page });
    },
    keyOf: keyOfItem,
    show: (rows) => ({ items: rows.map(viewItem) }),
  });

  read(app, service, '/v1/intake/items/:platform/:external_id', {
    roles: readers,
    operationId: 'getIntakeItem',
    summary: 'One item of another platform',
    description: 'As it stands, with what it was before.',
    tags: ['intake'],
    params: itemParams,
    answer: IntakeHistory,
    refusals: ['intake_item_not_found'],
    read: async ({ params: { platform, external_id: id }, principal }, ledger) => {
      if (isAnothers(platform, ownPlatform(principal))) throw itemNotFound(id);
      const { item, earlier } = await readItem(service.sql, ledger.id, platform, id);
      return { ...viewItem(item), earlier: earlier.map(viewVersion) };
    },
  });
}

function registerBatches(app: App, service: Service): void {
  list(app, service, '/v1/intake/batches', {
    roles: readers,
    operationId: 'listIntakeBatches',
    summary: 'List batches of items',
    description: 'By platform, then name; a platform sees its own.',
    tags: ['intake'],
    filters: ofPlatform,
    answer: IntakeBatchPage,
    key: pairShape,
    rows: ({ principal, query }, ledger, page) =>
      listBatches(service.sql, ledger.id, { platform: platformOf(principal, query.platform), ...page }),
    keyOf: keyOfBatch,
    show: (rows) => ({ batches: rows.map(viewBatch) }),
  });

  read(app, service, '/v1/intake/batches/:platform/:batch', {
    roles: readers,
    operationId: 'getIntakeBatch',
    summary: 'One batch of items',
    description: 'What it comes to now, and how far its undoing has come.',
    tags: ['intake'],
    params: batchParams,
    answer: IntakeBatchFigures,
    refusals: ['intake_batch_not_found'],
    read: async ({ params, principal }, ledger) => {
      if (isAnothers(params.platform, ownPlatform(principal))) throw batchNotFound(params.batch);
      const { batch, figures } = await readBatch(service.sql, ledger.id, params);
      const { items, standing, points } = figures;
      return { ...viewBatch(batch), items, standing, points: String(points) };
    },
  });
}

function registerUndoing(app: App, service: Service): void {
  command(app, service, '/v1/intake/batches/:platform/:batch/undo', {
    roles: ['operator'],
    operationId: 'undoIntakeBatch',
    summary: 'Undo a batch of items',
    description:
      'Proposes to undo what came with a batch; the same call by another person does it, item by item, and goes on if it is cut short. Each item is put back to what it was before, its entry reversed; what its member has spent is owed. Items that were sent again since are left as they are.',
    tags: ['intake'],
    dryRun: false,
    params: batchParams,
    body: NoBody,
    status: 200,
    answer: IntakeBatch,
    refusals: ['intake_batch_not_found', 'intake_batch_closed', 'self_approval'],
    prepare: ({ params, principal }) => ({
      decide: (stage) => undoBatch(stage, params, { actor: actorOf(principal), ...besideOf(service, principal) }),
      show: viewBatch,
      onDone: (body) => goOn(service, principal, body),
    }),
  });
}

/** Begins what was approved at once; without this it would begin when the chore comes by. */
async function goOn(service: Service, principal: Principal, body: string): Promise<void> {
  const { platform, id: batch, state } = JSON.parse(body) as ReturnType<typeof viewBatch>;
  if (state !== 'undoing') return;
  await carryOnUndo(service.work.sql, await ledgerIdOf(service, principal), { platform, batch }, actorOf(principal));
  service.work.bell.ring();
}
