/**
 * Files that prove a service on paper: a row for each, by its SHA-256, which the log names. The bytes lie outside the journal, so that they can
 * be erased; the row stays and says on which day. Who keeps the bytes is not known here.
 */
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import { type ErasureReason, postErasure } from '../../../ledger/erasure.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import { idsNow } from '../../people/members.js';
import { requireNotErased } from '../../people/personal-data/not-erased.js';
import { erasureRows } from '../../people/personal-data/rows.js';
import type { EvidenceType } from '../../service-words.js';
import { orderEvidenceRows } from './rows.js';
import { type Asking, memberOf, type OrderNow, recipientsOf, requireOrder, volunteersOf } from './who.js';

export type Evidence = NonNullable<ReturnType<typeof orderEvidenceRows.decode>>;

export interface EvidenceFile {
  readonly orderId: string;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
  readonly mediaType: EvidenceType;
  readonly bytes: number;
  /** Under which the bytes are kept. */
  readonly fileId: string;
}

/** What a file begins with, by its type. */
const signatures: Readonly<Record<EvidenceType, readonly number[]>> = {
  'image/png': [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  'image/jpeg': [0xff, 0xd8, 0xff],
  'application/pdf': [0x25, 0x50, 0x44, 0x46, 0x2d],
};

/** What a file is, by its first bytes, whatever it was called; null: none of the types that are taken. */
export function sniffEvidence(bytes: Uint8Array): EvidenceType | null {
  const types = Object.keys(signatures) as EvidenceType[];
  return types.find((type) => signatures[type].every((byte, i) => bytes[i] === byte)) ?? null;
}

/**
 * Stores a file of an order; one that is stored already changes nothing, one that was erased is stored anew.
 * Refuses, in order: `order_not_found`, `member_erased` (a recipient or a volunteer, whom it may show).
 */
export function storeEvidence(stage: Stage, file: EvidenceFile, asking: Asking): { row: Evidence; known: boolean } {
  const { orderId, digest, mediaType, bytes, fileId } = file;
  requireNobodyErased(stage, requireOrder(stage, orderId, asking));
  const stored = stage.row(orderEvidenceRows, orderId, digest);
  if (stored && stored.erased_on === null) return { row: stored, known: true };
  const row: Evidence = {
    ...{ order_id: orderId, digest, media_type: mediaType, bytes, file_id: fileId },
    ...{ stored_by: asking.actor, erased_on: null },
  };
  const { number } = stage.post({
    kind: 'order_evidence_stored' satisfies TimebankKind,
    rows: [change(orderEvidenceRows, row)],
  });
  return { row: { ...row, entry: number }, known: false };
}

/** Refuses: `member_erased`. */
function requireNobodyErased(stage: Stage, now: OrderNow): void {
  const ids = idsNow(stage, [...recipientsOf(now), ...volunteersOf(now)].map(memberOf));
  stage.prefetch({ rows: ids.map((id) => [erasureRows, id] as const) });
  for (const id of ids) requireNotErased(stage, id);
}

/** Journals that the bytes of a file go. Refuses: `order_not_found`, `evidence_not_found` (also when they are gone). */
export function eraseEvidence(
  stage: Stage,
  { orderId, digest, reason }: Pick<EvidenceFile, 'orderId' | 'digest'> & { readonly reason: ErasureReason },
  asking: Asking,
): { entry: StagedEntry; row: Evidence } {
  requireOrder(stage, orderId, asking);
  const row = stage.row(orderEvidenceRows, orderId, digest);
  if (!row || row.erased_on !== null) throw evidenceNotFound(orderId, digest);
  const erased: Evidence = { ...row, erased_on: stage.today };
  const entry = postErasure(stage, reason, { rows: [change(orderEvidenceRows, erased)] });
  return { entry, row: { ...erased, entry: entry.number } };
}

/** Refuses: `evidence_missing` (no file was named, or the order has none of that digest any more). */
export function requireEvidence(stage: Stage, orderId: string, digest: string | undefined): void {
  const row = digest === undefined ? null : stage.row(orderEvidenceRows, orderId, digest);
  if (row && row.erased_on === null) return;
  throw new Refusal('evidence_missing', {
    en: 'what is on paper takes a file of this order: send a scan of it first',
    zh: '纸质签到须先上传该点单的扫描件',
  });
}

export function evidenceNotFound(orderId: string, digest: string): Refusal {
  return new Refusal('evidence_not_found', {
    en: `order ${orderId} has no file ${digest}, or not any more`,
    zh: `点单 ${orderId} 没有文件 ${digest}，或文件已删除`,
  });
}
