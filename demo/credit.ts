/**
 * What becomes of what was earned, over HTTP and nothing else: a Saturday action by rules of the county's own, counts from a platform, a gift
 * between neighbours, a grant of the fund, a certificate, and years that pass, by the clock that is handed in, until points come to their last day.
 */
import { addDays, dateInZone, weekOf } from '#src/lib/clock.js';
import type { Words } from '#src/lib/language.js';
import { countyPlan } from '#src/timebank/chart.js';
import type { Client } from './client.js';
import { type DemoClock, instantOf, today } from './clock.js';
import { differenceWords } from './differences.js';
import { fileAway } from './estate-file.js';
import { grantAndServe } from './grant.js';
import { busy, community, nameOf, registerPeople, resident, willing } from './morning-people.js';

/** Something that happened, and on which day. */
export interface CreditStep {
  readonly day: string;
  readonly said: Words;
  readonly details: readonly Words[];
}

export interface CreditContext {
  readonly clock: DemoClock;
  readonly client: (role: 'operator' | 'member' | 'platform', subject: string) => Client;
  /** What a page says to somebody who has not signed in. */
  readonly visit: (path: string) => Promise<string>;
  readonly progress: (what: Words, done: number, total: number) => void;
}

/** The last Saturday that is over. */
export const saturday = (): string => {
  const monday = weekOf(today());
  return addDays(monday, -2);
};

interface Lots {
  readonly lots: readonly Lot[];
  readonly expired: readonly Lot[];
}

interface Lot {
  readonly purse: string;
  readonly expires_on: string | null;
  readonly amount: string;
}

const action = 'civic_saturday';
const stepCount = 9;

export async function runCredit(context: CreditContext): Promise<CreditStep[]> {
  const chapter = new Chapter(context);
  await registerPeople(context.client('operator', 'demo-operator'), 'errand');
  await chapter.changeRules();
  await chapter.cleanUp();
  await chapter.takeIn();
  await chapter.give();
  await chapter.grant();
  await chapter.certify();
  await chapter.fileAway();
  await chapter.growOld();
  return chapter.steps;
}

class Chapter {
  readonly steps: CreditStep[] = [];
  private readonly day = saturday();

  constructor(private readonly context: CreditContext) {}

  /** What the county calls its Saturday action, as a rule: a day of the week, a time and a unit. */
  async changeRules(): Promise<void> {
    type RuleSet = { values: { key: string; value: Record<string, string> }[] };
    const now = await this.operator('wang').get<RuleSet>('/v1/rule-sets/xinchang-pilot-1');
    const coefficients = now.values.find(({ key }) => key === 'service_coefficients')?.value;
    const values = {
      service_coefficients: { ...coefficients, [action]: '1.00' },
      calendar_bound: { [action]: { hours: [{ weekday: 6, from: '08:00', to: '12:00' }], units: [community] } },
    };
    const draft = { rule_set: 'xinchang-pilot', effective_from: this.day, document: '新民发〔2026〕18号', values };
    const { id, name } = await this.operator('wang').must<{ id: string; name: string }>('/v1/rule-sets', draft);
    await this.operator('li').must(`/v1/rule-sets/${id}/approve`);
    this.tell(
      { en: `${name} is drafted by one person and approved by another`, zh: `规则集 ${name} 由一人起草、另一人批准` },
      [
        {
          en: 'a Saturday action mints on Saturdays from 8 to 12, recorded by one community',
          zh: '“周六文明创建”仅限周六 8 至 12 点、由指定社区登记的服务可得时间币',
        },
      ],
    );
  }

  async cleanUp(): Promise<void> {
    const earned: Words[] = [];
    for (const [id, from, to] of [
      ['A1', '08:30', '10:00'],
      ['A2', '13:00', '14:00'],
    ] as const) {
      this.context.clock.moveTo(this.day, to);
      const [start, end] = [instantOf(this.day, from), instantOf(this.day, to)];
      const visit = {
        external_id: id,
        volunteer: willing.id,
        recipient: resident.id,
        service_type: action,
        proof_grade: 'A',
      };
      const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
      const client = this.operator('wang');
      type Answer = { hours: string; coins: string; differences: { code: string }[] };
      const record = await client.must<Answer>('/v1/service-records', { ...visit, ...times, recorded_by: community });
      const why = record.differences.map(({ code }) => differenceWords(code));
      earned.push({
        en: `${from} to ${to}: ${record.hours} hours, ${record.coins} coins${why.map(({ en }) => ` (${en})`).join('')}`,
        zh: `${from} 至 ${to}：${record.hours} 小时，时间币 ${record.coins}${why.map(({ zh }) => `（${zh}）`).join('')}`,
      });
    }
    const name = nameOf(willing.id);
    this.tell({ en: `${name.en} cleans up with the others`, zh: `${name.zh}参加周六文明创建` }, earned);
  }

