/**
 * The replay: from the leaves alone, in order, what the books must contain: accounts, postings with balances and versions, the
 * tree of the log. Pure: it is fed entries and asked what they amount to. It holds the accounts, the entries that were
 * reversed, and one hash for 256 entries.
 */
import type { Words } from '../../lib/language.js';
import { type Account, type AccountType, balanceOf, isDebitNormal } from '../accounts.js';
import type { Leaf, LeafAccount } from '../leaf.js';
import { Frontier } from '../log/merkle.js';
import type { Declared } from './declared.js';

export interface ReplayedAccount extends Omit<Account, 'id'> {
  id: number;
}

export interface ReplayedPosting {
  readonly account: ReplayedAccount;
  readonly version: number;
  readonly amount: bigint;
  readonly balance: bigint;
}

/** Told what is wrong with the entry itself. */
export type Problem = (detail: Words) => void;

export class Replay {
  readonly accounts = new Map<string, ReplayedAccount>();
  readonly assets = new Map<string, number>();
  /** Hashes of the stored levels, in hex: `nodes[1][0]` is the root of the first 256 leaves. */
  readonly nodes: string[][] = [];
  readonly reversed = new Set<string>();
  readonly frontier = new Frontier();
  postings = 0;
  zone: string | null = null;
  origin: string | null = null;
  logKey: string | null = null;
  closedThrough: string | null = null;
  recordedAt = '1970-01-01T00:00:00.000000Z';
  /** Null while every entry is there and right. */
  private declared: Declared | null = null;

  /** Whether no entry is lost or wrong so far. */
  get complete(): boolean {
    return this.declared === null;
  }

  get nodeCount(): number {
    return this.nodes.reduce((count, level) => count + level.length, 0);
  }

  /** Every entry is in the tree, also one whose leaf says nothing. */
  grow(leafHash: Buffer): void {
    this.frontier.append(leafHash, (level, index, hash) => {
      this.nodes[level] ??= [];
      (this.nodes[level] as string[])[Number(index)] = hash.toString('hex');
    });
  }

  /** Takes the next entry and returns the postings it must have made. */
  take(leaf: Leaf, problem: Problem): ReplayedPosting[] {
    if (leaf.recorded_at <= this.recordedAt)
      problem({
        en: `recorded at ${leaf.recorded_at}, not after the entry before it`,
        zh: `记账时间 ${leaf.recorded_at} 不晚于前一张凭证`,
      });
    this.recordedAt = leaf.recorded_at;
    for (const { asset, scale } of leaf.assets ?? []) this.assets.set(asset, Number(scale));
    if (leaf.zone !== undefined) this.zone = leaf.zone;
    if (leaf.origin !== undefined) this.origin = leaf.origin;
    if (leaf.log_key !== undefined) this.logKey = leaf.log_key;
    if (this.closedThrough !== null && leaf.effective_on <= this.closedThrough)
      problem({ en: 'effective in a period that was closed', zh: '生效日期在已关账的会计期间内' });
    if (leaf.closed_through !== undefined) this.closedThrough = leaf.closed_through;
    for (const account of leaf.accounts ?? []) this.open(account, problem);
    if (leaf.reverses !== undefined) this.reverse(leaf.reverses, leaf.number, problem);
    return this.post(leaf, problem);
  }

  /** From here on what a lost entry may have declared is taken as the tables have it, and so are the accounts' ids. */
  adopt(declared: Declared): void {
    this.declared = declared;
    for (const account of this.accounts.values()) account.id = this.idOf(account.code, account.id);
  }

  /** Ids are given in the order of opening; without the whole of it, only the table knows them. Negative is an id of no row. */
  private idOf(code: string, inOrder: number): number {
    return this.declared ? (this.declared.accounts.get(code)?.id ?? -inOrder) : inOrder;
  }

  /** The account of a leg, also one that no entry was seen to open. */
  private accountOf(code: string, problem: Problem): ReplayedAccount | undefined {
    const known = this.accounts.get(code);
    const declared = known ? undefined : this.declared?.accounts.get(code);
    if (!declared) return known;
    problem({
      en: `posts to ${code}, which no entry before it opens`,
      zh: `过账到账户 ${code}，而此前没有凭证开设该账户`,
    });
    this.accounts.set(code, declared);
    return declared;
  }

