/** A stored value that this program cannot have written: to verification a finding, to anybody else a failure. */
export class DamagedData extends Error {}
