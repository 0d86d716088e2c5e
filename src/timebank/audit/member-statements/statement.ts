/**
 * A member's statement: hours beside coins beside points, and what is owed of each, by days of effect, each line with its reason. Opening,
 * lines and closing add up for every purse. A person is everybody who was merged into them by the entry at which the statement stands, and
 * so the statement of a range at an entry is the same whenever it is read.
 */
import type { Pool } from '../../../db/connect.js';
import {
  type JointFigures,
  type JointPage,
  type JointPosition,
  readJointStatement,
} from '../../../ledger/reads/joint-statement.js';
import { formatAmount } from '../../../lib/decimal.js';
import type { Words } from '../../../lib/language.js';
import { allPurses } from '../../chart.js';
import { readGrantYears } from '../../credit/grants/reads.js';
import { readMergesOf, type StoredMerge } from '../../credit/merge-reads.js';
import { type Facts, partnerOf, readFacts, type ServiceFact } from './facts.js';
import { type Flow, flowsOf, netOf, type Pocket, pocketsOf } from './flows.js';
import { readLotsAt, type StatementLot } from './lots.js';
import { assetOfStated, type StatedPurse, statedPurses } from './purse-words.js';
import { type Moved, reasonOf } from './reasons.js';

/** Decimal strings. A balance can be below zero: what was dated back counts from its day on, and what was spent meanwhile stays spent. */
export interface PurseFigures {
  readonly purse: StatedPurse;
  readonly asset: string;
  readonly opening: string;
  readonly closing: string;
}

/** What a line moved of one purse, or of what is owed, with the balance after it. */
export interface PurseMovement {
  readonly purse: StatedPurse;
  readonly in: string;
  readonly out: string;
  readonly balance: string;
}

export interface MemberStatementLine {
  readonly entry: string;
  readonly effective_on: string;
  readonly kind: string;
  readonly reason: Words;
  readonly movements: PurseMovement[];
  readonly owed: PurseMovement[];
  /** Of a service that the member gave: what the entry recorded. */
  readonly service: ServiceView | null;
  readonly partner: string | null;
  /** The number of the document that an adjustment rests on. */
  readonly reference: string | null;
}

export interface MemberStatementPage {
  /** The id that the member had at the entry. */
  readonly member: string;
  /** Ids that had been merged into it. */
  readonly merged_from: string[];
  readonly at_entry: string;
  /** Those of every member, and grants, where there ever were any that the reader may know of. */
  readonly purses: PurseFigures[];
  readonly receivables: PurseFigures[];
  /** What the points of the closing balance are, by their last day. */
  readonly lots: StatementLot[];
  readonly lines: MemberStatementLine[];
  readonly next: JointPosition | null;
}

export interface StatementAsked {
  /** An id of the member's, and all that they have by now. */
  readonly id: string;
  readonly knownAs: readonly string[];
  readonly from: string | null;
  readonly to: string | null;
  /** The last entry that counts; the ids are at least as new. */
  readonly atEntry: number;
  /** Whether who asks may know what the member was granted. */
  readonly withGrants: boolean;
  readonly after: JointPosition | null;
  readonly limit: number;
}

/** One page of a member's statement. Refuses: `entry_not_found` (`atEntry` is not written yet). */
export async function readMemberStatement(
  sql: Pool,
  ledgerId: number,
  { id, knownAs, atEntry, withGrants, from, to, after, limit }: StatementAsked,
): Promise<MemberStatementPage> {
  const [member = id, ...former] = idsAt(id, knownAs, await readMergesOf(sql, ledgerId, knownAs), atEntry);
  const years = withGrants ? await readGrantYears(sql, ledgerId, knownAs) : [];
  const pockets = pocketsOf([member, ...former], years);
  const page = await readJointStatement(sql, ledgerId, { codes: [...pockets.keys()], from, to, atEntry, after, limit });
  const leaves = page.entries.map(({ leaf }) => leaf);
  const facts = await readFacts(sql, ledgerId, [member, ...former], leaves);
  const books = figuresOf(pockets, page);
  const lots = await readLotsAt(sql, ledgerId, { codes: [...pockets.keys()], atEntry, to });
  return {
    member,
    merged_from: former,
    at_entry: String(atEntry),
    // Who was never granted anything is shown no grants.
    purses: statedPurses
      .filter((purse) => purse !== 'grants' || books.has(keyOf({ purse, owed: false })))
      .map((purse) => viewFigures(books, { purse, owed: false })),
    // Who never owed anything is shown no debt.
    receivables: allPurses
      .filter((purse) => books.has(keyOf({ purse, owed: true })))
      .map((purse) => viewFigures(books, { purse, owed: true })),
    lots,
    lines: linesOf(page, pockets, books, facts),
    next: page.next,
  };
}

