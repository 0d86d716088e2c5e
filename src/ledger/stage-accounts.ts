/**
 * Accounts on the stage: opening them, and moving amounts from one to another, each change with its undo. It does not know the entry
 * that does so.
 */

import { parseAmount } from '../lib/decimal.js';
import { Refusal } from '../lib/refusal.js';
import { type Account, type AccountSpec, applyDay, applyPosting, isDebitNormal } from './accounts.js';
import type { EntryDraft, LegDraft, StagedLeg, StagedPosting } from './drafts.js';
import { notLoaded } from './missing.js';
import { StageReads } from './stage-reads.js';
import type { LaneState } from './state.js';

export class StageAccounts extends StageReads {
  protected accountCount: number;

  constructor(state: LaneState, careful: boolean) {
    super(state, careful);
    this.accountCount = state.head.accountCount;
  }

  protected prefetchAccounts(draft: EntryDraft): void {
    let absent = false;
    const look = (code: string) => {
      if (this.state.accounts.get(code) !== undefined) return;
      this.missing.accounts.add(code);
      absent = true;
    };
    for (const spec of draft.opens ?? []) look(spec.code);
    for (const leg of draft.legs ?? []) {
      look(leg.debit);
      look(leg.credit);
    }
    if (absent) throw notLoaded;
  }

  protected addAsset({ asset, scale }: { asset: string; scale: number }): void {
    this.state.assets.set(asset, scale);
    this.undo.push(() => this.state.assets.delete(asset));
  }

  protected open(spec: AccountSpec): Account {
    if (this.account(spec.code) !== null)
      throw new Refusal('account_exists', {
        en: `account ${spec.code} exists already`,
        zh: `账户 ${spec.code} 已存在`,
      });
    const account: Account = {
      id: this.accountCount + 1,
      code: spec.code,
      asset: spec.asset,
      scale: this.scaleOf(spec.asset),
      type: spec.type,
      debitNormal: isDebitNormal(spec.type),
      control: spec.control ?? false,
      floor: spec.floor ?? null,
      ceiling: spec.ceiling ?? null,
      state: 'open',
      debits: 0n,
      credits: 0n,
      version: 0,
      latest: null,
    };
    this.accountCount += 1;
    this.state.accounts.set(spec.code, account);
    this.undo.push(() => {
      this.accountCount -= 1;
      this.state.accounts.set(spec.code, null);
    });
    return account;
  }

  protected move(leg: LegDraft, control: boolean, post: (account: Account, amount: bigint) => void): StagedLeg {
    if (leg.debit === leg.credit)
      throw new Refusal('leg_invalid', {
        en: `a leg cannot debit and credit ${leg.debit} at once`,
        zh: `同一借贷行不能同时借记和贷记 ${leg.debit}`,
      });
    const debit = this.postable(leg.debit, control);
    const credit = this.postable(leg.credit, control);
    if (debit.asset !== credit.asset) {
      throw new Refusal('asset_mismatch', {
        en: `${debit.code} holds ${debit.asset}, ${credit.code} holds ${credit.asset}`,
        zh: `${debit.code} 的资产是 ${debit.asset}，${credit.code} 的资产是 ${credit.asset}`,
      });
    }
    const amount = typeof leg.amount === 'bigint' ? leg.amount : parseAmount(leg.amount, debit.scale);
    if (amount <= 0n)
      throw new Refusal('amount_invalid', {
        en: 'the amount of a leg is greater than zero',
        zh: '借贷行的数额必须大于零',
      });
    post(debit, amount);
    post(credit, -amount);
    return { debit, credit, amount };
  }

  private postable(code: string, control: boolean): Account {
    const account = this.account(code);
    if (account === null)
      throw new Refusal('account_not_found', { en: `there is no account ${code}`, zh: `没有账户 ${code}` });
    if (account.control && !control) {
      throw new Refusal('account_restricted', {
        en: `${code} is a control account: it is posted to only through its sub-ledger`,
        zh: `${code} 是统制账户，只能通过其明细账的业务过账`,
      });
    }
    return account;
  }

  protected apply(account: Account, amount: bigint, entry: number, day: string): StagedPosting {
    const { debits, credits, version, latest } = account;
    const balance = applyPosting(account, amount);
    const earlier = applyDay(account, day, amount, entry);
    this.undo.push(() => {
      account.debits = debits;
      account.credits = credits;
      account.version = version;
      account.latest = latest;
    });
    return { account, amount, balance, version: account.version, earlier };
  }
}
