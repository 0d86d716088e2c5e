/** The fund grants something to a member in need, who pays an order with it: from the proposal to what is left of it. */
import type { Words } from '#src/lib/language.js';
import type { Client } from './client.js';
import { type DemoClock, instantOf } from './clock.js';
import { proofFor } from './morning-dispatch.js';
import { nameOf, resident, willing } from './morning-people.js';

interface GrantContext {
  readonly clock: DemoClock;
  readonly day: string;
  readonly operator: (subject: string) => Client;
  readonly member: (id: string) => Client;
}

const serviceType = 'errand';

export async function grantAndServe(
  context: GrantContext,
): Promise<{ readonly said: Words; readonly details: readonly Words[] }> {
  const { clock, day, operator, member } = context;
  clock.moveTo(day, '07:30');
  await fillFund(context);
  const need = { member: resident.id, reasons: ['hardship'], mode: 'doorstep', interval_days: 30, starts_on: day };
  await operator('wang').must('/v1/care-subjects', need);
  const wish = { member: resident.id, amount: '5.00', document_number: '新民救〔2026〕17号' };
  const { id } = await operator('wang').must<{ id: string }>('/v1/grants', wish);
  const given = await operator('li').must<{ expires_on: string }>(`/v1/grants/${id}/approve`);
  const paid = await serveByGrant(context);
  const { grants } = await member(resident.id).get<{ grants: { balance: string }[] }>(
    `/v1/members/${resident.id}/grants`,
  );
  const [name, volunteer] = [nameOf(resident.id), nameOf(willing.id)];
  return {
    said: {
      en: `the fund grants ${name.en}, 5.00 coins by a document; one person proposes, another approves`,
      zh: `基金凭文件向${name.zh}发放资助 5.00 个时间币：一人提出、另一人批准`,
    },
    details: [
      {
        en: `${volunteer.en} runs an errand and receives ${paid} of it; ${grants[0]?.balance ?? 'nothing'} is left`,
        zh: `${volunteer.zh}上门代办，从资助中获得 ${paid}；资助余 ${grants[0]?.balance ?? '0.00'}`,
      },
      {
        en: `it can be given to nobody, and what is not used by ${given.expires_on} is the fund's again`,
        zh: `资助不可转赠，有效期至 ${given.expires_on}，未用完部分退回基金`,
      },
    ],
  };
}

/** The county puts coins into the fund. */
async function fillFund({ operator }: GrantContext): Promise<void> {
  const legs = [{ debit: 'coin:issuance', credit: 'pool:fund', amount: '100.00' }];
  const adjustment = { reference: '新民救〔2026〕3号', reason: '年度关爱资金', legs };
  const { id } = await operator('wang').must<{ id: string }>('/v1/adjustments', adjustment);
  await operator('li').must(`/v1/adjustments/${id}/approve`);
}

/** An order from one end to the other; the coins that its volunteer received. */
async function serveByGrant({ clock, day, operator, member }: GrantContext): Promise<string> {
  const when = { planned_start: instantOf(day, '09:00'), planned_end: instantOf(day, '10:00') };
  const body = { recipient: resident.id, service_type: serviceType, mode: 'home', ...when, funding: 'grant' };
  const { id } = await member(resident.id).must<{ id: string }>('/v1/orders', body);
  await member(willing.id).must(`/v1/orders/${id}/claim`);
  for (const [step, time] of [
    ['check-in', '09:00'],
    ['check-out', '10:00'],
  ] as const) {
    clock.moveTo(day, time);
    const { proof } = await proofFor(member(resident.id), resident.id);
    await member(willing.id).must(`/v1/orders/${id}/${step}`, { volunteer: willing.id, proof });
  }
  await member(resident.id).must(`/v1/orders/${id}/confirm`);
  type Approved = { volunteers: { service_record: string }[] };
  const { volunteers } = await operator('li').must<Approved>(`/v1/orders/${id}/approve`);
  const path = `/v1/service-records/${volunteers[0]?.service_record}`;
  return (await operator('li').get<{ coins: string }>(path)).coins;
}