/** Who `id` was at an entry, and then who had been merged into them. */
function idsAt(id: string, knownAs: readonly string[], merges: readonly StoredMerge[], atEntry: number): string[] {
  const into = new Map(merges.filter(({ entry }) => entry <= atEntry).map((one) => [one.member, one.into]));
  const rootOf = (one: string): string => {
    const next = into.get(one);
    return next === undefined ? one : rootOf(next);
  };
  const root = rootOf(id);
  return [root, ...knownAs.filter((one) => one !== root && rootOf(one) === root).sort()];
}

type Books = ReadonlyMap<string, JointFigures>;

const keyOf = ({ purse, owed }: Pocket) => `${purse} ${owed}`;

/** The figures of all accounts of a person together, as balances; what nothing was posted to is not in it. */
function figuresOf(pockets: ReadonlyMap<string, Pocket>, { figures }: JointPage): Books {
  const sums = new Map<string, JointFigures>();
  for (const [code, own] of figures) {
    const pocket = pockets.get(code);
    if (!pocket) throw new Error(`${code} is no account of the member's`);
    const before = sums.get(keyOf(pocket)) ?? nothing;
    const normal = (net: bigint) => (pocket.owed ? net : -net);
    sums.set(keyOf(pocket), {
      opening: before.opening + normal(own.opening),
      closing: before.closing + normal(own.closing),
      running: before.running + normal(own.running),
    });
  }
  return sums;
}

const nothing: JointFigures = { opening: 0n, closing: 0n, running: 0n };

function viewFigures(books: Books, pocket: Pocket): PurseFigures {
  const { asset, scale } = assetOfStated(pocket.purse);
  const { opening, closing } = books.get(keyOf(pocket)) ?? nothing;
  return {
    purse: pocket.purse,
    asset,
    opening: formatAmount(opening, scale),
    closing: formatAmount(closing, scale),
  };
}

function linesOf(
  page: JointPage,
  pockets: ReadonlyMap<string, Pocket>,
  books: Books,
  facts: Facts,
): MemberStatementLine[] {
  const running = new Map([...books].map(([key, figures]) => [key, figures.running]));
  return page.entries.map(({ day, leaf, reference }) => {
    const flows = flowsOf(pockets, leaf.legs ?? []);
    const movements = flows.map((flow) => {
      const balance = (running.get(keyOf(flow)) ?? 0n) + netOf([flow], flow.purse, flow.owed);
      running.set(keyOf(flow), balance);
      return { owed: flow.owed, view: viewMovement(flow, balance) };
    });
    const shown = (owed: boolean) => movements.filter((one) => one.owed === owed).map(({ view }) => view);
    return {
      ...aboutOf({ leaf, reference, flows }, facts),
      effective_on: day,
      movements: shown(false),
      owed: shown(true),
    };
  });
}

function viewMovement({ purse, ...flow }: Flow, balance: bigint): PurseMovement {
  const { scale } = assetOfStated(purse);
  return {
    purse,
    in: formatAmount(flow.in, scale),
    out: formatAmount(flow.out, scale),
    balance: formatAmount(balance, scale),
  };
}

function aboutOf(moved: Moved, facts: Facts) {
  const { number, kind } = moved.leaf;
  const service = facts.services.get(number);
  return {
    entry: number,
    kind,
    reason: reasonOf(moved, facts),
    service: service ? viewService(service) : null,
    partner: partnerOf(moved.leaf),
    reference: moved.reference,
  };
}

function viewService({ id, type, servedOn, hours, coins, differences }: ServiceFact) {
  return {
    id,
    service_type: type,
    served_on: servedOn,
    hours: formatAmount(hours, 2),
    coins: formatAmount(coins, 2),
    differences: differences.map(({ code, amount }) => ({ code, amount: formatAmount(amount, 2) })),
  };
}

export type ServiceView = ReturnType<typeof viewService>;
