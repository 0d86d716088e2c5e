/**
 * The keys a process holds for personal data: the generations of the master key, of which the newest wraps, and the key of look-ups. They
 * are read again when something is wrapped by a generation that it has not seen yet, or is to be. It does not know where they are kept.
 */
import { randomBytes } from 'node:crypto';
import { UserError } from '../../../lib/user-error.js';
import type { MasterKey } from '../../../master-keys.js';
import type { SealedField } from '../../personal-words.js';
import { lookupOf, newPersonKey, type Owner, unwrapPersonKey, wrapPersonKey } from './seal.js';

/** A person's key as its row holds it; null once it was destroyed. */
export interface WrappedKey {
  readonly generation: number | null;
  readonly wrapped: string | null;
}

/** This process has no master key as new as the one by which keys of people are wrapped now: it would wrap by one that is gone. */
export class MasterKeyOutdated extends UserError {
  override readonly name = 'MasterKeyOutdated';
}

export class PersonalKeys {
  private masters: readonly MasterKey[] = [];

  constructor(
    private readonly lookupKey: Buffer,
    /** The master keys as they are kept now, the newest first. */
    private readonly read: () => readonly MasterKey[],
  ) {
    this.refresh();
  }

  /** For trying what will not be kept: it compares, and what it seals nobody opens. */
  static forTrials(lookupKey: Buffer): PersonalKeys {
    const thrownAway = [{ generation: Number.POSITIVE_INFINITY, key: randomBytes(32) }];
    return new PersonalKeys(lookupKey, () => thrownAway);
  }

  /** Takes up the master keys as they are kept now. */
  refresh(): void {
    this.masters = this.read();
  }

  /** A new key for a person, and the same wrapped by the newest master key. Throws as `wrapping`. */
  newKey(owner: Owner, atLeast: number): { key: Buffer; row: WrappedKey } {
    const key = newPersonKey();
    return { key, row: this.wrap(owner, key, atLeast) };
  }

  /** A person's key. Throws when the master key that wraps it is not kept any more. */
  open(owner: Owner, { generation, wrapped }: WrappedKey): Buffer | null {
    if (generation === null || wrapped === null) return null;
    return unwrapPersonKey(this.masterOf(generation), owner, wrapped);
  }

  /** The same key wrapped by the newest master key. Throws as `wrapping`. */
  rewrap(owner: Owner, row: WrappedKey, atLeast: number): WrappedKey {
    const key = this.open(owner, row);
    return key ? this.wrap(owner, key, atLeast) : row;
  }

  /** The master key that wraps: the newest, and no older than a generation. Throws MasterKeyOutdated when none is kept. */
  wrapping(atLeast: number): MasterKey {
    if ((this.masters[0]?.generation ?? 0) < atLeast) this.refresh();
    const [newest] = this.masters;
    if (newest && newest.generation >= atLeast) return newest;
    throw new MasterKeyOutdated({
      en: `keys of people are wrapped by generation ${atLeast} of the master key, which is not kept here: nothing was recorded`,
      zh: `个人密钥现由第 ${atLeast} 代主密钥封装，此处没有该密钥：未记录任何内容`,
    });
  }

  /** See `lookupOf`. */
  lookup(ledger: string, field: SealedField, value: string): string {
    return lookupOf(this.lookupKey, ledger, field, value);
  }

  private wrap(owner: Owner, key: Buffer, atLeast: number): WrappedKey {
    const master = this.wrapping(atLeast);
    return { generation: master.generation, wrapped: wrapPersonKey(master.key, owner, key) };
  }

  private masterOf(generation: number): Buffer {
    const held = () => this.masters.find((master) => master.generation === generation)?.key;
    const known = held();
    if (known) return known;
    this.refresh();
    const found = held();
    if (!found) throw new Error(`the master key of personal data of generation ${generation} is not kept any more`);
    return found;
  }
}