  /** A platform sends what it has counted, twice: the second time it changes nothing. */
  async takeIn(): Promise<void> {
    const item = { external_id: 'WM-1', member: busy.id, occurred_on: this.day, occurrences: 12 };
    const platform = this.context.client('platform', 'gold-steward');
    type Item = { entry: string; points: string };
    const first = await platform.must<Item>('/v1/intake/service-counts', item);
    const again = await platform.must<Item>('/v1/intake/service-counts', item);
    const name = nameOf(busy.id);
    this.tell(
      {
        en: `a platform has counted 12 acts of ${name.en}; sent twice, it counts once`,
        zh: `“金牌管家”报送${name.zh}志愿服务 12 次；重复报送不重复计分`,
      },
      [
        {
          en: `entry ${first.entry}, and ${again.entry}`,
          zh: `第 ${first.entry} 号凭证，重复报送仍为第 ${again.entry} 号`,
        },
        ...(await this.lotsOf(busy.id)),
      ],
    );
  }

  async give(): Promise<void> {
    const [giver, receiver] = [nameOf(busy.id), nameOf(resident.id)];
    const body = { to: resident.id, purse: 'points', amount: '30' };
    const { id } = await this.member(busy.id).must<{ id: string }>('/v1/gifts', body);
    await this.member(resident.id).must(`/v1/gifts/${id}/accept`);
    this.tell(
      {
        en: `${giver.en} gives ${receiver.en}, 30 points, who accepts; they keep their last day`,
        zh: `${giver.zh}向${receiver.zh}转赠 30 积分，对方已接受；积分有效期不变`,
      },
      await this.lotsOf(resident.id),
    );
  }

  /** On the Sunday: the fund pays for a neighbour in need. */
  async grant(): Promise<void> {
    const { said, details } = await grantAndServe({
      clock: this.context.clock,
      day: addDays(this.day, 1),
      operator: (subject) => this.operator(subject),
      member: (id) => this.member(id),
    });
    this.tell(said, details);
  }

  /** On paper, for whoever wants to check it without signing in. */
  async certify(): Promise<void> {
    type Certificate = { number: string; hours: string; check_code: string };
    const path = `/v1/members/${willing.id}/certificates`;
    const certificate = await this.member(willing.id).must<Certificate>(path, {});
    const name = nameOf(willing.id);
    const page = await this.context.visit(`/certificates/${certificate.number}?code=${certificate.check_code}`);
    const wrong = await this.context.visit(`/certificates/${certificate.number}?code=AAAAA-AAAAA`);
    const isGood = page.includes('<strong>有效</strong>') && wrong.includes('查无此证明');
    this.tell(
      {
        en: `${name.en} asks for a certificate of the hours given: ${certificate.number}`,
        zh: `${name.zh}申请志愿服务记录证明，编号 ${certificate.number}`,
      },
      [
        isGood
          ? {
              en: 'its check page says that it is valid, and says nothing to a wrong code',
              zh: '扫码查验显示“有效”；验证码不符则查无此证明',
            }
          : { en: 'ITS CHECK PAGE DOES NOT ANSWER AS IT SHOULD', zh: '查验结果不正确' },
      ],
    );
  }

  async fileAway(): Promise<void> {
    const { said, details } = await fileAway(this.operator('wang'), this.operator('li'), this.day.slice(0, 7));
    this.tell(said, details);
  }

  /** Three years later, a month before the last day, and on the day after it. */
  async growOld(): Promise<void> {
    const [lot] = (await this.member(busy.id).get<Lots>(`/v1/members/${busy.id}/lots`)).lots.filter(isOfPoints);
    const last = lot?.expires_on ?? this.day;
    this.context.clock.moveTo(addDays(last, -20), '09:00');
    type Report = { days: { expires_on: string; members: number; amount: string }[] };
    const { days } = await this.operator('wang').get<Report>('/v1/reports/expiring');
    this.tell(
      { en: 'the office looks whose points are about to expire', zh: '社区查看即将到期的积分' },
      days.map(({ expires_on, members, amount }) => ({
        en: `${amount} points of ${members} members, after ${expires_on}`,
        zh: `${members} 名成员共 ${amount} 积分，有效期至 ${expires_on}`,
      })),
    );
    this.context.clock.moveTo(addDays(last, 1), '09:00');
    const { expired } = await this.member(busy.id).get<Lots>(`/v1/members/${busy.id}/lots`);
    const name = nameOf(busy.id);
    this.tell(
      {
        en: `the day is over: what ${name.en} has not used has expired, and not a coin with it`,
        zh: `有效期已过：${name.zh}未使用的积分作废；时间币不受影响`,
      },
      [
        ...expired.map(({ amount, expires_on }) => ({
          en: `${amount} points expired after ${expires_on}, none are left`,
          zh: `${amount} 积分（有效期至 ${expires_on}）已作废，已无未到期积分`,
        })),
      ],
    );
  }

  private async lotsOf(id: string): Promise<Words[]> {
    const { lots } = await this.member(id).get<Lots>(`/v1/members/${id}/lots`);
    return lots.filter(isOfPoints).map(({ amount, expires_on }) => ({
      en: `${amount} points, good until ${expires_on}`,
      zh: `积分 ${amount} 分，有效期至 ${expires_on}`,
    }));
  }

  private tell(said: Words, details: readonly Words[] = []): void {
    const day = dateInZone(this.context.clock.now(), countyPlan.zone);
    this.steps.push({ day, said, details });
    this.context.progress({ en: 'what was earned', zh: '积分与时间币' }, this.steps.length, stepCount);
  }

  private operator(subject: string): Client {
    return this.context.client('operator', subject);
  }

  private member(id: string): Client {
    return this.context.client('member', id);
  }
}

const isOfPoints = ({ purse }: Lot) => purse === 'points';
