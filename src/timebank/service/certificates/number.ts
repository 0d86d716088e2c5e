/**
 * The number of a certificate, as people read it aloud and type it: `XINCHANG-2026-000173-5` is the ledger, the year, the entry that issued it,
 * and a check digit (ISO 7064, MOD 11,10), which finds every digit that is wrong and nearly every pair that changed places. Pure.
 */

export interface CertificateName {
  /** The code of the ledger. */
  readonly ledger: string;
  readonly number: string;
}

/** `entry` is that of the issue: no other certificate has it, and what was issued when can be read off. */
export function certificateNumber(ledger: string, day: string, entry: number): string {
  const [year, running] = [day.slice(0, 4), String(entry).padStart(6, '0')];
  return `${ledger.toUpperCase()}-${year}-${running}-${checkDigit(year + running)}`;
}

/** As it is stored; what people type may be small, in full width, and have spaces or dashes of another kind. Null: it is no number. */
export function readCertificateNumber(typed: string): CertificateName | null {
  const number = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/\s/g, '')
    .replace(/[\u2010-\u2015\u2212]/g, '-');
  const [, ledger = '', year = '', running = '', digit] = shape.exec(number) ?? [];
  return digit !== undefined && checkDigit(year + running) === digit ? { ledger: ledger.toLowerCase(), number } : null;
}

const shape = /^([A-Z][A-Z0-9-]{0,31})-(20\d\d)-(\d{6,15})-(\d)$/;

/** The digit by which the others come to 1 modulo 10. */
function checkDigit(digits: string): string {
  let product = 10;
  for (const digit of digits) {
    const sum = (product + Number(digit)) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return String((11 - product) % 10);
}
