/**
 * Guarantees of estate files, over a random story: a file of any moment is made again to the byte at the end, and in each of them every stay opens and closes with
 * what its entries say, and the figures are those of the records.
 */
import t, { type Test } from 'tap';
import type { Caller } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { type Random, runsOf, seeded, seedOf } from '../../support/random.js';
import { member, type OrderTown } from '../service/orders/people.js';
import { estateTown, qian, type Unpacked, unpack, zhao } from './estate-town.js';

const units = ['XC-E1', 'XC-E1-S1', 'XC-E2', 'XC-C'];
const hundredths = (text = '0') => BigInt(text.replace('.', '').padEnd(1, '0')) * (text.includes('.') ? 1n : 100n);

/** What may happen; what is refused has not happened. */
class Story {
  private readonly ids = ['A1', 'A2', 'A3', 'B1'];
  private readonly records: string[] = [];
  private readonly orders: string[] = [];
  private readonly certificates: string[] = [];
  private done = 0;

  constructor(
    private readonly town: OrderTown,
    private readonly random: Random,
  ) {}

  async goOn(steps: number): Promise<void> {
    const verbs = [
      ...[
        this.serve,
        this.serve,
        this.serve,
        this.serve,
        this.transfer,
        this.transfer,
        this.transfer,
        this.rename,
        this.order,
      ],
      ...[
        this.cancel,
        this.correct,
        this.merge,
        this.certify,
        this.revoke,
        this.register,
        this.renameUnit,
        this.moveUnit,
      ],
      ...[this.adjust, this.suspend],
    ];
    for (let at = 0; at < steps; at += 1) {
      this.done += 1;
      await this.random.pick(verbs).call(this);
    }
  }

  private day(): string {
    return `2026-11-0${1 + this.random.below(8)}`;
  }

  private async post(path: string, body: object, as: Caller = zhao) {
    const answer = await this.town.app.post(path, { as, body });
    return answer.status < 300 ? answer.body : null;
  }

  private async byTwo(path: string, body: object): Promise<void> {
    await this.post(path, body);
    await this.post(path, body, qian);
  }

  private async serve(): Promise<void> {
    const [day, hour] = [this.day(), 7 + this.random.below(10)];
    const [start, end] = [hour, hour + 1 + this.random.below(3)].map(
      (at) => `${day}T${String(at).padStart(2, '0')}:${this.random.pick(['00', '20'])}:00+08:00`,
    );
    const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
    const [volunteer, recipient] = [this.random.pick(this.ids), this.random.pick(this.ids)];
    const visit = { external_id: `S${this.done}`, volunteer, recipient, service_type: 'errand', ...times };
    const proof = { proof_grade: this.random.pick(['A', 'B', 'C']), recorded_by: 'XC-01' };
    if (await this.post('/v1/service-records', { ...visit, ...proof })) this.records.push(visit.external_id);
  }

  private async correct(): Promise<void> {
    if (this.records.length === 0) return;
    const path = `/v1/service-records/${this.random.pick(this.records)}/correction`;
    await this.byTwo(path, { annul: true, reason: '登记有误' });
  }

  private async transfer(): Promise<void> {
    const on = this.random.pick([{ effective_on: this.day() }, {}]);
    const body = { org_unit: this.random.pick(units), ...on };
    await this.post(`/v1/members/${this.random.pick(this.ids)}/transfer`, body);
  }

  private async rename(): Promise<void> {
    await this.post(`/v1/members/${this.random.pick(this.ids)}/rename`, { name: this.random.pick(['何根仙', '俞明']) });
  }

  private async merge(): Promise<void> {
    if (this.random.below(3) > 0) return;
    await this.byTwo(`/v1/members/${this.random.pick(this.ids)}/merge`, { into: this.random.pick(this.ids) });
  }

  private async suspend(): Promise<void> {
    const state = this.random.pick(['suspended', 'active']);
    const body = { state, effective_on: this.day(), reason_code: state === 'active' ? 'returned' : 'own_request' };
    await this.post(`/v1/members/${this.random.pick(this.ids)}/state`, body);
  }

  private async register(): Promise<void> {
    const person = { name: '新来的', phone: null, gender: 'female', birth_date: '1950-01-01', talent_category: null };
    const external_id = `A${10 + this.done}`;
    if (await this.post('/v1/members', { external_id, org_unit: this.random.pick(units), ...person }))
      this.ids.push(external_id);
  }

