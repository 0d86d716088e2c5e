/** Guarantees that format 1 of estate files stays what it is: whoever changes a word of it breaks the promise of the same bytes, and needs another number. */
import { hash } from 'node:crypto';
import t from 'tap';
import { sheets } from '../../../../src/timebank/audit/estate-files/pack.js';
import { readme } from '../../../../src/timebank/audit/estate-files/readme.js';

const scope = {
  ...{
    ledgerId: 1,
    ledger: 'xinchang',
    zone: 'Asia/Shanghai',
    watermark: '38',
    recordedAt: '2026-11-08T10:00:00.000003Z',
  },
  ...{ period: '2026-11', months: ['2026-11'], first: '2026-11-01', last: '2026-11-30', units: ['XC-E1'] },
  unit: { id: 'XC-E1', parent: 'XC-C', level: 'estate', name: '阳光小区' },
} as const;

t.test('the README and the meanings of the columns are those of format 1', async (t) => {
  const told = sheets.map(({ name, means, columns }) => ({ name, means, columns }));
  t.equal(
    hash('sha256', readme(scope, sheets) + JSON.stringify(told)),
    'a46a4147ac7553457827fb8d0c25725aad2aba1dfec44c1a60cac31265fb45c0',
  );
});
