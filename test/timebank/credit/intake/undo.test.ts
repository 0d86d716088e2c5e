/** Guarantees of undoing a batch: it goes on where it stopped, does nothing twice, and leaves out only what cannot be undone. And what the database refuses by itself. */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { undoBatch } from '../../../../src/timebank/credit/intake/batch.js';
import { type Sent, takeIn } from '../../../../src/timebank/credit/intake/item.js';
import { carryOnLeftUndos } from '../../../../src/timebank/credit/intake/jobs.js';
import { undoItems } from '../../../../src/timebank/credit/intake/undo.js';
import { xinchangPilot1 as rules } from '../../../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds } from '../../../../src/timebank/free-holds.js';
import { authoriseRedemption } from '../../../../src/timebank/partners/redemptions/authorise.js';
import { type Books, books, booksBalance, refusedByChecks } from '../../../support/books.js';
import { carryOut } from '../../../support/jobs.js';
import { must, partner, settle } from '../../../support/story.js';

const name = { platform: 'gold-steward', batch: 'B1' };
const ids = ['C1', 'C2', 'C3', 'C4', 'C5'];

const item = (externalId: string, more: Partial<Sent> = {}): Sent => ({
  ...{ platform: 'gold-steward', externalId, what: 'service_count', member: 'M1', occurredOn: '2026-10-20' },
  ...{ occurrences: 1, state: 'counted', revision: null, batch: 'B1' },
  ...more,
});

const take = ({ lane }: Books, sent: Sent) => must(lane, (stage) => takeIn(stage, sent, freeHolds));

/** Five items of one batch that two people have agreed to undo. */
async function approved(set: Books): Promise<void> {
  await settle(set.lane);
  for (const id of ids) await take(set, item(id));
  for (const actor of ['operator:first', 'operator:second'])
    await must(set.lane, (stage) => undoBatch(stage, name, { actor }));
}

async function standing({ owner }: Books): Promise<string[]> {
  const rows = await owner`select external_id as id from timebank.intake_items where points > 0 order by 1`;
  return rows.map(({ id }) => id);
}

test('undoing that was cut short goes on behind the last item that was dealt with, and a part that is asked for again changes nothing', async (t) => {
  const set = await books(t);
  await approved(set);
  const undo = (after: string | null, some: string[]) =>
    must(set.lane, (stage) => undoItems(stage, name, after, some, freeHolds));
  const first = await undo(null, ['C1', 'C2']);
  t.match(first, { state: 'undoing', position: 'C2', done: 2 });
  t.match(await undo(null, ['C1', 'C2']), { entry: first.entry });
  t.same(await standing(set), ['C3', 'C4', 'C5']);
  // Sent again meanwhile it is not the batch's any more, and an item of another batch is not touched.
  await take(set, item('C4', { occurrences: 2, batch: null }));
  t.equal(await carryOnLeftUndos(set.owner, set.lane.facts.id), 1);
  const { state } = await carryOut(set, { kind: 'intake_undo', runsOn: 'lane', input: name });
  t.equal(state, 'done');
  t.same(await standing(set), ['C4']);
  const [row] = await set.owner`select state, done, left_out from timebank.intake_batches`;
  t.same(row, { state: 'undone', done: 4, left_out: 0 });
  t.equal(await carryOnLeftUndos(set.owner, set.lane.facts.id), 0);
  await booksBalance(t, set.owner);
});

test('an item that cannot be undone is left out and counted, the others are undone', async (t) => {
  const set = await books(t);
  await approved(set);
  await take(set, item('C3', { occurrences: 3, batch: null }));
  const told = await must(set.lane, (stage) => undoItems(stage, name, null, ids, freeHolds));
  t.match(told, { done: 5, left_out: 1 });
  t.same(await standing(set), ['C3']);
  await booksBalance(t, set.owner);
});

test('what a batch took back and was owed, and has been repaid since, comes back to the purse', async (t) => {
  const set = await books(t);
  await settle(set.lane);
  await take(set, item('C1', { occurrences: 12, batch: null }));
  const spend = { id: randomUUID(), partnerId: partner, partnerReference: 'R1', memberId: 'M1', points: 610n };
  await must(set.lane, (stage) => authoriseRedemption(stage, rules, { ...spend, capture: true }));
  await take(set, item('C1', { occurrences: 12, state: 'withdrawn' }));
  const figures = async () => {
    const rows = await set.owner`select abs(credits - debits)::int as amount from timeledger.accounts
      where code in ('member:M1:points', 'member:M1:receivable:points') order by code`;
    return rows.map(({ amount }) => amount);
  };
  t.same(await figures(), [0, 110]);
  await take(set, item('C2', { occurrences: 8, batch: null }));
  t.same(await figures(), [0, 30]);
  for (const actor of ['operator:first', 'operator:second'])
    await must(set.lane, (stage) => undoBatch(stage, name, { actor }));
  const told = await must(set.lane, (stage) => undoItems(stage, name, null, ['C1'], freeHolds));
  t.match(told, { done: 1, left_out: 0 });
  t.same(await figures(), [90, 0], 'of 500 + 120 + 80 points 610 are spent');
  await booksBalance(t, set.owner);
});

test('the database refuses items, versions and batches that contradict themselves', async (t) => {
  const set = await books(t);
  await approved(set);
  await take(set, item('C1', { occurrences: 3, batch: null }));
  await set.owner`alter table timebank.intake_versions disable trigger all`;
  await refusedByChecks(t, set.owner, 'intake_items', {
    intake_items_kind_check: [`kind = 'gift'`],
    intake_items_state_check: [`state = 'lost', points = 0, expires_on = null`],
    intake_items_ids_check: [`external_id = 'a b'`, `batch_id = ''`],
    intake_items_occurred_on_check: [`occurred_on = '1999-12-31'`],
    intake_items_occurrences_check: ['occurrences = 0', 'occurrences = 100001'],
    intake_items_version_check: ['version = 0', 'replaces = version'],
    intake_items_points_check: [
      'points = -1',
      'expires_on = null',
      'rule_set = null',
      'points = 0',
      `state = 'withdrawn'`,
    ],
  });
  await refusedByChecks(t, set.owner, 'intake_versions', {
    intake_versions_ids_check: [`platform_id = 'a b'`],
    intake_versions_posted_check: ['posted = entry'],
  });
  await refusedByChecks(t, set.owner, 'intake_batches', {
    intake_batches_state_check: [`state = 'gone', undone_by = null`],
    intake_batches_ids_check: [`batch_id = 'a b'`],
    intake_batches_counts_check: ['left_out = done + 1'],
    intake_batches_people_check: [`state = 'open'`, 'undo_proposed_by = null', 'undone_by = null'],
  });
});
