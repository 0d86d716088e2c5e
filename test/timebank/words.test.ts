/** What a word, an id, a name or a date may be is the same in JSON, in files and in the tables; and a refusal says what is wrong. */
import t, { type Test } from 'tap';
import { latestDate } from '../../src/lib/clock.js';
import { encodings } from '../../src/lib/encoding.js';
import { Refusal } from '../../src/lib/refusal.js';
import { awardParties, objectionAnswers, revocationStates } from '../../src/timebank/award-words.js';
import {
  careChangeKinds,
  careModes,
  careReadKinds,
  careReadPurposes,
  careReasons,
  qualificationKinds,
  specialtyKinds,
  stationChangeKinds,
  stationKinds,
  talentCategories,
  talentChangeKinds,
  talentRegistries,
  teamChangeKinds,
} from '../../src/timebank/community-words.js';
import { closingCauses, closingDestinations, closingStates } from '../../src/timebank/credit/closings/closing-words.js';
import { birthDate, date, externalId, type Field, personalName } from '../../src/timebank/files/fields.js';
import {
  genders,
  kinEndReasons,
  kinRelations,
  kinStates,
  memberChangeKinds,
  memberMergeStatuses,
  memberStateReasons,
  memberStates,
  orgUnitChangeKinds,
  orgUnitLevels,
} from '../../src/timebank/people-words.js';
import { consentPurposes, erasureStates, sealedFields, unmaskPurposes } from '../../src/timebank/personal-words.js';
import {
  attendances,
  evidenceTypes,
  lateRecordKinds,
  offerStatuses,
  orderFundings,
  orderStatuses,
  proofGrades,
  serviceCorrectionStatuses,
} from '../../src/timebank/service-words.js';
import { importKinds, partnerKinds } from '../../src/timebank/words.js';
import { type Answered, type TestApp, testApp } from '../support/app.js';
import { books } from '../support/books.js';
import { populate } from '../support/populate.js';

/** What a reader of files says of a cell: its value, or why it is refused. */
function read<T>(field: Field<T>, text: string): T | string {
  try {
    return field(text);
  } catch (error) {
    if (error instanceof Refusal) return `refused: ${error.message}`;
    throw error;
  }
}

const unit = { external_id: 'XC', parent_external_id: null, level: 'county', name: '新昌县' };
const person = {
  external_id: 'M1',
  name: '何根仙',
  gender: 'female',
  birth_date: '1949-02-20',
  phone: null,
  org_unit: 'XC',
  talent_category: null,
};
const register = (app: TestApp, change: object) =>
  app.post('/v1/members', { as: 'operator', body: { ...person, ...change } });
const refusal = ({ status, body }: Answered) => [status, body.errors?.[0]?.pointer, body.errors?.[0]?.detail];
const named = (text: string) => [...text].map((one) => `U+${one.codePointAt(0)?.toString(16)}`).join(' ');

async function county(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  t.equal((await app.post('/v1/org-units', { as: 'operator', body: unit })).status, 201);
  return app;
}

t.test('an id that looks right and is not is refused with what is wrong with it: 400, and in files', async (t) => {
  const app = await county(t);
  for (const [id, reason] of [
    ['Ｍ00001', 'holds full-width characters: write them in ASCII'],
    ['M００００１', 'holds full-width characters: write them in ASCII'],
    ['M0\u200B1', 'holds an invisible or control character'],
    ['\u202EM01', 'holds an invisible or control character'],
    ['M01\n', 'holds an invisible or control character'],
    ['М01', 'holds characters other than ASCII letters and digits'],
    ['M\u030101', 'holds characters other than ASCII letters and digits'],
    ['M 01', 'holds white space'],
    ['', 'is empty'],
    ['-M', 'begins with neither a letter nor a digit'],
    ['M'.repeat(65), 'has more than 64 characters'],
    ['M/1', 'holds characters other than letters, digits, "_", "." and "-"'],
  ] as const) {
    t.equal(
      read(externalId, id),
      id === '' ? 'refused: is empty, not an id' : `refused: is text, not an id: it ${reason}`,
    );
    t.same(
      refusal(await register(app, { external_id: id })),
      [400, '/external_id', `must be an id: it ${reason}`],
      named(id),
    );
    if (id === '' || id.includes('/')) continue;
    const path = await app.get(`/v1/members/${encodeURIComponent(id)}`, { as: 'operator' });
    t.same(refusal(path), [400, '/path/id', `must be an id: it ${reason}`], 'in a path as well');
  }
});

