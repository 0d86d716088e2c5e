/** A stored value that this program cannot have written: to verification a finding, to anybody else a failure. */
import type { Words } from './language.js';

export class DamagedData extends Error {
  constructor(readonly detail: Words) {
    super(detail.en);
  }
}
