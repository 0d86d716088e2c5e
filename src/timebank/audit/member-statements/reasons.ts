/**
 * Why something came into a member's purses or went out of them, in words that a member understands. Made whenever a statement is read, from
 * codes and amounts; of no one else it says more than that there was somebody. Pure.
 */
import type { Leaf } from '../../../ledger/leaf.js';
import { formatAmount } from '../../../lib/decimal.js';
import { sameIn, type Words } from '../../../lib/language.js';
import type { IntakeKind } from '../../intake-words.js';
import { differenceWords, wordsOfServiceType } from '../../service-words.js';
import { type Facts, orderOf, partnerOf, type ServiceFact } from './facts.js';
import { type Flow, netOf } from './flows.js';
import { assetOfStated, joined, purseWords } from './purse-words.js';
import { type Loss, lossWords, settlementReason, writtenOff } from './settlements.js';

/** An entry that moved something of a person. */
export interface Moved {
  readonly leaf: Leaf;
  readonly reference: string | null;
  readonly flows: readonly Flow[];
}

type Reason = (moved: Moved, facts: Facts) => Words;

/** By kind of entry. A kind that is not here moves nothing of a member. */
const reasons: Readonly<Record<string, Reason>> = {
  service_recorded: (moved, facts) => {
    const service = facts.services.get(moved.leaf.number);
    return service ? serviceReason(service) : settledReason(moved, facts);
  },
  service_recomputed: ({ leaf }, facts) => {
    const fact = facts.recomputed.get(leaf.number);
    return joined([serviceName(fact), recomputedWhy(fact?.ruleSet ?? null)], { zh: '：', en: ': ' });
  },
  order_accepted: aboutOrder({ zh: '有人接单，冻结时间币', en: 'somebody accepted: coins are held' }),
  order_rejected: aboutOrder({ zh: '点单被驳回，解冻时间币', en: 'rejected: what was held came back' }),
  order_cancelled: aboutOrder({ zh: '点单已取消，解冻时间币', en: 'cancelled: what was held came back' }),
  order_expired: aboutOrder({ zh: '点单已过期，解冻时间币', en: 'expired: what was held came back' }),
  order_no_show: aboutOrder({ zh: '一方未到场，解冻时间币', en: 'a no-show: what was held came back' }),
  order_repaid: aboutOrder({
    zh: '服务记录作废，退还已付时间币',
    en: 'the record was annulled: what was paid came back',
  }),
  redemption_authorised: atPartner({ zh: '兑换，冻结积分', en: 'points held for a redemption' }),
  redemption_captured: atPartner({ zh: '兑换，已核销', en: 'points redeemed' }),
  redemption_voided: atPartner({ zh: '撤销冻结，解冻积分', en: 'redemption given up: points came back' }),
  redemption_expired: atPartner({ zh: '冻结到期未核销，解冻积分', en: 'hold ran out: points came back' }),
  redemption_refunded: atPartner({ zh: '退还已核销的积分', en: 'redeemed points refunded' }),
  gift_offered: () => ({ zh: '转赠给其他成员，待对方接受', en: 'offered to another member' }),
  gift_accepted: () => ({ zh: '接受其他成员转赠', en: 'given by another member' }),
  gift_declined: () => ({ zh: '对方谢绝转赠，退回', en: 'the gift was declined: it came back' }),
  gift_withdrawn: () => ({ zh: '撤回转赠，退回', en: 'the gift was withdrawn: it came back' }),
  gift_expired: () => ({ zh: '转赠逾期未被接受，退回', en: 'nobody accepted the gift in time: it came back' }),
  points_expired: ({ leaf }) => {
    const day = leaf.lots?.[0]?.expires_on ?? '';
    return leaf.reason === 'returned_after_expiry'
      ? { zh: `退回的积分有效期至 ${day}，已过期`, en: `came back after their last day, ${day}: expired` }
      : { zh: `积分到期（有效期至 ${day}）`, en: `points expired: ${day} was their last day` };
  },
  points_reinstated: ({ leaf }) => {
    const day = leaf.lots?.[0]?.expires_on ?? '';
    return { zh: `恢复有效期至 ${day} 的已过期积分`, en: `points that had expired after ${day} put back` };
  },
  grant_given: () => ({ zh: '基金发放资助', en: 'granted by the fund' }),
  grants_expired: ({ leaf }) =>
    leaf.reason === 'returned_after_end'
      ? { zh: '资助账户已终止，退回的资助转回基金', en: 'came back after the grants had ended: returned to the fund' }
      : { zh: '年度资助到期，未用部分退回基金', en: 'the year of the grants is over: the rest returned to the fund' },
  grants_reinstated: () => ({
    zh: '服务记录更正，恢复已退回基金的资助',
    en: 'a record was corrected: grants that had returned to the fund came back',
  }),
  opening_points: () => ({ zh: '期初积分（由其他平台转入）', en: 'points brought along from another platform' }),
  intake_counted: ofItem({
    service_count: { zh: '其他平台计入的志愿服务次数', en: 'acts of service that another platform counted' },
    resolved_issue: { zh: '其他平台上报的问题已解决', en: 'an issue reported on another platform was resolved' },
  }),
  intake_corrected: ofItem({
    service_count: { zh: '其他平台更正志愿服务次数', en: 'another platform corrected a count of service' },
    resolved_issue: { zh: '其他平台更正问题上报记录', en: 'another platform corrected a reported issue' },
  }),
  intake_withdrawn: ofItem({
    service_count: { zh: '其他平台撤回志愿服务次数', en: 'another platform took back a count of service' },
    resolved_issue: {
      zh: '其他平台撤回或驳回上报的问题',
      en: 'another platform took back or rejected a reported issue',
    },
  }),
  adjustment: byDocument({ zh: '调账', en: 'adjustment' }),
  opening_balance: byDocument({ zh: '期初余额', en: 'opening balance' }),
  gift: ({ flows }) =>
    netOf(flows, 'coins') < 0n
      ? { zh: '转赠时间币给其他成员', en: 'coins given to another member' }
      : { zh: '其他成员转赠的时间币', en: 'coins given by another member' },
  donation: ({ leaf, flows }) => {
    const team = leaf.legs?.some(({ debit, credit }) => `${debit} ${credit}`.includes('pool:team:')) ?? false;
    if (netOf(flows, 'coins') > 0n) return { zh: '团队转赠的时间币', en: 'coins given by a team' };
    return team
      ? { zh: '捐赠时间币给团队', en: 'coins donated to a team' }
      : { zh: '捐赠时间币给社区', en: 'coins donated to the community' };
  },
  reversal: ({ leaf }, facts) => takenBack(leaf.reverses ?? '', facts),
  member_settled: settlementReason,
  member_merged: ({ leaf }) => {
    const former = leaf.rows?.find(({ table }) => table === 'member_merges')?.key ?? '';
    return { zh: `编号合并：原编号 ${former} 的余额并入`, en: `ids merged: the balances of ${former} came along` };
  },
};