t.test('a name is kept as people read it, NFC and trimmed, from JSON and from files', async (t) => {
  const app = await county(t);
  const names = [
    '买买提·吐尔逊',
    '何 根仙',
    '何\u3000五',
    '𠮷野',
    'O’Neil',
    '々',
    '〇',
    ' Zoe\u0308 ',
    '\u3000何根仙\t',
    '\uFEFF何',
  ];
  for (const [i, name] of names.entries()) {
    const kept = name.trim().normalize('NFC');
    t.equal(read(personalName, name), kept, named(name));
    t.match(await register(app, { external_id: `M${i}`, name }), { status: 201, body: { name: kept } }, named(name));
    t.equal((await app.get(`/v1/members/M${i}`, { as: 'operator' })).body.name, kept);
  }
});

t.test(
  'a name that cannot be seen, that turns what stands around it, or that was lost is refused: 400, and in files',
  async (t) => {
    const app = await county(t);
    const unseen = [
      '\u200B',
      '何\u200D根',
      '\u202E仙根何',
      '何\u2066',
      '何\u00AD',
      '\u3164',
      '何\uDB40\uDD00',
      '\u2800',
      ' ',
      '',
    ];
    const lost = [
      '何\uFFFD',
      '\uFFFC',
      '何\u0085',
      '何\uE000',
      '何\u0378',
      '\u0301',
      '何\u2028根',
      '何\u0007',
      '何'.repeat(101),
    ];
    for (const name of [...unseen, ...lost]) {
      t.match(read(personalName, name), /^refused: /, named(name));
      t.same(refusal(await register(app, { name })).slice(0, 2), [400, '/name'], named(name));
      const body = { id: 'shop', name: name.repeat(2), kind: 'shop' };
      t.equal((await app.post('/v1/partners', { as: 'operator', body })).status, 400, named(name));
    }
    const told = refusal(await register(app, { name: '何\u202E' }));
    t.equal(told[2], 'must be a name: it holds a character that cannot be seen or was lost');
  },
);

t.test('a day of birth lies between 1900 and today, any other date between 2000 and 2099: 201, 400, 422', async (t) => {
  const app = await county(t);
  const born = async (birth_date: string, external_id: string) => {
    const { status, body } = await register(app, { birth_date, external_id });
    return status === 201 ? 'ok' : `${status} ${body.errors?.[0]?.pointer ?? body.code}`;
  };
  t.equal(await born('1900-01-01', 'M1'), 'ok');
  t.equal(await born('2026-11-02', 'M2'), 'ok', 'born today');
  t.equal(await born('2026-11-03', 'M3'), '422 date_in_future');
  for (const day of ['1899-12-31', '2100-01-01', '0000-01-01', '1949-02-30']) {
    t.equal(await born(day, 'M3'), '400 /birth_date', day);
    t.match(read(birthDate, day), /^refused: is a date, not a date of birth/, day);
  }
  for (const day of ['1999-12-31', '2100-01-01', '0001-01-01', '2026-02-30'])
    t.match(read(date, day), /^refused: /, day);
  t.equal(read(date, latestDate), latestDate);
});

