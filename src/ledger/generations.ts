/**
 * A map that forgets what was not used lately, at the price of two maps: what is set or found stands in the young generation;
 * when it ages, the young generation becomes the old one, and the old one goes.
 */
export class Generations<Key, Value> {
  private young = new Map<Key, Value>();
  private old = new Map<Key, Value>();

  /** `revive` is told what was found in the old generation, so that what belongs to it can be kept with it. */
  constructor(private readonly revive: (value: Value) => void = () => {}) {}

  get(key: Key): Value | undefined {
    const value = this.young.get(key);
    if (value !== undefined) return value;
    const older = this.old.get(key);
    if (older === undefined) return undefined;
    this.young.set(key, older);
    this.revive(older);
    return older;
  }

  set(key: Key, value: Value): void {
    this.young.set(key, value);
  }

  delete(key: Key): void {
    this.young.delete(key);
    this.old.delete(key);
  }

  /** The number of things in the young generation. */
  get size(): number {
    return this.young.size;
  }

  /** Forgets what was not used since it aged last. */
  age(): void {
    this.old = this.young;
    this.young = new Map();
  }
}