  private open(spec: LeafAccount, problem: Problem): void {
    if (this.accounts.has(spec.code))
      problem({ en: `opens account ${spec.code} a second time`, zh: `重复开设账户 ${spec.code}` });
    const scale = this.assets.get(spec.asset) ?? this.declared?.assets.get(spec.asset);
    if (scale === undefined)
      problem({
        en: `opens ${spec.code} in ${spec.asset}, which this ledger does not keep`,
        zh: `以资产 ${spec.asset} 开设账户 ${spec.code}，而本账本没有该资产`,
      });
    const type = spec.type as AccountType;
    const bound = (text: string | null) => (text === null ? null : minorUnits(text, scale ?? 0, problem));
    this.accounts.set(spec.code, {
      id: this.idOf(spec.code, this.accounts.size + 1),
      code: spec.code,
      asset: spec.asset,
      scale: scale ?? 0,
      type,
      debitNormal: isDebitNormal(type),
      control: spec.control,
      floor: bound(spec.floor),
      ceiling: bound(spec.ceiling),
      state: 'open',
      debits: 0n,
      credits: 0n,
      version: 0,
      latest: null,
    });
  }

  private reverse(reversed: string, by: string, problem: Problem): void {
    if (Number(reversed) >= Number(by))
      problem({
        en: `reverses entry ${reversed}, which is not before it`,
        zh: `冲销凭证 ${reversed}，而该凭证不在其之前`,
      });
    if (this.reversed.has(reversed))
      problem({ en: `reverses entry ${reversed} a second time`, zh: `重复冲销凭证 ${reversed}` });
    this.reversed.add(reversed);
  }

  private post(leaf: Leaf, problem: Problem): ReplayedPosting[] {
    const postings: ReplayedPosting[] = [];
    if (leaf.legs === undefined) return postings;
    for (const leg of leaf.legs) {
      const debit = this.accountOf(leg.debit, problem);
      const credit = this.accountOf(leg.credit, problem);
      if (!debit || !credit || debit === credit || debit.asset !== leg.asset || credit.asset !== leg.asset) {
        problem({
          en: `a leg of ${leg.asset} from ${leg.debit} to ${leg.credit} does not fit the accounts`,
          zh: `资产 ${leg.asset} 的借贷行（借 ${leg.debit}，贷 ${leg.credit}）与账户不符`,
        });
        continue;
      }
      const amount = minorUnits(leg.amount, debit.scale, problem);
      postings.push(move(debit, amount, problem), move(credit, -amount, problem));
    }
    this.postings += postings.length;
    return postings;
  }
}

function move(account: ReplayedAccount, amount: bigint, problem: Problem): ReplayedPosting {
  if (amount > 0n) account.debits += amount;
  else account.credits -= amount;
  account.version += 1;
  const balance = balanceOf(account);
  const lowers = amount > 0n !== account.debitNormal;
  if (lowers && account.floor !== null && balance < account.floor)
    problem({ en: `takes ${account.code} below its floor`, zh: `使账户 ${account.code} 低于下限` });
  if (!lowers && account.ceiling !== null && balance > account.ceiling)
    problem({ en: `takes ${account.code} above its ceiling`, zh: `使账户 ${account.code} 超过上限` });
  return { account, version: account.version, amount, balance };
}

/** Leaves are written with all the decimals of the asset, so the digits are the minor units. */
function minorUnits(text: string, scale: number, problem: Problem): bigint {
  const point = text.indexOf('.');
  const decimals = point < 0 ? 0 : text.length - point - 1;
  if (decimals !== scale)
    problem({
      en: `writes "${text}" where the asset has ${scale} decimals`,
      zh: `数额写作“${text}”，而该资产应有 ${scale} 位小数`,
    });
  return BigInt(point < 0 ? text : text.slice(0, point) + text.slice(point + 1));
}