t.test(
  'no date outside the calendar of the books gets past the door, wherever one can be named: 400 with its pointer',
  async (t) => {
    const app = await county(t);
    const legs = [{ debit: 'coin:issuance', credit: 'pool:community', amount: '1.00' }];
    for (const day of ['0000-01-01', '0001-01-01', '1999-12-31', '2100-01-01', '9999-12-31']) {
      const month = day.slice(0, 7);
      const asked: [string, string, object?][] = [
        ['/effective_on', '/v1/entries', { kind: 'adjustment', effective_on: day, legs }],
        ['/entries/0/effective_on', '/v1/entries/bulk', { entries: [{ kind: 'adjustment', effective_on: day, legs }] }],
        ['/effective_on', '/v1/entries/1/reversal', { effective_on: day }],
        ['/period', '/v1/periods', { period: month }],
        ['/period', '/v1/reconciliations', { partner: 'xc-bank', period: month }],
        ['/from', '/v1/reconciliations', { partner: 'xc-bank', from: day, to: '2026-10-31' }],
        ['/query/as_of', `/v1/accounts/pool:community/balance?as_of=${day}`],
        ['/query/from', `/v1/accounts/pool:community/statement?from=${day}`],
        ['/query/to', `/v1/members/M1/statement?to=${day}`],
        ['/query/as_of', `/v1/reports/trial-balance?as_of=${day}`],
        ['/query/from', `/v1/service-records?from=${day}`],
        ['/query/effective_to', `/v1/redemptions?effective_to=${day}`],
        ['/query/period', `/v1/partner-statements?period=${month}`],
        ['/query/to', `/v1/reconciliations?from=2026-10-01&to=${day}`],
      ];
      for (const [pointer, url, body] of asked) {
        const answer = await (body ? app.post(url, { as: 'operator', body }) : app.get(url, { as: 'operator' }));
        t.same(refusal(answer).slice(0, 2), [400, pointer], `${url} ${day}`);
      }
      const cursor = Buffer.from(JSON.stringify([day, '1', '1'])).toString('base64url');
      const page = await app.get(`/v1/accounts/pool:community/statement?cursor=${cursor}`, { as: 'operator' });
      t.same(refusal(page).slice(0, 2), [400, '/query/cursor'], `in a cursor: ${day}`);
      const body = { partner_reference: 'R1', member: 'M1', points: '1', effective_at: `${day}T12:00:00+08:00` };
      const bank = { role: 'partner', subject: 'xc-bank' } as const;
      t.same(refusal(await app.post('/v1/redemptions', { as: bank, body })).slice(0, 2), [400, '/effective_at'], day);
      const opening = Buffer.from('member,occurrences,points\nM1,1,10\n');
      const staged = await app.post(`/v1/imports?kind=opening_points&effective_on=${day}`, {
        as: 'operator',
        body: opening,
      });
      t.same(refusal(staged).slice(0, 2), [400, '/query/effective_on'], day);
    }
  },
);

