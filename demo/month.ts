/**
 * The month itself, over HTTP and nothing else: an operator imports the county's files, a partner's system redeems line by line,
 * the bank sends its statement, an operator reconciles, and an auditor checks the report and the proof of an entry.
 */

import { StartError } from '#src/db/connect.js';
import type { Role } from '#src/http/tokens.js';
import { openNote, parseCheckpoint, parseVerifierKey } from '#src/ledger/log/checkpoint.js';
import { leafHash } from '#src/ledger/log/merkle.js';
import { verifyInclusion } from '#src/ledger/log/proof.js';
import { periodBounds } from '#src/lib/clock.js';
import { parseAmount } from '#src/lib/decimal.js';
import type { Language, Words } from '#src/lib/language.js';
import { firstLedger } from '#src/server.js';
import type { ReconciliationReport } from '#src/timebank/audit/reconciliations/report.js';
import { readTable } from '#src/timebank/files/table.js';
import { redemptionTable } from '#src/timebank/partners/redemptions-file.js';
import { Client, clientToken, unexpected } from './client.js';
import type { CountyFiles } from './files.js';
import { kindWords } from './kinds.js';
import { type TrialResult, tryRules } from './trial.js';

export interface ImportCounts {
  readonly total: number;
  readonly imported: number;
  readonly skipped: number;
  readonly errors: number;
}

export interface TrialAsset {
  readonly asset: string;
  readonly debits: string;
  readonly credits: string;
  readonly accounts: readonly { readonly code: string; readonly balance: string }[];
}

/** Hours served, coins received and why the two differ; hundredths. */
export interface ServiceSums {
  readonly hours: bigint;
  readonly coins: bigint;
  readonly differences: Readonly<Record<string, bigint>>;
}

/** What became of a file. */
export interface Imported {
  readonly kind: string;
  readonly counts: ImportCounts;
  /** By code, how many lines, and what was wrong with the first of them. */
  readonly reasons: ReadonlyMap<string, { count: number; line: number; reason: string }>;
}

export interface MonthResult {
  readonly service: ServiceSums;
  readonly imports: readonly Imported[];
  readonly accepted: number;
  readonly refused: readonly string[];
  /** What stands in the books for the partner, whatever the day: points, and the CNY owed for them. */
  readonly redeemedPoints: number;
  readonly owedCny: string;
  readonly report: ReconciliationReport;
  readonly trial: TrialResult;
  readonly trialBalance: readonly TrialAsset[];
  readonly proof: { readonly entry: string; readonly treeSize: number; readonly holds: boolean };
}

export interface MonthContext {
  readonly url: string;
  readonly files: CountyFiles;
  /** Of what is told: reasons, sentences of the report. */
  readonly language: Language;
  readonly tokenOf: (role: Role) => string;
  /** Hears what is being done and how far it is. */
  readonly progress: (what: Words, done: number, total: number) => void;
}

const partnerId = 'xc-bank';
/** How many redeem at once. */
const counters = 8;

export async function runMonth(context: MonthContext): Promise<MonthResult> {
  const operator = new Client(context.url, context.tokenOf('operator'), context.language);
  const auditor = new Client(context.url, context.tokenOf('auditor'), context.language);
  const imports = await importFiles(operator, context);
  const partner = await joinPartner(operator, context);
  const { accepted, refused } = await redeem(partner, context);
  const report = await reconcile({ partner, operator, auditor }, context);
  const redeemed = await auditor.get<{ balance: string }>(`/v1/accounts/partner:${partnerId}:redeemed`);
  const payable = await auditor.get<{ balance: string }>(`/v1/accounts/partner:${partnerId}:payable`);
  const balance = await auditor.get<{ assets: TrialAsset[] }>('/v1/reports/trial-balance?as_of=2099-12-31');
  return {
    imports,
    service: await sumService(auditor),
    accepted,
    refused,
    redeemedPoints: Number(redeemed.balance),
    owedCny: payable.balance,
    report,
    trial: await tryRules(operator, periodBounds(context.files.period)),
    trialBalance: balance.assets,
    proof: await proveLastEntry(auditor, context),
  };
}

async function importFiles(operator: Client, { files, progress }: MonthContext): Promise<MonthResult['imports']> {
  const plan: [string, Buffer, string][] = [
    ['org_units', files.orgUnits, ''],
    ['members', files.members, ''],
    ['opening_points', files.openingPoints, `&effective_on=${files.openingDay}`],
    ['visits', files.visits, ''],
  ];
  const results: Imported[] = [];
  for (const [kind, bytes, query] of plan) {
    const what = kindWords(kind);
    progress({ en: `importing ${what.en}`, zh: `正在导入${what.zh}` }, results.length, plan.length);
    const staged = await operator.upload<{ id: string }>(`/v1/imports?kind=${kind}${query}`, bytes);
    const { counts } = await operator.must<{ counts: ImportCounts }>(`/v1/imports/${staged.id}/commit`);
    results.push({ kind, counts, reasons: await reasonsOf(operator, staged.id, counts) });
  }
  return results;
}

/** How many lines were refused for each reason. */
async function reasonsOf(operator: Client, id: string, counts: ImportCounts): Promise<Imported['reasons']> {
  const reasons = new Map<string, { count: number; line: number; reason: string }>();
  if (counts.errors === 0) return reasons;
  for (let cursor = ''; ; ) {
    const path = `/v1/imports/${id}/lines?state=error&limit=200${cursor && `&cursor=${cursor}`}`;
    const page = await operator.get<{ lines: RefusedLine[]; next_cursor: string | null }>(path);
    for (const { code, line, reason } of page.lines) {
      const known = reasons.get(code) ?? { count: 0, line, reason };
      reasons.set(code, { ...known, count: known.count + 1 });
    }
    if (page.next_cursor === null) return reasons;
    cursor = page.next_cursor;
  }
}

