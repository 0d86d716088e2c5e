/** A small estate for tests of its file: who lives there, what they did, and the file taken apart. */
import { hash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { unzipSync } from 'fflate';
import type { Test } from 'tap';
import type { Caller } from '../../support/app.js';
import { giveCoins, member, type OrderTown, orderTown, plan, serve, wang } from '../service/orders/people.js';

export { wang };
export const zhao: Caller = { role: 'operator', subject: 'zhao' };
export const qian: Caller = { role: 'operator', subject: 'qian' };

/** Whom nobody may recognise in the file: names, telephone numbers, identity cards and addresses. */
export const people = [
  ['A1', 'XC-E1', '诸葛明远', '13957500001', '330624195001010028', '阳光小区1幢301室'],
  ['A2', 'XC-E1', '欧阳春兰', '13957500002', '330624195001010247', '阳光小区2幢102室'],
  ['A3', 'XC-E1-S1', '潘建国', '13957500003', '330624195001010466', '阳光小区3幢501室'],
  ['B1', 'XC-E2', '俞阿四', '13957500004', '330624195001010685', '东门小区5幢201室'],
] as const;

/** A1, A2 and A3 live in XC-E1 or a stairwell of it, B1 in XC-E2; it is nine in the morning of 2 November. */
export async function estateTown(t: Test): Promise<OrderTown> {
  const town = await orderTown(t);
  for (const [external_id, parent_external_id, level, name] of [
    ['XC-C', 'XC-01', 'community', '城东社区'],
    ['XC-E1', 'XC-C', 'estate', '阳光小区'],
    ['XC-E1-S1', 'XC-E1', 'stairwell', '3幢'],
    ['XC-E2', 'XC-C', 'estate', '东门小区'],
  ])
    await town.ask(zhao, '/v1/org-units', { external_id, parent_external_id, level, name }, 201);
  for (const [external_id, org_unit, name, phone, national_id, address] of people) {
    const born = { gender: 'female', birth_date: '1950-01-01', talent_category: null };
    await town.ask(zhao, '/v1/members', { external_id, org_unit, name, phone, ...born }, 201);
    await town.ask(zhao, `/v1/members/${external_id}/personal-data`, { national_id, address });
  }
  return town;
}

/** A service that a coordinator records, of so many hours from eight o'clock on. */
export async function record(town: OrderTown, id: string, day: string, who: [string, string], hours = 2) {
  const [start, end] = [8, 8 + hours].map((hour) => `${day}T${String(hour).padStart(2, '0')}:00:00+08:00`);
  const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
  const [volunteer, recipient] = who;
  const visit = { external_id: id, volunteer, recipient, service_type: 'errand', ...times };
  await town.ask(wang, '/v1/service-records', { ...visit, proof_grade: 'A', recorded_by: 'XC-01' }, 201);
}

/** What a week has: coins, an order from one end to the other, an open one, records here and there, a certificate. */
export async function aWeek(town: OrderTown): Promise<void> {
  await giveCoins(town, 'A2', '5.00');
  const need = { recipient: 'A2', ...plan };
  await town.ask(member('A2'), '/v1/orders', { external_id: 'N1', ...need }, 201);
  await town.ask(member('A1'), 'N1/claim');
  await serve(town, 'N1', 'A1', 'A2');
  await town.ask(member('A2'), 'N1/confirm');
  await town.ask(wang, 'N1/approve');
  const later = { planned_start: '2026-11-20T09:00:00+08:00', planned_end: '2026-11-20T10:00:00+08:00' };
  await town.ask(wang, '/v1/orders', { external_id: 'N2', ...need, ...later }, 201);
  town.advanceTo('2026-11-08T18:00:00+08:00');
  await record(town, 'S1', '2026-11-04', ['A1', 'B1']);
  await record(town, 'S2', '2026-11-05', ['A3', 'A2'], 4);
  await record(town, 'S3', '2026-11-05', ['B1', 'A2']);
  await town.ask(member('A1'), '/v1/members/A1/certificates', {}, 201);
}

export interface Unpacked {
  /** What was answered when it was made. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests assert, and openapi-check has held it to the document
  readonly made: any;
  readonly zip: Buffer;
  readonly names: readonly string[];
  readonly text: (name: string) => string;
  readonly rows: (name: string) => Record<string, string>[];
  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON; tests say what they expect of it
  readonly json: (name: string) => any;
}

export async function download(town: OrderTown, url: string, as: Caller): Promise<Buffer> {
  const headers = { authorization: `Bearer ${town.app.token(as)}` };
  return (await town.app.built.app.inject({ method: 'GET', url, headers })).rawPayload;
}

/** Makes a file and takes it apart. */
export async function unpack(town: OrderTown, asked: object = {}, as: Caller = zhao): Promise<Unpacked> {
  const made = await town.ask(as, '/v1/estate-files', { unit: 'XC-E1', period: '2026-11', ...asked }, 201);
  const zip = await download(town, made.zip, as);
  const parts = unzipSync(zip);
  const text = (name: string) => Buffer.from(parts[name] ?? []).toString();
  return {
    ...{ made, zip, names: Object.keys(parts), text },
    rows: (name) => parse(text(name), { bom: true, columns: true }),
    json: (name) => JSON.parse(text(name)),
  };
}

export const sha256 = (bytes: Uint8Array | string) => hash('sha256', bytes);
