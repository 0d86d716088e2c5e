/** Words of lots: the purses whose units have an age, and what becomes of a lot. */

/** Coins and hours do not expire. */
export const agedPurses = ['points'] as const;

/** `open`: something remains of it; `expired`: nothing remains, and something of it expired; `spent`: nothing remains, and nothing expired. */
export const lotStates = ['open', 'expired', 'spent'] as const;