interface RefusedLine {
  readonly line: number;
  readonly code: string;
  readonly reason: string;
}

/** Adds up every service record, as an auditor would. */
async function sumService(auditor: Client): Promise<ServiceSums> {
  const differences: Record<string, bigint> = {};
  let hours = 0n;
  let coins = 0n;
  for (let cursor = ''; ; ) {
    const page = await auditor.get<ServicePage>(`/v1/service-records?limit=200${cursor && `&cursor=${cursor}`}`);
    for (const record of page.service_records) {
      hours += parseAmount(record.hours, 2);
      coins += parseAmount(record.coins, 2);
      for (const { code, amount } of record.differences) {
        differences[code] = (differences[code] ?? 0n) + parseAmount(amount, 2);
      }
    }
    if (page.next_cursor === null) return { hours, coins, differences };
    cursor = page.next_cursor;
  }
}

interface ServicePage {
  readonly service_records: readonly {
    readonly hours: string;
    readonly coins: string;
    readonly differences: readonly { readonly code: string; readonly amount: string }[];
  }[];
  readonly next_cursor: string | null;
}

async function joinPartner(operator: Client, { url, language }: MonthContext): Promise<Client> {
  await operator.must('/v1/partners', {
    id: partnerId,
    name: '新昌农商',
    kind: 'rural_commercial_bank',
    point_price: '0.10',
    may_backdate: true,
  });
  const path = `/v1/partners/${partnerId}/credentials`;
  const credentials = await operator.must<{ client_id: string; client_secret: string }>(path);
  return new Client(url, await clientToken(url, credentials.client_id, credentials.client_secret), language);
}

/** Each member's in the order of the file, for whether one is refused depends on those before it; members side by side, as at counters. */
async function redeem(
  partner: Client,
  { files, progress }: MonthContext,
): Promise<{ accepted: number; refused: string[] }> {
  const { rows, errors } = readTable(files.redemptions, redemptionTable);
  const [wrong] = errors;
  if (wrong) {
    const { pointer, detail } = wrong;
    throw new StartError({
      en: `redemptions.csv: ${pointer} ${detail.en}`,
      zh: `redemptions.csv 有误：${pointer} ${detail.zh}`,
    });
  }
  const refused: string[] = [];
  let done = 0;
  const redeemRow = async (row: (typeof rows)[number]) => {
    progress({ en: 'redeeming', zh: '正在兑换' }, done, rows.length);
    const { status, body } = await partner.post('/v1/redemptions', {
      partner_reference: row.partner_reference,
      member: row.member,
      points: row.points.toString(),
      effective_at: row.requested_at,
      capture: true,
    });
    if (status >= 500) throw unexpected(`POST /v1/redemptions (${row.partner_reference})`, status, body);
    if (status >= 400) refused.push(row.partner_reference);
    done += 1;
  };
  const queues = new Map<string, typeof rows>();
  for (const row of rows) queues.set(row.member, [...(queues.get(row.member) ?? []), row]);
  const waiting = queues.values();
  const counter = async () => {
    for (const queue of waiting) for (const row of queue) await redeemRow(row);
  };
  await Promise.all(Array.from({ length: counters }, counter));
  return { accepted: rows.length - refused.length, refused: refused.sort() };
}

async function reconcile(
  { partner, operator, auditor }: Readonly<Record<'partner' | 'operator' | 'auditor', Client>>,
  { files, progress }: MonthContext,
): Promise<ReconciliationReport> {
  progress({ en: 'reconciling', zh: '正在对账' }, 0, 1);
  const query = `partner=${partnerId}&period=${files.period}&file_name=${files.statementName}`;
  const statement = await partner.upload<{ id: string }>(`/v1/partner-statements?${query}`, files.statement);
  const run = await operator.must<{ id: string }>('/v1/reconciliations', {
    partner_statement: statement.id,
    cutoff_days: 1,
  });
  return auditor.get<ReconciliationReport>(`/v1/reconciliations/${run.id}/report`);
}

/** Fetches an entry's proof and checks it with nothing but the log's public key. */
async function proveLastEntry(auditor: Client, { url }: MonthContext): Promise<MonthResult['proof']> {
  const page = await auditor.get<{ entries: { number: string }[] }>('/v1/entries?kind=redemption_captured&limit=1');
  const entry = page.entries[0]?.number ?? '1';
  const proof = await auditor.get<{
    leaf_index: number;
    tree_size: number;
    leaf: string;
    hashes: string[];
    checkpoint: string;
  }>(`/v1/entries/${entry}/proof`);
  const vkey = await (await fetch(new URL(`/log/${firstLedger}/vkey`, url))).text();
  const { text } = openNote(proof.checkpoint, [parseVerifierKey(vkey.trim())]);
  const checkpoint = parseCheckpoint(text);
  const holds = verifyInclusion(
    leafHash(Buffer.from(proof.leaf, 'base64')),
    BigInt(proof.leaf_index),
    checkpoint.size,
    proof.hashes.map((hash) => Buffer.from(hash, 'base64')),
    checkpoint.root,
  );
  return { entry, treeSize: proof.tree_size, holds };
}
