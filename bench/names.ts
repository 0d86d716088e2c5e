/** What the bench's accounts, members and partner are called: both those who make them and those who post to them ask here. */

/** Accounts one a member, credited at random. */
export const memberCount = 100_000;
/** Accounts that every posting debits one of. */
export const hotCount = 10;
/** Members with points to redeem. */
export const redeemerCount = 10_000;

/** Members who order, and members who serve, each of these once. */
export const neighbourCount = 1_280;
export const helperCount = 20_000;

/** Residents of the county that candidates are found in, and orders that somebody is sought for. */
export const residentCount = 100_000;
export const soughtCount = 400;

export const partnerId = 'bench-bank';
export const orgUnitId = 'BENCH';

export function memberId(index: number): string {
  return `B${String(index).padStart(6, '0')}`;
}

export function neighbourId(index: number): string {
  return `N${String(index).padStart(6, '0')}`;
}

export function helperId(index: number): string {
  return `H${String(index).padStart(6, '0')}`;
}

export function residentId(index: number): string {
  return `R${String(index).padStart(6, '0')}`;
}

export function soughtId(index: number): string {
  return `Q${String(index).padStart(3, '0')}`;
}

/** Opened by hand, so that it may be posted to by hand: members' own purses may not. */
export function coinsAccount(index: number): string {
  return `bench:coins:${memberId(index)}`;
}

export function hotAccount(index: number): string {
  return `bench:hot:${index}`;
}
