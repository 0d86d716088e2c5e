/** Certificates that members were given while they belonged to the unit, as good as they were at the entry. */
import { formatAmount } from '../../../lib/decimal.js';
import { certificateStatusAt } from '../../service/certificates/reads.js';
import { column, type Row, rowsOf, type Sheet, type Source } from './part.js';
import { stayArrays } from './stays.js';

export const certificateSheet: Sheet = {
  name: 'certificates.csv',
  means: {
    zh: '期间内出具的志愿服务记录证明及其截至截止凭证的效力',
    en: 'Certificates issued in the period, as good as they were at the watermark',
  },
  columns: [
    column('certificate', '证明编号', 'Its number'),
    column('entry', '出具凭证号', 'The entry that issued it'),
    column('issued_on', '出具日期', 'The day of issue'),
    column('member', '成员编号', 'Whom it is for'),
    column('first_on', '服务期间起；为空表示最早记录', 'First day of service; empty: the earliest'),
    column('last_on', '服务期间止；为空表示最近记录', 'Last day of service; empty: the latest'),
    column('at_entry', '所依据的最后凭证号', 'The last entry that it goes by'),
    column('records', '服务记录条数', 'How many records it is of'),
    column('hours', '服务时长（小时）', 'HOUR'),
    column('content', '内容的 SHA-256', 'SHA-256 of what it says'),
    column(
      'status',
      'valid 有效，superseded 其中记录已更正，revoked 已撤销',
      'valid, superseded (a record was corrected) or revoked',
    ),
  ],
  rows: certificateRows,
};

const certificates = `
  select c.certificate_number, (c.at_entry + 1)::text as entry, c.issued_on::text as issued_on, c.member_id, c.first_on::text as first_on,
    c.last_on::text as last_on, c.at_entry::text as at_entry, c.records::text as records, c.hours::text as hours, c.content,
    ${certificateStatusAt('$5')} as status
  from unnest($2::text::text[], $3::text::date[], $4::text::date[]) d(member, first, last)
  join timebank.record_certificates c on c.ledger_id = $1 and c.member_id = d.member and c.issued_on between d.first and d.last
  where c.at_entry < $5::text::bigint
  order by c.at_entry`;

async function* certificateRows({ sql, scope, stays }: Source): AsyncGenerator<readonly Row[]> {
  const parameters = [scope.ledgerId, ...stayArrays(stays), scope.watermark];
  for await (const found of rowsOf<Readonly<Record<string, string | null>>>(sql, certificates, parameters))
    yield found.map((one) => [
      ...[
        one['certificate_number'],
        one['entry'],
        one['issued_on'],
        one['member_id'],
        one['first_on'],
        one['last_on'],
      ].map((cell) => cell ?? ''),
      ...[one['at_entry'] ?? '', one['records'] ?? '', formatAmount(BigInt(one['hours'] ?? 0), 2)],
      ...[one['content'] ?? '', one['status'] ?? ''],
    ]);
}
