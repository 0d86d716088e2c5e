/** Guarantees of the numbers of certificates and of their codes: what people mistype is found, and what they type otherwise is read. */
import { generateKeyPairSync } from 'node:crypto';
import t from 'tap';
import { checkCodeOf, isCheckCode } from '../../../../src/http/check-codes.js';
import { certificateNumber, readCertificateNumber } from '../../../../src/timebank/service/certificates/number.js';

const number = certificateNumber('xinchang', '2026-11-27', 173);

t.test('a number says ledger, year and entry, and is read as people type it', async (t) => {
  t.equal(number, 'XINCHANG-2026-000173-5');
  const read = { ledger: 'xinchang', number };
  for (const typed of [
    number,
    'xinchang-2026-000173-5',
    ' XINCHANG－２０２６－０００１７３－５ ',
    'xinchang–2026–000173–5',
  ])
    t.strictSame(readCertificateNumber(typed), read, typed);
  const long = certificateNumber('a-b-2026', '2099-01-01', 12_345_678);
  t.match(readCertificateNumber(long), { ledger: 'a-b-2026', number: long });
  for (const other of ['', 'XINCHANG-2026-173-5', '2026-000173-5', 'XINCHANG-2026-000173', 'XINCHANG-1926-000173-5'])
    t.equal(readCertificateNumber(other), null, other);
});

t.test('every wrong digit is found', async (t) => {
  const start = number.indexOf('-') + 1;
  for (let at = start; at < number.length; at += 1)
    for (const digit of '0123456789') {
      if (number[at] === '-' || number[at] === digit) continue;
      const wrong = number.slice(0, at) + digit + number.slice(at + 1);
      t.equal(readCertificateNumber(wrong), null, wrong);
    }
});

t.test('a code is of one number, one ledger and one secret, and is read however it is typed', async (t) => {
  const secrets = [0, 1].map(() => generateKeyPairSync('ed25519').privateKey);
  const [secret, other] = secrets;
  if (!secret || !other) throw new Error('no secret');
  const name = { ledger: 'xinchang', number };
  const code = checkCodeOf(secret, name);
  t.match(code, /^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
  for (const typed of [
    code,
    code.toLowerCase(),
    code.replace('-', ''),
    ` ${code} `,
    code.replaceAll('0', 'O').replaceAll('1', 'l'),
  ])
    t.ok(isCheckCode(secret, name, typed), typed);
  const wrong = `${code.slice(0, -1)}${code.endsWith('Z') ? 'Y' : 'Z'}`;
  for (const typed of ['', wrong, code.slice(1), `${code}0`]) t.notOk(isCheckCode(secret, name, typed), typed);
  t.notOk(isCheckCode(other, name, code));
  t.notOk(isCheckCode(secret, { ...name, ledger: 'other' }, code));
  t.notOk(isCheckCode(secret, { ...name, number: certificateNumber('xinchang', '2026-11-27', 174) }, code));
});
