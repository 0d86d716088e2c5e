/**
 * What a correction means for other records of the volunteer: each that changes does so by an entry of its own, under the rules it was judged
 * by, named by the id of the record that was corrected. Knows which records count; not what was wrong with the one.
 */
import { type AccountSpec, balanceOf } from '../../../ledger/accounts.js';
import { change, type LegDraft, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { memberAccount, type TimebankKind } from '../../chart.js';
import type { Used } from '../../credit/further-caps.js';
import { creditMember, creditNeeds, debitMember, type FreeHolds, freeIfShort } from '../../credit/receivable.js';
import { type Figures, recomputeCut, takeBackSteps } from '../../credit/recompute.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { rulesNamed } from '../../credit/rules-in-force.js';
import { idsBehind, idsOf, type Member, requireMember } from '../../people/members.js';
import { memberRows } from '../../people/rows.js';
import { countMore, limitsOfRecord, prefetchCounts } from '../limits/count.js';
import { usedOf } from '../minting-facts.js';
import { serviceRecomputationRows } from '../rows.js';
import {
  allStandingRecords,
  figureLists,
  figuresOf,
  judgedBy,
  mintedBy,
  type ServiceRecord,
  standingRecords,
} from '../standing.js';

const issuance = 'coin:issuance';

/** A week in which a correction changed what was minted. */
interface Corrected {
  /** The id of the record that was corrected. */
  readonly of: string;
  readonly member: string;
  /** Its Monday. */
  readonly week: string;
}

export interface TakingBack {
  /** The id of the record for which it is. */
  readonly of: string;
  /** Who carries, by the id that they have now. */
  readonly memberId: string;
  /** Records from which nothing is taken. */
  readonly except: readonly string[];
  readonly freeHolds: FreeHolds;
  /** When no record has minted what is missing; left out: that cannot be. */
  readonly onShort?: () => never;
}

/**
 * Before a record comes to carry less: where more was minted of what it carried than will be left, whole steps are taken back from the records
 * that minted them, the latest first, so that nobody ever carries less than nothing. `missing` is what there still lacks, now. Says from records of
 * which weeks.
 */
export function takeBackCarry(
  stage: Stage,
  { of, memberId, except, freeHolds, onShort }: TakingBack,
  missing: () => bigint,
): { readonly entry: StagedEntry; readonly week: string }[] {
  if (missing() <= 0n) return [];
  const others = allStandingRecords(stage, idsOf(requireMember(stage, memberId))).filter(
    (one) => !except.includes(one.service_record_id) && one.funding === null,
  );
  stage.prefetch({ accounts: creditNeeds(memberId, 'coins'), lists: figureLists(others) });
  prefetchRules(stage, others);
  prefetchCounts(stage, others);
  const taken: { entry: StagedEntry; week: string }[] = [];
  for (const one of others.sort(byEntry).reverse()) {
    if (missing() <= 0n) break;
    const changed = takeBackSteps(rulesOf(stage, one), figuresOf(stage, one), missing());
    if (changed) taken.push({ entry: takeBack(stage, { of, memberId, one, changed, freeHolds }), week: one.week });
  }
  if (missing() > 0n) onShort?.();
  if (missing() > 0n) throw new Error(`more was carried from ${of} than records minted of it`);
  return taken;
}

interface Taking extends Omit<TakingBack, 'except' | 'onShort'> {
  readonly one: ServiceRecord;
  readonly changed: Figures;
}

function takeBack(stage: Stage, { of, memberId, one, changed, freeHolds }: Taking): StagedEntry {
  const rules = rulesOf(stage, one);
  const member = requireMember(stage, memberId);
  const purse = { memberId: member.member_id, purse: 'coins', credit: issuance, amount: -changed.coins } as const;
  const { legs, opens } = debitMember(stage, purse, freeHolds);
  freeIfShort(stage, rules.holding_cap_excess, -changed.toPool, freeHolds);
  const pool = legOf(rules.holding_cap_excess, issuance, -changed.toPool);
  return post(stage, { of, one, member, changed, legs: [...legs, ...pool], opens });
}

/** Lets the records of a week that a cap cut have the room that there is now, in the order in which they were decided. */
export function recomputeWeek(stage: Stage, { of, member: id, week }: Corrected): StagedEntry[] {
  const ids = idsOf(requireMember(stage, id));
  const minted = standingRecords(stage, ids, [week]).filter(({ funding }) => funding === null);
  stage.prefetch({ accounts: creditNeeds(id, 'coins'), lists: figureLists(minted) });
  prefetchRules(stage, minted);
  prefetchCounts(stage, minted);
  return minted.sort(byEntry).flatMap((one) => {
    const rules = rulesOf(stage, one);
    const member = requireMember(stage, id);
    const purse = stage.account(memberAccount(id, 'coins'));
    const now = figuresOf(stage, one);
    const changed = recomputeCut({
      rules,
      now,
      others: usedByOthers(stage, rules, { one, ids, now }),
      mintedThatDay: mintedBy(
        stage,
        minted.filter(({ served_on }) => served_on === one.served_on),
      ),
      mintedThatWeek: mintedBy(stage, minted),
      carryIn: member.carry,
      coinBalance: purse ? balanceOf(purse) : 0n,
    });
    if (!changed) return [];
    const coins = creditMember(stage, { memberId: id, purse: 'coins', debit: issuance, amount: changed.coins });
    const legs = [...coins.legs, ...legOf(issuance, rules.holding_cap_excess, changed.toPool)];
    return [post(stage, { of, one, member, changed, legs, opens: coins.opens })];
  });
}

interface Standing {
  readonly one: ServiceRecord;
  /** All ids of the volunteer. */
  readonly ids: readonly string[];
  readonly now: Figures;
}

/** What other records have used of further caps and budgets. */
function usedByOthers(stage: Stage, rules: RuleSet, { one, ids, now }: Standing): Used {
  const served = {
    ids,
    recipients: one.recipient_id === null ? [] : idsBehind(stage, one.recipient_id),
    servedOn: one.served_on,
    id: one.service_record_id,
    limits: limitsOfRecord(stage, one),
  };
  const coins = now.coins + now.toPool;
  return usedOf(stage, rules, served, { coins, records: coins > 0n ? 1 : 0 });
}

interface Recomputed {
  readonly of: string;
  readonly one: ServiceRecord;
  readonly member: Member;
  readonly changed: Figures;
  readonly legs: readonly LegDraft[];
  readonly opens: readonly AccountSpec[];
}

function post(stage: Stage, { of, one, member, changed, legs, opens }: Recomputed): StagedEntry {
  const { service_record_id, volunteer_id, week, served_on } = one;
  const { coins, toPool: to_pool, capDay: cap_day, capWeek: cap_week, roundingCarry: rounding_carry } = changed;
  return stage.post({
    kind: 'service_recomputed' satisfies TimebankKind,
    reference: of,
    control: true,
    ruleSet: judgedBy(stage, one),
    legs,
    opens,
    rows: [
      change(memberRows, { ...member, carry: member.carry + rounding_carry }),
      ...countMore(stage, one, coins + to_pool),
      change(serviceRecomputationRows, {
        service_record_id,
        volunteer_id,
        week,
        served_on,
        coins,
        to_pool,
        cap_day,
        cap_week,
        rounding_carry,
        ...{ other: null, others: null, rule_set: null, recomputation_id: null },
      }),
    ],
  });
}

/** Has what says which rules judged each of these loaded together, however many they are. */
function prefetchRules(stage: Stage, records: readonly ServiceRecord[]): void {
  stage.savepoints(records.map((one) => () => rulesOf(stage, one)));
}

/** The rules by which a record was judged last. */
function rulesOf(stage: Stage, record: ServiceRecord): RuleSet {
  return rulesNamed(stage, judgedBy(stage, record));
}

function legOf(debit: string, credit: string, amount: bigint): LegDraft[] {
  return amount > 0n ? [{ debit, credit, amount }] : [];
}

const byEntry = (one: ServiceRecord, other: ServiceRecord) => (one.entry ?? 0) - (other.entry ?? 0);
