/**
 * Changes by the owner of the database that leave something behind which does not fit. Verification finds each by itself, and
 * tells it in a few findings, however much of the books stands behind the damage.
 */

import t from 'tap';
import type { Pool } from '../../../src/db/connect.js';
import { forgetAnswers } from '../../../src/ledger/forget.js';
import { books, booksBalance } from '../../support/books.js';
import { populate } from '../../support/populate.js';
import {
  changeLegs,
  type Deed,
  dropGuards,
  numbersOf,
  rehash,
  rewriteLeaf,
  told,
  verifyTampered,
} from '../../support/tampering.js';

/** What is done, and what must be told of it. */
const inconsistent: Readonly<Record<string, { act: Deed; told: readonly RegExp[] }>> = {
  'a leaf is rewritten': {
    act: (sql, { plain }) => changeLegs(sql, plain(3), () => ({ amount: '0.11' })),
    told: [/^log_nodes level 1, index 0: is another hash/, /^postings entry \d+.*amount is "10", should be "11"/],
  },
  'what a leaf alone says is rewritten': {
    act: async (sql, { plain }) => {
      await rewriteLeaf(sql, plain(3), (leaf) => ({ ...leaf, actor: 'operator:nobody' }));
    },
    told: [/^log_nodes level 1, index 0: is another hash/, /^heads 1: frontier is/],
  },
  'a leaf is rewritten, with all hashes': {
    act: async (sql, { plain }) => {
      await changeLegs(sql, plain(3), () => ({ amount: '0.11' }));
      await rehash(sql);
    },
    told: [/^postings .*amount is "10", should be "11"/],
  },
  'an entry and its postings are rewritten, and not the sums behind them': {
    act: async (sql, { plain }) => {
      await changeLegs(sql, plain(3), () => ({ amount: '0.11' }));
      await rehash(sql);
      await sql`update timeledger.postings set amount = sign(amount) * 11 where entry = ${plain(3)}`;
    },
    told: [/^postings .*balance is/],
  },
  'a member is richer, with a posting that says so': {
    act: async (sql) => {
      await sql`update timeledger.accounts set credits = credits + 500, version = version + 1 where code = 'test:a'`;
      await sql`insert into timeledger.postings (ledger_id, account_id, entry, version, effective_on, amount, balance)
        select 1, account_id, 10, version, day, -500, credits - debits from timeledger.accounts where code = 'test:a'`;
    },
    told: [/^postings entry 10, .*does not follow from its entry/],
  },
  'an entry is gone': {
    act: (sql, { plain }) => sql`delete from timeledger.entries where number = ${plain(3)}`,
    told: [/^entries \d+: is missing$/, /^postings entry \d+: 2 postings of an entry that is not there$/],
  },
  'an entry is gone, and its postings': {
    act: async (sql, { plain }) => {
      await sql`delete from timeledger.entries where number = ${plain(3)}`;
      await sql`delete from timeledger.postings where entry = ${plain(3)}`;
    },
    told: [/^entries \d+: is missing$/, /^postings .*version is "\d+", should be "\d+"/],
  },
  'the last entry has a number of a million million': {
    act: (sql, { last }) => sql`update timeledger.entries set number = 1000000000000 where number = ${last}`,
    told: [/^entries \d+ to 999999999999: are missing: 999,999,999,\d+ in all$/, /^entries 1000000000000: number is/],
  },
  'an entry has the largest number there is': {
    act: (sql, { plain }) => sql`update timeledger.entries set number = 9223372036854775807 where number = ${plain(3)}`,
    told: [/^entries \d+: is missing$/, /to 9223372036854775806: are missing/],
  },
  'an entry has the smallest number there is': {
    act: (sql, { plain }) =>
      sql`update timeledger.entries set number = -9223372036854775808 where number = ${plain(3)}`,
    told: [/^entries -9223372036854775808: .*entries are numbered from 1/],
  },
  'an entry stands there a second time, under a number of its own': {
    act: (sql, { last, plain }) => sql`insert into timeledger.entries
      select ledger_id, effective_on, ${last + 1}, recorded_at, reverses, kind, leaf
      from timeledger.entries where number = ${plain(3)}`,
    told: [/^entries \d+: number is "\d+", should be "\d+"/, /^heads 1: entry_count is/],
  },
  'an entry is reversed a second time': {
    act: (sql, { plain, of }) =>
      rewriteLeaf(sql, plain(3), (leaf) => ({ ...leaf, reverses: String(of('reversal') - 1) })),
    told: [/^entries \d+: .*reverses entry \d+ a second time/],
  },
  'a row is put back to what it was': {
    act: async (sql) => {
      const [row] =
        await sql`select r.entry::int, r.redemption_id from timebank.redemptions r where r.partner_reference = 'R2'`;
      // The state of an earlier entry stands in no table: that it names one is enough to be found.
      return sql`update timebank.redemptions set entry = ${(row?.['entry'] as number) - 1} where partner_reference = 'R2'`;
    },
    told: [/^redemptions .*: differs from what entry \d+ wrote/],
  },
  'a row of a member is gone': {
    act: (sql) => sql`delete from timebank.members where member_id = 'M2'`,
    told: [/^members M2: is not there as entry \d+ left it/],
  },
  'a row was never written by its entry': {
    act: (sql) => sql`insert into timebank.org_units (ledger_id, org_unit_id, parent_id, level, name, entry)
      select ledger_id, 'XC-77', parent_id, 'estate', name, entry from timebank.org_units where org_unit_id = 'XC'`,
    told: [/^org_units XC-77: is not in the log: entry \d+ did not write it/],
  },
  'the latest day of an account changes places with an earlier one': {
    act: (
      sql,
    ) => sql`with a as (select account_id, day, day_debits, day_credits, day_first, day_last from timeledger.accounts
        where code = 'coin:issuance'), d as (select * from timeledger.earlier_days
        where account_id = (select account_id from a) limit 1),
      u as (update timeledger.accounts set day = d.day, day_debits = d.debits, day_credits = d.credits, day_first = d.first_entry,
        day_last = d.last_entry from d where accounts.account_id = d.account_id)
      update timeledger.earlier_days e set day = a.day, debits = a.day_debits, credits = a.day_credits, first_entry = a.day_first,
        last_entry = a.day_last from a, d where e.account_id = d.account_id and e.day = d.day`,
    told: [/^earlier_days .*: is not before the latest day of the account/],
  },
  'a text is erased without a trace': {
    act: (sql) => sql`update timeledger.entry_texts set salt = null, reference = null, description = null`,
    told: [/^entry_texts \d+: does not match its commitment/],
  },
  'the answer to a request is another one': {
    act: (sql) => sql`update timeledger.batches set answers = answers || ' ' where batch_seq = 3`,
    told: [/^batches 3: its keys and answers do not match its digest$/],
  },
  'a batch is gone': {
    act: (sql) => sql`delete from timeledger.batches where batch_seq = 3`,
    told: [/^batches 3: is missing$/, /^idempotency_keys batch 3: \d+ keys belong to a batch that is not there$/],
  },
  'the frontier is half of one': {
    act: (sql) => sql`update timeledger.heads set frontier = substr(frontier, 1, 17)`,
    told: [/^heads 1: frontier is/],
  },
  'there is no head': {
    act: (sql) => sql`delete from timeledger.heads`,
    told: [/^heads 1: is missing$/],
  },
};

