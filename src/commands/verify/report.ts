/** What `timeledger verify` found, for people to read. */
import type { CheckpointResult } from '../../ledger/verify/checkpoints.js';
import type { Verification } from '../../ledger/verify/verify.js';
import { type Language, sameIn, type Words } from '../../lib/language.js';

/** What was done with each kind of thing that was compared. */
const meanings: Readonly<Record<keyof Verification['checked'], Words>> = {
  entries: { en: 'hashed again and replayed in order', zh: '凭证：重新计算哈希并按顺序重放' },
  postings: { en: 'follow from the entries, with version and balance', zh: '过账：与凭证相符，版本和余额一致' },
  accounts: { en: 'hold the sums of their postings', zh: '账户：等于其过账合计' },
  daily_balances: { en: 'are the sums of the postings of their day', zh: '每日发生额：等于当日过账合计' },
  log_nodes: { en: 'are the hashes of the entries below them', zh: '日志节点：等于其下凭证的哈希' },
  rows: { en: 'of the time bank are as an entry left them', zh: '业务记录：与凭证所写一致' },
  controls: { en: 'of accounts with their sub-ledgers', zh: '统制账户：与明细账相符' },
};

/** A verification for people to read. */
export function describe(result: Verification, language: Language): string {
  const { ledger, ok, checked, tree_size, root, checkpoints, findings, finding_count } = result;
  const differ = countDifferences(result);
  const [leaves, more] = [grouped(Number(tree_size)), grouped(finding_count - findings.length)];
  const lines: Words[] = [
    {
      en: `ledger ${ledger}: ${ok ? 'everything agrees' : differ.en}`,
      zh: `账本 ${ledger}：${ok ? '全部相符' : differ.zh}`,
    },
    ...Object.entries(meanings).map(([what, meaning]) => {
      const count = grouped(checked[what as keyof typeof checked]).padStart(14);
      return {
        en: `  ${what.replace('_', ' ').padEnd(16)}${count}  compared: ${meaning.en}`,
        zh: `${count}  ${meaning.zh}`,
      };
    }),
    { en: `  tree of ${leaves} leaves, root ${root}`, zh: `  日志树共 ${leaves} 个叶，根 ${root}` },
    ...checkpoints.map(describeCheckpoint),
  ];
  if (checkpoints.length === 0)
    lines.push({
      en: '  no saved checkpoint was compared: history rewritten as a whole would not show',
      zh: '  未与另存的检查点比对：若历史被整体改写，此处无法发现',
    });
  for (const { table, key, detail } of findings)
    lines.push({
      en: `  ! ${table.en} ${key.en}: ${detail.en}`,
      zh: `  ! ${table.zh} ${key.zh}：${detail.zh}`,
    });
  if (finding_count > findings.length) lines.push({ en: `  … and ${more} more`, zh: `  … 另有 ${more} 处` });
  return lines.map((line) => line[language]).join('\n');
}

/** `412 differences (entries 1, postings 411)` */
function countDifferences({ finding_count, finding_counts, findings }: Verification): Words {
  const places = Object.entries(finding_counts).map(([code, count]) => {
    const table = findings.find((finding) => finding.table.en === code)?.table ?? sameIn(code);
    return { en: `${table.en} ${grouped(count)}`, zh: `${table.zh} ${grouped(count)}` };
  });
  const count = grouped(finding_count);
  return {
    en: `${count} ${finding_count === 1 ? 'difference' : 'differences'} (${places.map(({ en }) => en).join(', ')})`,
    zh: `有 ${count} 处不符（${places.map(({ zh }) => zh).join('，')}）`,
  };
}

/** The same for programs: places are codes, what is wrong is said in a language. */
export function jsonOf(result: Verification, language: Language): object {
  const findings = result.findings.map(({ table, key, detail }) => ({
    table: table.en,
    key: key.en,
    detail: detail[language],
  }));
  return { ...result, findings };
}

function describeCheckpoint({ name, tree_size, agrees }: CheckpointResult): Words {
  const size = tree_size === null ? null : grouped(Number(tree_size));
  return {
    en: `  checkpoint ${name}${size === null ? '' : ` of ${size} entries`}: ${agrees ? 'signed, and these entries are still the same' : 'does not agree'}`,
    zh: `  检查点 ${name}${size === null ? '' : `（${size} 张凭证）`}：${agrees ? '签名有效，凭证未变' : '不符'}`,
  };
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
