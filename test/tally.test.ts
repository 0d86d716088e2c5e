/** The count at the end of a run: tests, not assertions, and no failure lost. */
import { test } from 'tap';
import { Tally } from './support/tally.js';

function count(tap: string) {
  const tally = new Tally();
  for (const line of tap.split('\n')) tally.line(line);
  return [tally.passed, tally.failed, tally.skipped];
}

test('tests are counted where they have no tests inside, however much they assert', async (t) => {
  const tap = `# Subtest: test/a.test.ts
    # Subtest: one
        ok 1 - should be equal
        ok 2 - should be equal
        1..2
    ok 1 - one # time=1ms

    # Subtest: many
        # Subtest: first
            ok 1 - yes
        ok 1 - first # time=1ms
        # Subtest: second
            ok 1 - yes
        ok 2 - second # time=1ms
        1..2
    ok 2 - many # time=2ms
    ok 3 - another # SKIP not here
    1..3
ok 1 - test/a.test.ts # time=3ms
`;
  t.same(count(tap), [3, 0, 1]);
});

test('a failure counts once, at its test; a file that fails without one counts as a test', async (t) => {
  const tap = `# Subtest: test/a.test.ts
    # Subtest: one
        not ok 1 - should be equal
        not ok 2 - should be equal
    not ok 1 - one # time=1ms
    # Subtest: two
        ok 1 - yes
    ok 2 - two # time=1ms
not ok 1 - test/a.test.ts # time=3ms
# Subtest: test/b.test.ts
    # Subtest: fine
        ok 1 - yes
    ok 1 - fine # time=1ms
    not ok 2 - test unfinished
not ok 2 - test/b.test.ts # time=3ms
# Subtest: test/c.test.ts
not ok 3 - test/c.test.ts # time=3ms
`;
  t.same(count(tap), [2, 3, 0]);
});
