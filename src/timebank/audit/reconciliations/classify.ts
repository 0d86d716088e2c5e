/**
 * One partner reference, both its sides, one verdict. The rules are a staircase: the first that applies decides, and names itself
 * as the reason. Pure; it does not know other references, where the two sides were read from, how a verdict is put into words
 * (see `describe.ts`), or what is done about a difference.
 */
import { equalFigures, type Figures, subtractFigures, sumFigures, zeroFigures } from './figures.js';
import type {
  LedgerItem,
  MatchFacts,
  MatchReason,
  MatchStatus,
  MatchWindow,
  ReferenceResult,
  StatementLine,
  TimingDirection,
} from './verdicts.js';

interface Sides {
  readonly items: readonly LedgerItem[];
  readonly lines: readonly StatementLine[];
  readonly outside?: readonly StatementLine[];
}

type Place = 'before' | 'in' | 'after' | 'far';

/** What a line adds to the statement: a refund takes away. */
export function signedFigures(line: StatementLine): Figures {
  return line.type === 'refund' ? subtractFigures(zeroFigures, line) : line;
}

export function isInPeriod(date: string, window: MatchWindow): boolean {
  return placeOf(date, window) === 'in';
}

/**
 * The verdict on one reference, or null when nothing of it belongs to the period. Items and lines may come in any order;
 * all carry the reference.
 */
export function classifyReference(
  reference: string,
  items: readonly LedgerItem[],
  lines: readonly StatementLine[],
  window: MatchWindow,
): ReferenceResult | null {
  const sides = { items: [...items].sort(byRedemption), lines: [...lines].sort((a, b) => a.line - b.line) };
  const ofPeriod = sides.items.filter((item) => isInPeriod(item.effectiveOn, window));
  if (lines.length === 0) return ofPeriod.length === 0 ? null : unanswered(reference, ofPeriod);

  const unsound = sides.lines.find((line) => line.points <= 0n || line.amountCny < 0n);
  if (unsound) {
    const about = { lines: [unsound.line] };
    return verdict(reference, 'file_integrity', 'amount_not_positive', { items: ofPeriod, lines: sides.lines }, about);
  }
  const unanswerable = { items: [], lines: sides.lines };
  const about = { lines: numbersOf(sides.lines) };
  if (items.length === 0) return verdict(reference, 'missing_in_ledger', 'unknown_in_ledger', unanswerable, about);
  if (ofPeriod.length === 0 && !lines.some((line) => isInPeriod(line.booked_on, window))) {
    return verdict(reference, 'file_integrity', 'other_period', unanswerable, about);
  }
  return compare(reference, sides, window);
}

/** A redemption of the period without a line. One that was refunded in full claims nothing, so silence agrees with it. */
function unanswered(reference: string, items: readonly LedgerItem[]): ReferenceResult {
  const sides = { items, lines: [] };
  if (equalFigures(sumFigures(items), zeroFigures)) return verdict(reference, 'matched', 'refunded_in_full', sides, {});
  return verdict(reference, 'missing_at_partner', 'no_line', sides, {});
}

/** Both sides are there: do they agree, and if so, do the dates? */
function compare(reference: string, { items, lines }: Sides, window: MatchWindow): ReferenceResult {
  const candidates = ledgerCandidates(items, window);
  const agreeing = candidates.find((candidate) => agree(candidate, lines));
  const sides = { items: agreeing ?? candidates[0] ?? [], lines };
  if (!agreeing) return disagreement(reference, sides);

  const far = lines.filter((line) => placeOf(line.booked_on, window) === 'far');
  if (far.length > 0) return strayLines(reference, sides, far, window);
  const about = { lines: numbersOf(lines) };
  if (agreeing.every((item) => placeOf(item.effectiveOn, window) === 'far')) {
    const redeemed = { ...about, redeemedOn: redeemedOn(agreeing) };
    return verdict(reference, 'missing_in_ledger', 'ledger_outside_window', { items: [], lines }, redeemed);
  }
  const direction = directionOf(sides, window);
  if (!direction) return verdict(reference, 'matched', 'agrees', sides, about);
  const days = { ...about, redeemedOn: redeemedOn(agreeing), bookedOn: bookedOn(lines) };
  return { ...verdict(reference, 'timing_cutoff', 'across_cutoff', sides, days), direction };
}

/**
 * Which ledger items a set of lines may answer, best first: those of the period, those with their neighbours in the
 * window, and only if there are none, those further away.
 */
