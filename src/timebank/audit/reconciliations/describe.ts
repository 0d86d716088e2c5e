/**
 * A result in words. Sentences are made whenever a result is shown, from its codes and numbers, and are part of no digest: they
 * may be reworded without touching a run that was made before.
 */
import type { Words } from '../../../lib/language.js';
import { describeFigures } from './figures.js';
import type { MatchReason, MatchWindow, ReferenceResult } from './verdicts.js';

/** Longer lists are cut: one reference may stand on every line of a file. */
const namedAtMost = 20;

const sentences: Record<MatchReason, (result: ReferenceResult, window: MatchWindow) => Words> = {
  agrees: ({ facts, lines }) => ({
    en: `${nameLines(facts.lines).en} ${lines.length === 1 ? 'agrees' : 'together agree'} with the ledger to the point and the cent`,
    zh: `${nameLines(facts.lines).zh}${lines.length === 1 ? '' : '合计'}与账簿的积分和金额完全一致`,
  }),
  refunded_in_full: () => ({
    en: 'captured and refunded in full, and the partner claims nothing',
    zh: '已核销并全额退还，合作方未提出任何主张',
  }),
  no_line: () => ({ en: 'the statement has no line for this redemption', zh: '对账单中没有这笔兑换' }),
  unknown_in_ledger: ({ facts }, { earliest, latest }) => ({
    en: `${nameLines(facts.lines).en}: the ledger has nothing under this reference from ${earliest} to ${latest}`,
    zh: `${nameLines(facts.lines).zh}：账簿在 ${earliest} 至 ${latest} 没有此流水号的记录`,
  }),
  ledger_outside_window: ({ facts }) => ({
    en: `${nameLines(facts.lines).en}: the ledger has it on ${list(facts.redeemedOn).en}, outside the period and its cut-off window`,
    zh: `${nameLines(facts.lines).zh}：账簿记于 ${list(facts.redeemedOn).zh}，不在对账期间及其截止窗口内`,
  }),
  amounts_differ: ({ facts, ledger, statement }) => ({
    en: `the ledger has ${describeFigures(ledger).en}, the statement ${describeFigures(statement).en} on ${nameLines(facts.lines).en}`,
    zh: `账簿为 ${describeFigures(ledger).zh}，对账单${nameLines(facts.lines).zh}为 ${describeFigures(statement).zh}`,
  }),
  lines_exceed_movements: ({ facts, ledger }) => ({
    en: `${nameLines(facts.lines).en} add up to the ledger's ${describeFigures(ledger).en}, but the ledger has one movement`,
    zh: `${nameLines(facts.lines).zh}合计等于账簿的 ${describeFigures(ledger).zh}，但账簿只有一笔变动`,
  }),
  line_repeated: ({ facts, ledger }) => ({
    en: `${nameLines(facts.lines).en} each carry the ledger's full ${describeFigures(ledger).en}`,
    zh: `${nameLines(facts.lines).zh}均为账簿的全额 ${describeFigures(ledger).zh}`,
  }),
  lines_outside_window: ({ facts }) => ({
    en: `${nameLines(facts.lines).en} booked on ${list(facts.bookedOn).en} would agree, but outside the period and its cut-off window`,
    zh: `${nameLines(facts.lines).zh}记账于 ${list(facts.bookedOn).zh}，数额一致，但不在对账期间及其截止窗口内`,
  }),
  across_cutoff: ({ facts }) => ({
    en: `redeemed on ${list(facts.redeemedOn).en}, ${nameLines(facts.lines).en} booked on ${list(facts.bookedOn).en}: the same amounts across the cut-off`,
    zh: `兑换于 ${list(facts.redeemedOn).zh}，${nameLines(facts.lines).zh}记账于 ${list(facts.bookedOn).zh}，数额相同，但跨越截止日`,
  }),
  amount_not_positive: ({ facts }) => ({
    en: `${nameLines(facts.lines).en} has an amount that is not positive`,
    zh: `${nameLines(facts.lines).zh}的数额不是正数`,
  }),
  other_period: ({ facts }) => ({
    en: `${nameLines(facts.lines).en}: booked and redeemed outside the period, it belongs in another file`,
    zh: `${nameLines(facts.lines).zh}：记账和兑换均不在本对账期间，应列入另一份对账单`,
  }),
};

/** One sentence that says why a reference has its verdict. */
export function describeResult(result: ReferenceResult, window: MatchWindow): Words {
  return sentences[result.reason](result, window);
}

function nameLines(lines: readonly number[]): Words {
  const { en, zh } = list(lines, '行');
  const counted = lines.length > namedAtMost;
  return { en: `${lines.length === 1 ? 'line' : 'lines'} ${en}`, zh: `第 ${zh}${counted ? '' : ' 行'}` };
}

/** `counter` is what Chinese counts the values in; they are days unless said otherwise. */
function list(values: readonly (number | string)[], counter: '天' | '行' = '天'): Words {
  const named = values.slice(0, namedAtMost);
  const [en, zh] = [named.join(', '), named.join('、')];
  if (values.length <= namedAtMost) return { en, zh };
  return { en: `${en} and ${values.length - namedAtMost} more`, zh: `${zh} 等 ${values.length} ${counter}` };
}
