/** The kinds of files that can be imported, by name; what each holds is in kinds.ts. */

export const importKinds = ['org_units', 'members', 'opening_points', 'visits'] as const;
export type ImportKind = (typeof importKinds)[number];