t.test('the database refuses what the words do not have, in every table that has words, ids or dates', async (t) => {
  const b = await books(t);
  await populate(b);
  const sets: Record<string, Record<string, readonly string[]>> = {
    // The last unit is not the county, of which there is one.
    org_units: { level: orgUnitLevels.filter((level) => level !== 'county') },
    org_unit_changes: { kind: [...orgUnitChangeKinds], effective_on: ['2000-01-01'] },
    persons: { gender: [...genders, ...genders], talent_category: [...talentCategories] },
    partners: { kind: [...partnerKinds] },
    service_records: { proof_grade: [...proofGrades] },
    service_corrections: { status: serviceCorrectionStatuses.slice(2), proof_grade: [...proofGrades] },
    orders: {
      status: [...orderStatuses],
      funding: [...orderFundings],
      lapses_to: [...orderStatuses],
      mode: ['online', 'home'],
    },
    order_people: { role: ['volunteer'], attendance: [...attendances], week: ['2000-01-01'] },
    offers: { status: [...offerStatuses], volunteer_id: ['M2'] },
    order_evidence: { media_type: [...evidenceTypes], erased_on: ['2000-01-01'] },
    late_records: { kind: [...lateRecordKinds], record_id: ['V10'] },
    imports: {
      kind: [...importKinds],
      state: ['staged', 'committed'],
      encoding: [...encodings],
      mapping: ['village-office'],
    },
    import_mappings: { kind: [...importKinds], mapping_id: ['x'.repeat(64)] },
    import_rows: { state: ['ready', 'skipped', 'error', 'imported'], external_id: ['XC-01', 'x'.repeat(64)] },
    partner_statements: { from: ['2026-10-01'], sequence: ['1', '7'] },
    redemptions: { status: ['expired', 'refunded'], partner_reference: ['BK1'], effective_on: ['2000-01-01'] },
    opening_points: { effective_on: ['2000-01-01'] },
    // M1 has the others already.
    sealed_fields: { field: sealedFields.filter((field) => field === 'address' || field === 'hardship') },
    consents: { purpose: consentPurposes.filter((purpose) => purpose !== 'service'), given_on: ['2000-01-01'] },
    access_log: { purpose: [...unmaskPurposes] },
    erasures: { state: erasureStates.filter((state) => state === 'requested') },
    members: {
      state: memberStates.filter((state) => state !== 'merged'),
      second_org_unit_id: ['XC-02'],
      org_unit_id: ['XC-01'],
    },
    member_changes: {
      kind: [...memberChangeKinds],
      state: [...memberStates],
      was_state: [...memberStates],
      reason_code: [...memberStateReasons],
      was_second_org_unit_id: ['XC-01'],
      effective_on: ['2000-01-01'],
    },
    member_merges: { status: memberMergeStatuses.slice(1) },
    kin: {
      state: kinStates.slice(-1),
      relation: [...kinRelations],
      end_reason: [...kinEndReasons],
      elder_consent_on: ['2000-01-01'],
    },
    beneficiaries: { beneficiary_id: ['x'.repeat(64)] },
    // The last one is a death that is not settled.
    closings: {
      cause: closingCauses.filter((cause) => cause === 'died'),
      state: closingStates.filter((state) => state === 'open'),
      destination: closingDestinations.filter((destination) => destination !== 'kin'),
      was_state: [...memberStates],
      died_on: ['2000-01-01'],
    },
    // The last round is awarded, its last party the property firm, and its revocation proposed.
    award_rounds: { state: ['awarded'], from: ['2026-10-01'], award: ['star_volunteer'] },
    award_candidates: { member_id: ['M1'], reached_on: ['2000-01-01'] },
    award_objections: { state: [...objectionAnswers], candidate_id: ['M2'] },
    award_votes: { party: awardParties.slice(-1) },
    awards: { award: ['star_volunteer'], awarded_on: ['2000-01-01'] },
    award_revocations: { state: revocationStates.slice(0, 1), member_id: ['M1'] },
    stations: { kind: [...stationKinds] },
    station_changes: { change: [...stationChangeKinds], effective_on: ['2000-01-01'] },
    specialties: { kind: [...specialtyKinds] },
    talents: { registry: [...talentRegistries] },
    talent_changes: { registry: [...talentRegistries], change: [...talentChangeKinds], effective_on: ['2000-01-01'] },
    talent_qualifications: {
      registry: [...talentRegistries],
      kind: [...qualificationKinds],
      valid_until: ['2099-12-31'],
    },
    team_changes: { change: [...teamChangeKinds], effective_on: ['2000-01-01'] },
    care_subjects: { mode: [...careModes] },
    care_changes: { change: [...careChangeKinds], effective_on: ['2000-01-01'] },
    care_visits: { reason: [...careReasons], visited_on: ['2000-01-01'] },
    care_reads: { kind: [...careReadKinds], purpose: [...careReadPurposes] },
  };
  const wrong: Record<string, readonly string[]> = {
    date: ['1999-12-31', '2100-01-01'],
    integer: ['0'],
    text: ['', 'nothing of the kind', 'Ａ', 'A\u200B', 'A\n', 'x'.repeat(65), "'"],
  };
  const types = new Map<string, string>();
  for (const row of await b.owner`select table_name, column_name, data_type from information_schema.columns where table_schema = 'timebank'`)
    types.set(`${row['table_name']}.${row['column_name']}`, row['data_type'] as string);
  for (const [table, columns] of Object.entries(sets)) {
    for (const [column, good] of Object.entries(columns)) {
      const type = types.get(`${table}.${column}`) ?? '';
      const put = (value: string) =>
        b.owner.unsafe(
          `update timebank.${table} set "${column}" = $1::text::${type} where ctid = (select max(ctid) from timebank.${table})`,
          [value],
        );
      for (const value of good) t.equal((await put(value)).count, 1, `${table}.${column} takes ${value}`);
      for (const value of wrong[type] ?? [])
        await t.rejects(put(value), { code: '23514' }, `${table}.${column} refuses ${named(value)}`);
    }
  }
});
