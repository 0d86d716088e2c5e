/**
 * Counts tests in TAP, not assertions: a test is a subtest that has none inside. One that fails without a test of its own failing
 * (an assertion between its subtests, a crash) counts as one more that failed.
 */
export class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;
  readonly #open = [{ inner: 0, failed: 0 }];

  /** One line of TAP, as it comes. */
  line(text: string): void {
    const [, indent = '', rest = ''] = /^( *)(.*)$/.exec(text) ?? [];
    const depth = indent.length / 4;
    if (rest.startsWith('# Subtest: ')) {
      const around = this.#open[depth];
      if (around) around.inner += 1;
      this.#open[depth + 1] = { inner: 0, failed: 0 };
    } else if (/^(?:not )?ok \d+ .*# time=/.test(rest)) this.#end(depth, rest.startsWith('ok'));
    else if (/^ok \d+ .*# SKIP/.test(rest)) this.skipped += 1;
  }

  #end(depth: number, ok: boolean): void {
    const ended = this.#open[depth + 1] ?? { inner: 0, failed: 0 };
    const around = this.#open[depth];
    if (ok && ended.inner === 0) this.passed += 1;
    if (!ok && ended.failed === 0) this.failed += 1;
    if (!ok && around) around.failed += 1;
    this.#open.length = depth + 1;
  }
}