/** Kinds of entry that have a reason. */
export const reasonedKinds = Object.keys(reasons);

/** Why an entry moved what it moved. A kind that nobody has words for is called by its code. */
export function reasonOf(moved: Moved, facts: Facts): Words {
  const { kind } = moved.leaf;
  const reason = Object.hasOwn(reasons, kind) ? (reasons[kind] as Reason)(moved, facts) : sameIn(kind);
  const lost = kind === 'member_settled' ? writtenOff(moved) : [];
  return joined([reason, ...debtWords(moved.flows, lost), ...lost.map(lossWords)], { zh: '；', en: '; ' });
}

/** `送餐服务（2026-10-05）1.50 小时，得时间币 1.00；少得 0.50（超出每日上限）` */
function serviceReason(service: ServiceFact): Words {
  const { zh, en } = serviceName(service);
  const [hours, coins] = [hundredths(service.hours), hundredths(service.coins)];
  // Who paid is not for the volunteer to know: whom the fund pays for is in need.
  const paid = service.funding === null ? { zh: '得', en: 'earned' } : { zh: '点单支付', en: 'paid for the order' };
  const given: Words = {
    zh: `${zh}${hours} 小时，${paid.zh}时间币 ${coins}`,
    en: `${en}, ${hours} hours given, ${coins} coins ${paid.en}`,
  };
  return joined([given, ...service.differences.map(differenceReason)], { zh: '；', en: '; ' });
}

function differenceReason({ code, amount }: ServiceFact['differences'][number]): Words {
  const { zh, en } = differenceWords[code] ?? sameIn(code);
  return amount > 0n
    ? { zh: `少得 ${hundredths(amount)}（${zh}）`, en: `${hundredths(amount)} fewer (${en})` }
    : { zh: `多得 ${hundredths(-amount)}（${zh}）`, en: `${hundredths(-amount)} more (${en})` };
}

