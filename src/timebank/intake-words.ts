/** The words of what other platforms send: acts that they have counted, and issues that residents have reported. Closed lists, as in words.ts. */

export const intakeKinds = ['service_count', 'resolved_issue'] as const;
export type IntakeKind = (typeof intakeKinds)[number];

/** What the platform says of a count, and of an issue. `counted` and `resolved` earn points. */
export const countStates = ['counted', 'withdrawn'] as const;
export const issueStates = ['reported', 'resolved', 'rejected', 'withdrawn'] as const;

export const intakeStates = ['counted', 'reported', 'resolved', 'rejected', 'withdrawn'] as const;
export type IntakeState = (typeof intakeStates)[number];

/** The most acts that one item counts: what is more is a slip. */
export const mostOccurrences = 100_000;

/** What becomes of the items that were sent together: they stand, or two people undo them, some at a time. */
export const intakeBatchStates = ['open', 'undo_proposed', 'undoing', 'undone'] as const;
export type IntakeBatchState = (typeof intakeBatchStates)[number];

export const intakeBatchStatesZh: Readonly<Record<IntakeBatchState, string>> = {
  open: '有效',
  undo_proposed: '待审批撤销',
  undoing: '撤销中',
  undone: '已撤销',
};
