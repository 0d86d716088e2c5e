/** The types of tally.mjs, which test/run.mjs needs as JavaScript. */
export class Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  line(text: string): void;
}
