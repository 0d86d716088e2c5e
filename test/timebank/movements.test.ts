/** The table of movements holds: every kind is in it, the documents show it, and what goes past it is found by verification. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { ledgerKinds, manualKinds } from '../../src/ledger/entries.js';
import { readLeaf } from '../../src/ledger/leaf.js';
import { timebankKinds } from '../../src/timebank/chart.js';
import { byHand, mayMove, mayPost, movements } from '../../src/timebank/movements.js';
import { books, verifyBooks } from '../support/books.js';
import { populate } from '../support/populate.js';
import { root } from '../support/root.js';
import { adjust, must, redeem, settle } from '../support/story.js';

t.test('every kind of entry is in the table, and no other', async (t) => {
  t.same(Object.keys(movements).sort(), [...manualKinds, ...ledgerKinds, ...timebankKinds].sort());
});

t.test('ledger.md shows what may be moved by hand as the table has it', async (t) => {
  const text = readFileSync(new URL('docs/ledger.md', root), 'utf8');
  const [, section = ''] = text.split('\n## By hand\n');
  const rows = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)` \| (.+) \| (.+) \| (.+) \|$/gm)];
  const shown = rows.map(([, ...cells]) => cells.map((cell) => (cell === 'any' ? '*' : cell.replaceAll('`', ''))));
  const table = manualKinds.flatMap((kind) => movements[kind].map((movement) => [kind, ...movement]));
  t.same(shown, table);
});

t.test('a name in a code stands for one name, and what was opened by hand for nothing of ours', async (t) => {
  t.ok(mayMove('gift', 'COIN', 'member:M1:coins', 'member:M2:coins'));
  t.notOk(mayMove('gift', 'COIN', 'member:M1:receivable:coins', 'member:M2:coins'));
  t.notOk(mayMove('gift', 'COIN', 'member:M1:coins', 'member:M2'));
  t.notOk(mayMove('gift', 'HOUR', 'member:M1:coins', 'member:M2:coins'));
  t.ok(mayMove('gift', 'HOUR', 'test:a', 'membership:a'));
  t.notOk(mayMove('gift', 'COIN', 'test:a', 'member:M2:coins'));
  t.notOk(mayMove('nothing', 'COIN', 'test:a', 'test:b'));
  t.ok(mayPost('donation', 'COIN', 'credit', 'pool:fund'));
  t.notOk(mayPost('donation', 'COIN', 'debit', 'pool:fund'));
  t.ok(movements.transfer.some(([, debit]) => debit === byHand));
});

t.test('every leg that the commands post is one of the table', async (t) => {
  const b = await books(t);
  await populate(b);
  await adjust(b.lane, [{ debit: 'member:M1:points', credit: 'member:M2:points', amount: '7' }]);
  const rows = await b.owner`select leaf from timeledger.entries`;
  const seen = new Set<string>();
  for (const { kind, legs = [] } of rows.map(({ leaf }) => readLeaf(leaf))) {
    for (const { asset, debit, credit } of legs)
      t.ok(mayMove(kind, asset, debit, credit), `${kind}: ${asset} from ${debit} to ${credit}`);
    if (legs.length > 0) seen.add(kind);
  }
  t.ok(seen.size >= 8, [...seen].join(', '));
});

t.test('verification finds what a command moved past the table or past its sub-ledger', async (t) => {
  const rogues: [finding: string, kind: string, debit: string, credit: string][] = [
    ['movements', 'gift', 'member:M1:hours', 'member:M2:hours'],
    ['hours of service records = hours of each member', 'service_recorded', 'record:service', 'member:M2:hours'],
    ['hours of service records = hours recorded', 'service_recorded', 'record:service', 'member:M2:hours'],
    ['coins of service records = coins minted', 'service_recorded', 'coin:issuance', 'pool:fund'],
    ['opening points = points issued for them', 'opening_points', 'point:issuance', 'member:M1:points'],
    ['opening points = points of each member from them', 'opening_points', 'point:issuance', 'member:M1:points'],
    ['entries by hand on own accounts = adjustments that were decided', 'adjustment', 'coin:issuance', 'pool:fund'],
    ['open authorisations = held account', 'redemption_authorised', 'member:M1:points', 'held:redemptions:xc-bank'],
  ];
  for (const [finding, kind, debit, credit] of rogues) {
    await t.test(`${kind} from ${debit}: ${finding}`, async (t) => {
      const b = await books(t);
      await settle(b.lane);
      await redeem(b.lane, 'R1', false);
      await adjust(b.lane, [
        { debit: 'record:service', credit: 'member:M1:hours', amount: '3.00' },
        { debit: 'record:service', credit: 'member:M2:hours', amount: '3.00' },
      ]);
      t.same((await verifyBooks(b.owner)).findings, [], 'sound before');
      await must(b.lane, (stage) => stage.post({ kind, control: true, legs: [{ debit, credit, amount: '1' }] }).number);
      const { findings } = await verifyBooks(b.owner);
      t.ok(
        findings.some(({ table, detail }) => [table.en, detail.en].includes(finding)),
        JSON.stringify(findings),
      );
    });
  }
});
