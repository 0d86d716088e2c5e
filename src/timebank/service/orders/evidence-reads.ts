/** Reading which files prove an order, and the check that the bytes are there. Whether the reader may see the order is asked before. */
import type { Pool } from '../../../db/connect.js';
import type { Words } from '../../../lib/language.js';
import type { EvidenceType } from '../../service-words.js';
import type { Evidence } from './evidence.js';

const prepared = { prepare: true } as const;

export interface EvidenceView {
  readonly order: string;
  readonly digest: string;
  readonly media_type: EvidenceType;
  readonly bytes: number;
  readonly stored_by: string;
  readonly erased_on: string | null;
  readonly entry: string;
}

/** All files of an order, by their digests, from after a digest on. */
export async function listEvidence(
  sql: Pool,
  ledgerId: number,
  page: { readonly orderId: string; readonly after: string; readonly limit: number },
): Promise<EvidenceView[]> {
  const rows = await sql.unsafe(
    `select v.order_id as "order", v.digest, v.media_type, v.bytes, v.stored_by, v.erased_on::text as erased_on, v.entry::text as entry
     from timebank.order_evidence v where v.ledger_id = $1 and v.order_id = $2 and v.digest > $3 order by v.digest limit $4`,
    [ledgerId, page.orderId, page.after, page.limit],
    prepared,
  );
  return rows as unknown as EvidenceView[];
}

export interface StoredFile {
  readonly fileId: string;
  readonly mediaType: EvidenceType;
  readonly isErased: boolean;
}

/** Where the bytes of a file of an order are, or were; null: it has none of that digest. */
export async function findEvidence(
  sql: Pool,
  ledgerId: number,
  { orderId, digest }: { readonly orderId: string; readonly digest: string },
): Promise<StoredFile | null> {
  const [row] = await sql.unsafe(
    `select v.file_id::text as "fileId", v.media_type as "mediaType", v.erased_on is not null as "isErased"
     from timebank.order_evidence v where v.ledger_id = $1 and v.order_id = $2 and v.digest = $3`,
    [ledgerId, orderId, digest],
    prepared,
  );
  return (row as unknown as StoredFile | undefined) ?? null;
}

/** As the interface shows a row that a command has just written. */
export function viewEvidence(row: Evidence): EvidenceView {
  const { order_id: order, digest, media_type, bytes, stored_by, erased_on, entry } = row;
  return { order, digest, media_type, bytes, stored_by, erased_on, entry: String(entry) };
}

/** What must hold of the bytes, as SQL for `verify`, where $1 is the ledger; see mergeChecks. */
export const evidenceChecks: readonly { readonly name: Words; readonly sql: string; readonly finding?: Words }[] = [
  {
    name: { en: 'files that prove orders = files that are kept', zh: '点单凭证文件 = 所保存的文件' },
    finding: {
      en: 'its bytes are not there as they were stored, or are still there though they were erased',
      zh: '文件缺失或与存入时不符，或已删除却仍在',
    },
    sql: `select concat_ws(' ', v.order_id, v.digest) as key, '1' as expected, '0' as actual
      from timebank.order_evidence v
      left join work.blobs b on b.ledger_id = $1 and b.blob_id = v.file_id
      where v.ledger_id = $1 and case when v.erased_on is not null then b.blob_id is not null
        else b.sha256 is distinct from v.digest or b.bytes <> v.bytes or v.bytes <> (select coalesce(sum(octet_length(p.content)), 0)
          from work.blob_pieces p where p.ledger_id = $1 and p.blob_id = v.file_id) end`,
  },
];
