/**
 * One morning, over HTTP and nothing else: a resident orders, the community dispatches, one volunteer declines, another accepts, checks in
 * and out, and an hour and a half becomes a coin and a half. Everybody asks with a token of their own.
 */
import type { Words } from '#src/lib/language.js';
import type { Client } from './client.js';
import type { MorningClock } from './clock.js';
import { type Candidate, proofFor, rankCandidates } from './morning-dispatch.js';
import { approver, dispatcher, nameOf, registerPeople, resident } from './morning-people.js';
import { earnedLines, type RecordAnswer } from './morning-record.js';

/** Something that happened, and when. */
export interface MorningStep {
  /** `08:05` */
  readonly time: string;
  readonly said: Words;
  /** What goes with it: reasons, sums. */
  readonly details: readonly Words[];
}

export interface MorningContext {
  readonly clock: MorningClock;
  readonly client: (role: 'operator' | 'coordinator' | 'member' | 'auditor', subject: string) => Client;
  /** Hears what is being done and how far it is. */
  readonly progress: (what: Words, done: number, total: number) => void;
}

export interface MorningResult {
  readonly day: string;
  readonly steps: readonly MorningStep[];
}

interface OrderAnswer {
  readonly id: string;
  readonly volunteers: readonly { readonly member: string; readonly service_record: string | null }[];
  readonly history: readonly { readonly event: string; readonly entry: string }[];
}

interface MadeOffer {
  readonly id: string;
  readonly member: string;
}

interface Attended {
  readonly order: string;
  readonly volunteer: string;
}

const serviceType = 'errand';
const plan = { from: '09:00', to: '10:30' };
const stepCount = 9;

export async function runMorning(context: MorningContext): Promise<MorningResult> {
  await registerPeople(context.client('operator', 'demo-operator'), serviceType);
  const morning = new Morning(context);
  const order = await morning.order();
  const [first, second] = await morning.rank(order);
  await morning.decline(await morning.offer('08:10', order, first), '08:20');
  const volunteer = await morning.accept(await morning.offer('08:25', order, second), '08:35');
  await morning.attend({ order, volunteer }, 'check-in', '08:58');
  await morning.attend({ order, volunteer }, 'check-out', '10:32');
  await morning.confirm(order, '10:40');
  await morning.approve({ order, volunteer }, '11:00');
  return { day: context.clock.day, steps: morning.steps };
}

class Morning {
  readonly steps: MorningStep[] = [];

  constructor(private readonly context: MorningContext) {}

  async order(): Promise<string> {
    const note = '代取慢性病药品，医保卡在本人处';
    const when = { planned_start: this.instant(plan.from), planned_end: this.instant(plan.to) };
    const body = { recipient: resident.id, service_type: serviceType, mode: 'home', ...when, note };
    const { id } = await this.as(resident.id).must<OrderAnswer>('/v1/orders', body);
    this.tell('08:00', {
      en: `${resident.name.en}, orders: medicine to be fetched, ${plan.from} to ${plan.to}`,
      zh: `${resident.name.zh}点单：代取药品，${plan.from} 至 ${plan.to}`,
    });
    return id;
  }

  /** Whom the community would ask, the best first; the two that the morning needs are there. */
  async rank(order: string): Promise<[Candidate, Candidate]> {
    this.moveTo('08:05');
    const candidates = await rankCandidates(this.dispatcher(), order);
    const details = candidates.map(({ member, reasons }, i) => {
      const name = nameOf(member);
      const why = { en: reasons.map(({ en }) => en).join(', '), zh: reasons.map(({ zh }) => zh).join('，') };
      return { en: `${i + 1}. ${name.en}: ${why.en}`, zh: `${i + 1}. ${name.zh}：${why.zh}` };
    });
    const said = { en: 'the community looks who could go, and why', zh: '社区查看可派志愿者及推荐理由' };
    this.tell('08:05', said, details);
    const [first, second] = candidates;
    if (!first || !second) throw new Error(`${candidates.length} candidates where there are two`);
    return [first, second];
  }

  async offer(time: string, order: string, { member }: Candidate): Promise<MadeOffer> {
    this.moveTo(time);
    const { id } = await this.dispatcher().must<{ id: string }>(`/v1/orders/${order}/offers`, { volunteer: member });
    const name = nameOf(member);
    this.tell(time, { en: `the community asks ${name.en}`, zh: `社区向${name.zh}派单` });
    return { id, member };
  }

  async decline({ id, member }: MadeOffer, time: string): Promise<void> {
    this.moveTo(time);
    await this.as(member).must(`/v1/offers/${id}/decline`, { reason: '上午要带孙子打疫苗' });
    const name = nameOf(member);
    this.tell(time, {
      en: `${name.en} declines; that costs nothing and is held against nobody`,
      zh: `${name.zh}谢绝接单；谢绝不扣分，也不影响以后派单`,
    });
  }

  /** Who it was that accepted. */
  async accept({ id, member }: MadeOffer, time: string): Promise<string> {
    this.moveTo(time);
    await this.as(member).must(`/v1/offers/${id}/accept`);
    const name = nameOf(member);
    this.tell(time, { en: `${name.en} accepts`, zh: `${name.zh}接单` });
    return member;
  }

  async attend({ order, volunteer }: Attended, step: 'check-in' | 'check-out', time: string): Promise<void> {
    this.moveTo(time);
    const { proof, shown } = await proofFor(this.as(resident.id), resident.id);
    await this.as(volunteer).must(`/v1/orders/${order}/${step}`, { volunteer, proof });
    const name = nameOf(volunteer);
    const did = step === 'check-in' ? { en: 'checks in', zh: '签到' } : { en: 'checks out', zh: '签出' };
    this.tell(time, { en: `${name.en} ${did.en} ${shown.en}`, zh: `${name.zh}${shown.zh}${did.zh}` });
  }

  async confirm(order: string, time: string): Promise<void> {
    this.moveTo(time);
    await this.as(resident.id).must(`/v1/orders/${order}/confirm`, { rating: 5 });
    this.tell(time, {
      en: `${resident.name.en}, confirms it and gives 5 of 5`,
      zh: `${resident.name.zh}确认服务，评价 5 分（满分 5 分）`,
    });
  }

  async approve({ order, volunteer }: Attended, time: string): Promise<void> {
    this.moveTo(time);
    const coordinator = this.context.client('coordinator', approver);
    const { volunteers } = await coordinator.must<OrderAnswer>(`/v1/orders/${order}/approve`);
    const record = volunteers.find(({ member }) => member === volunteer)?.service_record;
    const auditor = this.context.client('auditor', 'demo-auditor');
    const found = await auditor.get<RecordAnswer>(`/v1/service-records/${record}`);
    const { history } = await auditor.get<OrderAnswer>(`/v1/orders/${order}`);
    this.tell(
      time,
      { en: 'somebody else of the community approves it', zh: '社区另一名工作人员审批通过' },
      earnedLines(nameOf(volunteer), found, history.length),
    );
  }

  private tell(time: string, said: Words, details: readonly Words[] = []): void {
    this.steps.push({ time, said, details });
    this.context.progress({ en: 'a morning', zh: '一个上午' }, this.steps.length, stepCount);
  }

  private dispatcher(): Client {
    return this.context.client('coordinator', dispatcher);
  }

  private as(member: string): Client {
    return this.context.client('member', member);
  }

  private moveTo(time: string): void {
    this.context.clock.moveTo(time);
  }

  private instant(time: string): string {
    return this.context.clock.instant(time);
  }
}