  private async order(): Promise<void> {
    const times = { planned_start: '2026-11-20T09:00:00+08:00', planned_end: '2026-11-20T10:00:00+08:00' };
    const need = { external_id: `N${this.done}`, service_type: 'errand', mode: 'home', ...times };
    const recipient = this.random.pick(this.ids);
    const as = this.random.pick([zhao, member(recipient)]);
    if (await this.post('/v1/orders', { ...need, recipient }, as)) this.orders.push(need.external_id);
  }

  private async cancel(): Promise<void> {
    if (this.orders.length > 0)
      await this.post(`/v1/orders/${this.random.pick(this.orders)}/cancel`, { reason: '取消' });
  }

  private async certify(): Promise<void> {
    const id = this.random.pick(this.ids);
    const issued = await this.post(`/v1/members/${id}/certificates`, {}, member(id));
    if (issued) this.certificates.push(issued.number);
  }

  private async revoke(): Promise<void> {
    if (this.certificates.length === 0) return;
    await this.post(`/v1/certificates/${this.random.pick(this.certificates)}/revoke`, { reason: 'issued_in_error' });
  }

  private async renameUnit(): Promise<void> {
    await this.post(`/v1/org-units/${this.random.pick(units)}/rename`, {
      name: `${this.random.pick(['甲', '乙', '丙'])}小区`,
    });
  }

  private async moveUnit(): Promise<void> {
    await this.post('/v1/org-units/XC-E1-S1/move', { parent_external_id: this.random.pick(['XC-E1', 'XC-E2']) });
  }

  private async adjust(): Promise<void> {
    const purse = `member:${this.random.pick(this.ids)}:points`;
    const legs = [{ debit: 'point:issuance', credit: purse, amount: String(1 + this.random.below(90)) }];
    const proposed = await this.post('/v1/adjustments', { reference: 'DOC-1', reason: 'brought in', legs });
    if (proposed) await this.post(`/v1/adjustments/${proposed.id}/approve`, {}, qian);
  }
}

function addsUp(t: Test, file: Unpacked): void {
  const legs = file.rows('entries.csv');
  for (const stay of file.rows('members.csv'))
    for (const purse of ['hours', 'coins', 'points']) {
      const account = `member:${stay['member']}:${purse}`;
      let balance = hundredths(stay[`${purse}_opening`]);
      for (const { effective_on: on = '', debit, credit, amount } of legs) {
        if (on < (stay['first_on'] ?? '') || on > (stay['last_on'] ?? '')) continue;
        if (credit === account) balance += hundredths(amount);
        if (debit === account) balance -= hundredths(amount);
      }
      if (balance !== hundredths(stay[`${purse}_closing`])) t.fail(`${JSON.stringify(stay)} closes with ${balance}`);
    }
  const standing = file.rows('records.csv').filter(({ status }) => status === 'standing');
  const [month] = file.json('unit-report.json').months;
  const sum = (column: string) => standing.reduce((total, row) => total + hundredths(row[column]), 0n);
  const shortfalls = month.shortfalls.reduce(
    (total: bigint, { amount }: { amount: string }) => total + hundredths(amount),
    0n,
  );
  t.equal(hundredths(month.hours), sum('hours'));
  t.equal(hundredths(month.coins_minted) + hundredths(month.coins_paid), sum('coins'));
  t.equal(sum('hours'), sum('coins') + shortfalls, 'hours are coins and reasons');
}

t.test('a file of any moment is made again to the byte, and adds up', async (t) => {
  const random = seeded(seedOf(t));
  for (let run = 0; run < runsOf(1); run += 1) {
    const town = await estateTown(t);
    town.advanceTo('2026-11-08T18:00:00+08:00');
    const story = new Story(town, random);
    const made: { readonly unit: string; readonly file: Unpacked }[] = [];
    for (let chapter = 0; chapter < 5; chapter += 1) {
      await story.goOn(20);
      for (const unit of ['XC-E1', 'XC-C']) made.push({ unit, file: await unpack(town, { unit }) });
    }
    for (const { unit, file } of made) {
      addsUp(t, file);
      const again = await unpack(town, { unit, watermark: file.made.watermark });
      const differ = file.names.filter((name) => again.text(name) !== file.text(name));
      t.strictSame(differ, [], `${unit} at ${file.made.watermark}`);
      t.ok(again.zip.equals(file.zip));
    }
    const records = made.at(-1)?.file.rows('records.csv') ?? [];
    t.comment(
      `${records.length} records, ${records.filter(({ status }) => status === 'reversed').length} of them reversed`,
    );
    await booksBalance(t, town.app.owner);
  }
});
