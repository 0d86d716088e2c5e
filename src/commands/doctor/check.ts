/** One thing that was looked at: what was found, and whether the service can work with it. */

export interface Check {
  readonly name: string;
  /** `wrong`: the service will not start, or not do its work. `note`: it will, and somebody should know. */
  readonly state: 'ok' | 'note' | 'wrong';
  readonly found: string;
}

export const ok = (name: string, found: string): Check => ({ name, state: 'ok', found });
export const note = (name: string, found: string): Check => ({ name, state: 'note', found });
export const wrong = (name: string, found: string): Check => ({ name, state: 'wrong', found });