function ledgerCandidates(items: readonly LedgerItem[], window: MatchWindow): (readonly LedgerItem[])[] {
  const ofPeriod = items.filter((item) => isInPeriod(item.effectiveOn, window));
  const near = items.filter((item) => placeOf(item.effectiveOn, window) !== 'far');
  const candidates = [ofPeriod, near].filter((candidate) => candidate.length > 0);
  return candidates.length > 0 ? candidates : [items];
}

/** The same net amounts; and several lines only where several ledger movements or a refund among them explain it. */
function agree(items: readonly LedgerItem[], lines: readonly StatementLine[]): boolean {
  if (!equalFigures(sumFigures(items), sumFigures(lines.map(signedFigures)))) return false;
  const movements = items.reduce((count, item) => count + item.entries.length, 0);
  return lines.length === 1 || movements > 1 || lines.some((line) => line.type === 'refund');
}

function disagreement(reference: string, sides: Sides): ReferenceResult {
  const ledger = sumFigures(sides.items);
  const statement = sumFigures(sides.lines.map(signedFigures));
  const repeats = sides.lines.filter((line) => equalFigures(signedFigures(line), ledger));
  if (repeats.length > 1) {
    return verdict(reference, 'duplicate_at_partner', 'line_repeated', sides, { lines: numbersOf(repeats) });
  }
  const reason = equalFigures(ledger, statement) ? 'lines_exceed_movements' : 'amounts_differ';
  return verdict(reference, 'amount_mismatch', reason, sides, { lines: numbersOf(sides.lines) });
}

/** The amounts agree, but only with lines booked beyond the cut-off window, which cannot count in this period. */
function strayLines(
  reference: string,
  { items, lines }: Sides,
  far: readonly StatementLine[],
  window: MatchWindow,
): ReferenceResult {
  const near = lines.filter((line) => placeOf(line.booked_on, window) !== 'far');
  const status = near.length === 0 ? 'missing_at_partner' : 'amount_mismatch';
  const about = { lines: numbersOf(far), bookedOn: bookedOn(far) };
  return verdict(reference, status, 'lines_outside_window', { items, lines: near, outside: far }, about);
}

function directionOf({ items, lines }: Sides, window: MatchWindow): TimingDirection | null {
  const booked = lines.map((line) => placeOf(line.booked_on, window));
  const redeemed = items.map((item) => placeOf(item.effectiveOn, window));
  if (booked.includes('after')) return 'booked_after_period';
  if (booked.includes('before')) return 'booked_before_period';
  if (redeemed.includes('before')) return 'redeemed_before_period';
  if (redeemed.includes('after')) return 'redeemed_after_period';
  return null;
}

function verdict(
  reference: string,
  status: MatchStatus,
  reason: MatchReason,
  { items, lines, outside = [] }: Sides,
  about: Partial<MatchFacts>,
): ReferenceResult {
  const ledger = sumFigures(items);
  const statement = sumFigures(lines.map(signedFigures));
  return {
    partner_reference: reference,
    status,
    direction: null,
    reason,
    facts: { lines: [], redeemedOn: [], bookedOn: [], ...about },
    ledger,
    statement,
    difference: subtractFigures(ledger, statement),
    redemptionIds: items.map((item) => item.redemption_id),
    entries: items.flatMap((item) => item.entries).sort(byNumber),
    lines: numbersOf(lines),
    outsideLines: numbersOf(outside),
  };
}

function placeOf(date: string, { first, last, earliest, latest }: MatchWindow): Place {
  if (date >= first && date <= last) return 'in';
  if (date >= earliest && date < first) return 'before';
  if (date > last && date <= latest) return 'after';
  return 'far';
}

function byRedemption(a: LedgerItem, b: LedgerItem): number {
  const [left, right] = [a, b].map((item) => `${item.effectiveOn} ${item.redemption_id} ${item.entries.join(' ')}`);
  return left === right ? 0 : (left ?? '') < (right ?? '') ? -1 : 1;
}

function byNumber(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

const numbersOf = (lines: readonly StatementLine[]) => lines.map((line) => line.line);
const bookedOn = (lines: readonly StatementLine[]) => [...new Set(lines.map((line) => line.booked_on))].sort();
const redeemedOn = (items: readonly LedgerItem[]) => [...new Set(items.map((item) => item.effectiveOn))].sort();