function recomputedWhy(ruleSet: string | null): Words {
  return ruleSet === null
    ? { zh: '因另一条服务记录变动而重新计算', en: 'worked out anew after another record changed' }
    : { zh: `按规则集 ${ruleSet} 重算`, en: `judged anew by the rules ${ruleSet}` };
}

function serviceName(service: Pick<ServiceFact, 'type' | 'servedOn'> | undefined): Words {
  if (service === undefined) return { zh: '志愿服务', en: 'service' };
  const { zh, en } = wordsOfServiceType(service.type);
  return { zh: `${zh}服务（${service.servedOn}）`, en: `${en} on ${service.servedOn}` };
}

/** Of who paid for a service: the rest comes back, or, of a corrected one, more is paid. */
function settledReason({ leaf, flows }: Moved, facts: Facts): Words {
  return aboutOrder(
    netOf(flows, 'coins') + netOf(flows, 'grants') < 0n
      ? { zh: '服务记录更正，补付时间币', en: 'the record was corrected: more was paid' }
      : { zh: '点单完成，解冻未用的时间币', en: 'done: what was held and not used came back' },
  )({ leaf, flows, reference: null }, facts);
}

function aboutOrder(what: Words): Reason {
  return ({ leaf }, facts) => {
    const type = facts.orders.get(orderOf(leaf) ?? '');
    return type === undefined ? what : joined([wordsOfServiceType(type), what], { zh: '：', en: ': ' });
  };
}

function atPartner(what: Words): Reason {
  return ({ leaf }, facts) => {
    const id = partnerOf(leaf) ?? '';
    return joined([sameIn(facts.partners.get(id) ?? id), what], { zh: '：', en: ': ' });
  };
}

function byDocument(what: Words): Reason {
  return ({ reference }) =>
    reference === null
      ? { zh: `${what.zh}（文号已删除）`, en: `${what.en} (its document number was erased)` }
      : { zh: `${what.zh}，文号 ${reference}`, en: `${what.en} by document ${reference}` };
}

/** Of an item of another platform, by what it is. */
function ofItem(what: Readonly<Record<IntakeKind, Words>>): Reason {
  return ({ leaf }) => {
    const { zh, en } = what[leaf.reason as IntakeKind];
    return { zh: `${zh}（报送编号 ${leaf.reference}）`, en: `${en} (item ${leaf.reference})` };
  };
}

function takenBack(number: string, facts: Facts): Words {
  const service = facts.services.get(number);
  const what = service
    ? serviceName(service)
    : (kindWords[facts.kinds.get(number) ?? ''] ?? { zh: '原业务', en: 'what was posted' });
  return {
    zh: `红字冲销第 ${number} 号凭证：${what.zh}`,
    en: `entry ${number} was reversed: ${what.en}`,
  };
}

/** Kinds of entry that can be taken back, other than a service of the member's own. */
const kindWords: Readonly<Record<string, Words>> = {
  service_recorded: { zh: '志愿服务', en: 'a service' },
  service_recomputed: { zh: '重新计算的时间币', en: 'coins that were worked out anew' },
  opening_points: { zh: '期初积分', en: 'points brought along' },
  intake_counted: { zh: '其他平台报送的积分', en: 'points from another platform' },
  intake_corrected: { zh: '其他平台更正的积分', en: 'points that another platform corrected' },
  intake_withdrawn: { zh: '其他平台撤回的积分', en: 'points that another platform took back' },
  adjustment: { zh: '调账', en: 'an adjustment' },
  opening_balance: { zh: '期初余额', en: 'an opening balance' },
  gift: { zh: '转赠', en: 'a gift' },
  donation: { zh: '捐赠', en: 'a donation' },
};

/** What became of a debt: part of what came in repaid it, or what could not be taken back is owed. */
function debtWords(flows: readonly Flow[], lost: readonly Loss[]): Words[] {
  return flows.flatMap(({ purse, owed, ...flow }): Words[] => {
    const net = flow.in - flow.out + (lost.find((one) => owed && one.purse === purse)?.amount ?? 0n);
    if (!owed || net === 0n) return [];
    const [name, amount] = [purseWords[purse], formatAmount(net < 0n ? -net : net, assetOfStated(purse).scale)];
    return net < 0n
      ? [{ zh: `其中${name.zh} ${amount} 用于抵还欠额`, en: `${amount} ${name.en} of it repay what was owed` }]
      : [{ zh: `${name.zh}不足，${amount} 记为欠额`, en: `${amount} ${name.en} of it are owed` }];
  });
}

const hundredths = (amount: bigint) => formatAmount(amount, 2);
