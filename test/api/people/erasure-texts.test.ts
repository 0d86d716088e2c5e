/**
 * Guarantees of the erasure of people: of all that others wrote about them, or filed, in orders, corrections and adjustments, nothing is left,
 * whoever wrote it and under whatever id; what was written about others stays.
 */
import { type Test, test } from 'tap';
import { tablesHolding } from '../../support/all-text.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { forget, type OrderTown, orderTown, plan, serve } from '../service/orders/people.js';
import { li, member, mergeByTwo, wang } from './county.js';

const second = { role: 'operator', subject: 'li' } as const;
const next = { planned_start: '2026-11-05T09:00:00+08:00', planned_end: '2026-11-05T10:00:00+08:00' };

/** Words that were written, each found where it stands before anything is erased. */
class Needles {
  private readonly words: string[] = [];

  /** A word that is like no other. */
  add(about: string): string {
    const word = `${about}针${this.words.length}号`;
    this.words.push(word);
    return word;
  }

  async areThere(t: Test, { app }: OrderTown): Promise<void> {
    for (const word of this.words) t.not((await tablesHolding(app.owner, word)).length, 0, `${word} is there before`);
  }

  async areGone(t: Test, { app }: OrderTown): Promise<void> {
    for (const word of this.words) t.same(await tablesHolding(app.owner, word), [], word);
  }
}

async function erase({ ask }: OrderTown, id: string): Promise<void> {
  const body = { reason_code: 'person_asked' };
  await ask(wang, `/v1/members/${id}/erasure`, body, 201);
  await ask(second, `/v1/members/${id}/erasure`, body, 201);
}

test('texts and scans of orders go with the recipient, the volunteer, and who placed the order for another', async (t) => {
  for (const id of ['R1', 'V1', 'R3']) {
    const town = await orderTown(t);
    const { app, ask } = town;
    const needles = new Needles();
    const kin = { relative: 'R3', relation: 'spouse', evidence: '结婚证' };
    await ask(wang, '/v1/members/R1/kin', kin, 201);
    await ask(second, '/v1/members/R1/kin/R3/verification', { elder_consent_on: '2026-11-01' });
    const need = { external_id: 'N1', recipient: 'R1', ...plan, note: needles.add('备注') };
    await ask(member('R3'), '/v1/orders', need, 201);
    const scan = Buffer.from(`%PDF-1.7 ${needles.add('扫描')}`);
    const sent = { as: wang, body: scan, headers: { 'content-type': 'application/pdf' } };
    t.equal((await app.post('/v1/orders/N1/evidence', sent)).status, 201);
    const offer = await ask(wang, 'N1/offers', { volunteer: 'V2' }, 201);
    await ask(member('V2'), `/v1/offers/${offer.id}/decline`, { reason: needles.add('谢绝') });
    await ask(member('V1'), 'N1/claim');
    for (const [step, at] of [
      ['check-in', plan.planned_start],
      ['check-out', plan.planned_end],
    ] as const) {
      town.advanceTo(at);
      const said = { volunteer: 'V1', proof: { kind: 'reported' }, reason: needles.add(step) };
      await ask(member('V1'), `N1/${step}`, said);
    }
    await ask(member('R3'), 'N1/confirm', { comment: needles.add('评价') });
    await ask(member('V1'), 'N1/dispute', { reason: needles.add('争议') });
    await ask(li, 'N1/verdict', { verdict: 'to_volunteer' });
    await ask(li, 'N1/reject', { reason: needles.add('驳回') });
    await town.order('N2', { ...next, recipient: 'R1' });
    await ask(member('R1'), 'N2/cancel', { reason: '与他人无关' });
    await needles.areThere(t, town);
    await erase(town, id);
    await needles.areGone(t, town);
    const { body } = await app.get('/v1/orders/N1/evidence', { as: wang });
    t.match(body.files, [{ erased_on: '2026-11-03' }], 'that there was a scan stays');
    const others = (await tablesHolding(app.owner, '与他人无关')).length;
    t.equal(others, id === 'R1' ? 0 : 1, 'of an order in which the person had no part the words stay');
    await booksBalance(t, app.owner);
  }
});

test('why a team declined goes with each of its members, as far as the order is none of theirs, and nothing else of it', async (t) => {
  const town = await orderTown(t);
  const { app, ask } = town;
  const needles = new Needles();
  await ask(wang, '/v1/teams', { id: 'T1', org_unit: 'XC-01', name: '银耀队', leader: 'V1', labels: [] }, 201);
  await ask(wang, '/v1/teams/T1/members', { member: 'V2' }, 201);
  await town.order('N1', { note: '门口有台阶' });
  const offer = await ask(wang, 'N1/offers', { team: 'T1' }, 201);
  await ask(member('V1'), `/v1/offers/${offer.id}/decline`, { reason: needles.add('谢绝') });
  await needles.areThere(t, town);
  await erase(town, 'V2');
  await needles.areGone(t, town);
  t.not((await tablesHolding(app.owner, '门口有台阶')).length, 0);
  await booksBalance(t, app.owner);
});

