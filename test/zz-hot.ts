import { test } from 'tap';
import { testApp } from './support/app.js';
import { settle, must } from './support/story.js';
import { systemClock } from '../src/lib/clock.js';
import { randomUUID } from 'node:crypto';
import { issueToken } from '../src/http/tokens.js';
import { xinchangPilot1 as rules } from '../src/timebank/rules/rule-set.js';
import { readStatementFile, receiveStatement } from '../src/timebank/reconciliation/statements.js';
import { runReconciliation } from '../src/timebank/reconciliation/run.js';
import { loadHead } from '../src/ledger/load.js';
test('hot', { timeout: 600000 }, async (t) => {
  const app = await testApp(t, { clock: systemClock });
  await settle(app.lane);
  const members = ['M1','M2'];
  await must(app.lane, (s) => { s.post({ kind: 'adjustment', legs: members.map((m) => ({ debit: 'point:issuance', credit: `member:${m}:points`, amount: 100000000n })) }); });
  const token = issueToken(app.built.service.tokenKeys, { issuer: app.built.service.issuer, subject: 'xc-bank', role: 'partner', ledger: 'xinchang', partner: 'xc-bank' }, 3600, systemClock);
  let n = 0;
  const one = async () => {
    const i = n++;
    const r = await app.built.app.inject({ method: 'POST', url: '/v1/redemptions', headers: { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID(), 'content-type': 'application/json' }, payload: `{"partner_reference":"R${i}","member":"${members[i % 2]}","points":"1","capture":true}` });
    if (r.statusCode !== 201) throw new Error(r.body);
  };
  const burst = async (count: number) => {
    const until = n + count; const start = performance.now();
    await Promise.all(Array.from({ length: 256 }, async () => { while (n < until) await one(); }));
    const s = (performance.now() - start) / 1000;
    t.comment(`${count} in ${s.toFixed(2)} s: ${(count / s).toFixed(0)}/s`);
  };
  await burst(5000); await burst(15000);
  const id = randomUUID();
  const file = readStatementFile(Buffer.from('partner_reference,booked_on,points,amount_cny,type\nR1,2026-11-05,50,5.00,redeem\n'));
  await must(app.lane, (s) => receiveStatement(s, { id, partnerId: 'xc-bank', period: new Date().toISOString().slice(0,7), fileName: null, file }));
  const reconcile = async () => {
    const start = performance.now();
    const r = await app.post('/v1/reconciliations', { as: 'operator', body: { partner_statement: id } });
    t.comment(`${r.status} reconcile over ${n}: ${(performance.now() - start).toFixed(0)} ms`);
    const s2 = performance.now();
    await app.get(`/v1/reconciliations/${r.body.id}/report`, { as: 'operator' });
    t.comment(`report: ${(performance.now() - s2).toFixed(0)} ms`);
  };
  await reconcile();
  await burst(15000);
  await reconcile();
});
