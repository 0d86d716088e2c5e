/**
 * The keys a process holds for personal data: the generations of the master key, of which the newest wraps, and the key of look-ups. They
 * are read again when something is wrapped by a generation that it has not seen yet. It does not know where they are kept.
 */
import { randomBytes } from 'node:crypto';
import type { MasterKey } from '../../../master-keys.js';
import type { SealedField } from '../../personal-words.js';
import { lookupOf, newPersonKey, type Owner, unwrapPersonKey, wrapPersonKey } from './seal.js';

/** A person's key as its row holds it; null once it was destroyed. */
export interface WrappedKey {
  readonly generation: number | null;
  readonly wrapped: string | null;
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
    const thrownAway = [{ generation: 1, key: randomBytes(32) }];
    return new PersonalKeys(lookupKey, () => thrownAway);
  }

  /** Takes up the master keys as they are kept now. */
  refresh(): void {
    this.masters = this.read();
  }

  /** A new key for a person, and the same wrapped by the newest master key. */
  newKey(owner: Owner): { key: Buffer; row: WrappedKey } {
    const key = newPersonKey();
    return { key, row: this.wrap(owner, key) };
  }

  /** A person's key. Throws when the master key that wraps it is not kept any more. */
  open(owner: Owner, { generation, wrapped }: WrappedKey): Buffer | null {
    if (generation === null || wrapped === null) return null;
    return unwrapPersonKey(this.masterOf(generation), owner, wrapped);
  }

  /** The same key wrapped by the newest master key. */
  rewrap(owner: Owner, row: WrappedKey): WrappedKey {
    const key = this.open(owner, row);
    return key ? this.wrap(owner, key) : row;
  }

  /** See `lookupOf`. */
  lookup(ledger: string, field: SealedField, value: string): string {
    return lookupOf(this.lookupKey, ledger, field, value);
  }

  private wrap(owner: Owner, key: Buffer): WrappedKey {
    const [newest] = this.masters;
    if (!newest) throw new Error('there is no master key of personal data');
    return { generation: newest.generation, wrapped: wrapPersonKey(newest.key, owner, key) };
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