test('why a service was corrected goes with who gave it and with who received it, in an order or not, and what waits can still be carried out', async (t) => {
  for (const id of ['R1', 'V1']) {
    const town = await orderTown(t);
    const { app, ask, refused } = town;
    const needles = new Needles();
    await town.order('N1');
    await ask(member('V1'), 'N1/claim');
    await serve(town, 'N1', 'V1');
    await ask(member('R1'), 'N1/confirm');
    const { volunteers } = await ask(li, 'N1/approve');
    const record = volunteers[0].service_record;
    const visit = {
      ...{ external_id: 'S1', volunteer: 'V1', recipient: 'R1', service_type: 'errand', proof_grade: 'A' },
      ...{ planned_start: '2026-11-01T09:00:00+08:00', planned_end: '2026-11-01T10:00:00+08:00' },
      ...{ check_in: '2026-11-01T09:00:00+08:00', check_out: '2026-11-01T10:00:00+08:00', recorded_by: 'XC-01' },
    };
    await ask(li, '/v1/service-records', visit, 201);
    const correct = { annul: true, reason: needles.add('更正') };
    await ask(wang, `/v1/service-records/${record}/correction`, correct);
    await ask(second, `/v1/service-records/${record}/correction/withdrawal`);
    const waits = { proof_grade: 'B', reason: needles.add('更正') };
    await ask(wang, '/v1/service-records/S1/correction', waits);
    await needles.areThere(t, town);
    await erase(town, id);
    await needles.areGone(t, town);
    const other = { role: 'operator', subject: 'chen' } as const;
    const differs = { proof_grade: 'C', reason: '另一理由' };
    await refused(other, '/v1/service-records/S1/correction', differs, 409, 'correction_differs');
    await ask(other, '/v1/service-records/S1/correction', { proof_grade: 'B', reason: '另一理由' });
    const { body: done } = await app.get('/v1/service-records/S1/correction', { as: wang });
    t.match(done, { status: 'carried_out', reason: null });
    t.same(await tablesHolding(app.owner, '另一理由'), [], 'what the second person says is not kept');
    await booksBalance(t, app.owner);
  }
});

test('words of adjustments and reversals that move a purse of the person go: posted, rejected, or still to be decided, under former ids, too', async (t) => {
  const town = await orderTown(t);
  const { app, ask } = town;
  const needles = new Needles();
  const propose = (owner: string, words = { reference: needles.add('单据'), reason: needles.add('事由') }) => {
    const legs = [{ debit: 'coin:issuance', credit: `member:${owner}:coins`, amount: '1.00' }];
    return ask(wang, '/v1/adjustments', { ...words, legs }, 201);
  };
  const approve = async ({ id }: { id: string }) => ask(second, `/v1/adjustments/${id}/approve`);
  await approve(await propose('R2'));
  const { entry } = await approve(await propose('R1'));
  await ask(wang, `/v1/entries/${entry}/reversal`, { description: needles.add('冲销') }, 201);
  const { id: rejected } = await propose('R1');
  await ask(second, `/v1/adjustments/${rejected}/reject`, { reason: needles.add('驳回') });
  await mergeByTwo(t, app, 'R2', 'R1');
  const { id: waits } = await propose('R1');
  await approve(await propose('V1', { reference: '别人的单据', reason: '别人的事由' }));
  await needles.areThere(t, town);
  await erase(town, 'R1');
  await needles.areGone(t, town);
  t.not((await tablesHolding(app.owner, '别人的事由')).length, 0);
  t.match(await approve({ id: waits }), { state: 'posted', reference: null, reason: null });
  await booksBalance(t, app.owner);
});

test('however many orders, teams and former ids there are, an erasure is carried out, and each of its entries fits in the log', async (t) => {
  const town = await orderTown(t);
  const { app, ask } = town;
  const needle = new Needles().add('备注');
  for (let i = 1; i <= 60; i++) {
    const at = fixedClock(Date.parse(plan.planned_start) + i * 7 * 86_400_000).clock();
    const [start, end] = [at, at + 3_600_000].map((one) => new Date(one).toISOString());
    const times = { planned_start: start, planned_end: end };
    for (const recipient of ['R1', 'R2'])
      await town.ask(
        wang,
        '/v1/orders',
        { external_id: `${recipient}-${i}`, recipient, ...plan, ...times, note: needle },
        201,
      );
    await ask(wang, `R2-${i}/cancel`, { reason: needle });
    for (const leader of ['R1', 'R2'])
      await ask(wang, '/v1/teams', { id: `T-${leader}-${i}`, org_unit: 'XC-01', name: '队', leader, labels: [] }, 201);
  }
  for (let i = 1; i <= 20; i++) {
    const id = `D${i}`;
    const person = { name: '重复', gender: 'female', birth_date: '1946-05-01', phone: null, talent_category: null };
    await ask(wang, '/v1/members', { external_id: id, org_unit: 'XC-01', ...person }, 201);
    await mergeByTwo(t, app, id, 'R1');
  }
  await forget(town);
  await erase(town, 'R1');
  t.not((await tablesHolding(app.owner, needle)).length, 0, 'those of R2');
  await erase(town, 'R2');
  t.same(await tablesHolding(app.owner, needle), []);
  await booksBalance(t, app.owner);
});