t.test('what does not fit together is found without a checkpoint, in few words', async (t) => {
  const b = await books(t);
  await populate(b);
  const numbers = await numbersOf(b.owner);
  await dropGuards(b.owner);
  for (const [title, { act, told: expected }] of Object.entries(inconsistent)) {
    const verification = await verifyTampered(b.owner, (sql) => act(sql, numbers));
    const lines = told(verification);
    for (const line of expected)
      t.ok(
        lines.some((found) => line.test(found)),
        `${title}: ${line}`,
        { lines },
      );
    t.ok((verification?.finding_count ?? 0) <= 12, `${title}: ${verification?.finding_count} findings`, { lines });
  }
});

t.test('forgotten answers leave a head that can still be checked', async (t) => {
  const b = await books(t);
  await populate(b);
  t.ok((await forgetAnswers(b.owner, b.lane.facts.id, '2100-01-01T00:00:00Z')) > 0);
  const [left] = await b.owner`select count(*)::int as batches, min(b.batch_seq) = min(h.batch_seq) as last,
    min(h.forgotten_batch) = min(h.batch_seq) - 1 as forgotten from timeledger.batches b, timeledger.heads h`;
  t.same(left, { batches: 1, last: true, forgotten: true }, 'the last batch is kept, whatever its age');
  await booksBalance(t, b.owner);
  const after = async (deed: (sql: Pool) => Promise<unknown>) => told(await verifyTampered(b.owner, deed));
  t.match(await after((sql) => sql`update timeledger.heads set batch_id = gen_random_uuid()`), [
    /batch_id is not that of/,
  ]);
  t.match(await after((sql) => sql`update timeledger.heads set forgotten_batch = forgotten_batch - 2`), [
    /^batches \d+ to \d+: are missing/,
  ]);
  t.match(await after((sql) => sql`update timeledger.heads set forgotten_batch = forgotten_batch + 2`), [
    /^heads 1: forgotten_batch is/,
  ]);
  t.match(await after((sql) => sql`update timeledger.heads set batch_seq = batch_seq + 1`), [
    /^batches \d+: is missing/,
  ]);
  t.match(await after((sql) => sql`delete from timeledger.batches`), [/^batches \d+: is missing/]);
  t.match(await after((sql) => sql`update timeledger.batches set batch_seq = 1`), [
    /^batches 1: is there, though all up to/,
  ]);
});
