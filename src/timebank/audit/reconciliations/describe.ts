/**
 * A result in words. Sentences are made whenever a result is shown, from its codes and numbers, and are part of no digest: they
 * may be reworded or translated without touching a run that was made before.
 */
import type { MatchReason, MatchWindow, ReferenceResult } from './classify.js';
import { describeFigures } from './figures.js';

/** Longer lists are cut: one reference may stand on every line of a file. */
const namedAtMost = 20;

const sentences: Record<MatchReason, (result: ReferenceResult, window: MatchWindow) => string> = {
  agrees: ({ facts, lines }) =>
    `${nameLines(facts.lines)} ${lines.length === 1 ? 'agrees' : 'together agree'} with the ledger to the point and the cent`,
  refunded_in_full: () => 'captured and refunded in full, and the partner claims nothing',
  no_line: () => 'the statement has no line for this redemption',
  unknown_in_ledger: ({ facts }, { earliest, latest }) =>
    `${nameLines(facts.lines)}: the ledger has nothing under this reference from ${earliest} to ${latest}`,
  ledger_outside_window: ({ facts }) =>
    `${nameLines(facts.lines)}: the ledger has it on ${list(facts.redeemedOn)}, outside the period and its cut-off window`,
  amounts_differ: ({ facts, ledger, statement }) =>
    `the ledger has ${describeFigures(ledger)}, the statement ${describeFigures(statement)} on ${nameLines(facts.lines)}`,
  lines_exceed_movements: ({ facts, ledger }) =>
    `${nameLines(facts.lines)} add up to the ledger's ${describeFigures(ledger)}, but the ledger has one movement`,
  line_repeated: ({ facts, ledger }) =>
    `${nameLines(facts.lines)} each carry the ledger's full ${describeFigures(ledger)}`,
  lines_outside_window: ({ facts }) =>
    `${nameLines(facts.lines)} booked on ${list(facts.bookedOn)} would agree, but outside the period and its cut-off window`,
  across_cutoff: ({ facts }) =>
    `redeemed on ${list(facts.redeemedOn)}, ${nameLines(facts.lines)} booked on ${list(facts.bookedOn)}: the same amounts across the cut-off`,
  amount_not_positive: ({ facts }) => `${nameLines(facts.lines)} has an amount that is not positive`,
  other_period: ({ facts }) =>
    `${nameLines(facts.lines)}: booked and redeemed outside the period, it belongs in another file`,
};

/** One sentence that says why a reference has its verdict. */
export function describeResult(result: ReferenceResult, window: MatchWindow): string {
  return sentences[result.reason](result, window);
}

function nameLines(lines: readonly number[]): string {
  return `${lines.length === 1 ? 'line' : 'lines'} ${list(lines)}`;
}

function list(values: readonly (number | string)[]): string {
  if (values.length <= namedAtMost) return values.join(', ');
  return `${values.slice(0, namedAtMost).join(', ')} and ${values.length - namedAtMost} more`;
}
