/** What the bench's accounts, members and partner are called: both those who make them and those who post to them ask here. */

/** Accounts of members, credited at random. */
export const memberCount = 100_000;
/** Accounts that every posting debits one of. */
export const hotCount = 10;
/** Members with points to redeem. */
export const redeemerCount = 10_000;

export const partnerId = 'bench-bank';

export function memberId(index: number): string {
  return `B${String(index).padStart(6, '0')}`;
}

export function coinsAccount(index: number): string {
  return `member:${memberId(index)}:coins`;
}

export function hotAccount(index: number): string {
  return `bench:hot:${index}`;
}
