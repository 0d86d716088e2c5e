/** `timeledger import` as a process beside a running service: visits name who approves them, which is never the command line, redemptions their partner. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { temporaryDirectory } from '../support/database.js';
import { dataDirectoryIn, freePort, runCli, startService } from '../support/service.js';

const day = '2026-10-06T';
const files = {
  org_units: ['external_id,parent_external_id,level,name', 'XC,,county,新昌县'],
  members: [
    'external_id,name,gender,birth_date,phone,org_unit,talent_category',
    'M1,何根仙,female,1949-02-20,,XC,',
    'M2,潘明建,male,1940-08-13,,XC,',
  ],
  visits: [
    'external_id,volunteer,recipient,service_type,planned_start,planned_end,check_in,check_out,proof_grade,recorded_by_unit',
    `V1,M1,M2,errand,${day}09:00:00+08:00,${day}10:00:00+08:00,${day}09:00:00+08:00,${day}10:00:00+08:00,A,XC`,
    `V2,M1,M2,errand,${day}13:00:00+08:00,${day}14:00:00+08:00,${day}13:00:00+08:00,${day}14:00:00+08:00,A,NOBODY`,
  ],
  redemptions: ['partner_reference,member,points,requested_at,terminal', `B1,M1,10,${day}09:00:00+08:00,T01`],
} as const;

t.test('visits are imported under the name of who approves them, and refused without one', async (t) => {
  const directory = temporaryDirectory();
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const environment = { DATA_DIR: dataDirectoryIn(directory), PORT: String(await freePort()) };
  const service = await startService(environment);
  t.teardown(() => service.stop());
  const bring = (kind: keyof typeof files, ...options: readonly string[]) => {
    const path = join(directory, `${kind}.csv`);
    writeFileSync(path, files[kind].join('\n'));
    return runCli(['import', path, '--ledger', 'xinchang', '--kind', kind, '--json', ...options], environment);
  };
  t.equal((await bring('org_units')).code, 0);
  t.equal((await bring('members')).code, 0);

  const refusals = [
    [[], /visits need --approved-by/],
    [['--dry-run'], /visits need --approved-by/],
    [['--approved-by', 'zhang san'], /visits need --approved-by/],
    [['--approved-by', 'member:M9'], /operators and coordinators approve/],
    [['--approved-by', 'cli'], /not by a program/],
    [['--approved-by', 'operator:cli'], /not by a program/],
  ] as const;
  for (const [options, stderr] of refusals)
    t.match(await bring('visits', ...options), { code: 1, stdout: '', stderr }, options.join(' '));
  t.match(await bring('members', '--approved-by', 'wang'), { code: 1, stderr: /only for visits/ });

  t.match(await bring('members', '--partner', 'xc-bank'), { code: 1, stderr: /only for redemptions/ });
  t.match(await bring('redemptions'), { code: 1, stderr: /redemptions need --partner/ });
  t.match(await bring('redemptions', '--partner', '新昌农商'), { code: 1, stderr: /--partner is not an id/ });
  const none = await bring('redemptions', '--partner', 'xc-bank');
  t.equal(none.code, 2);
  t.match(JSON.parse(none.stdout).errors, [{ line: 2, external_id: 'B1', code: 'partner_not_found' }]);

  const own = JSON.parse((await bring('visits', '--approved-by', 'M2', '--dry-run')).stdout);
  t.match(own, {
    counts: { errors: 2 },
    errors: [
      { line: 2, code: 'self_approval' },
      { line: 3, code: 'self_approval' },
    ],
  });
  const { code, stdout } = await bring('visits', '--approved-by', 'coordinator:wang');
  t.equal(code, 2);
  t.match(JSON.parse(stdout), {
    counts: { imported: 1, errors: 1 },
    errors: [{ line: 3, code: 'recorder_not_found' }],
  });

  const operator = await runCli(
    ['token', '--ledger', 'xinchang', '--role', 'operator', '--subject', 'li'],
    environment,
  );
  const stored = await fetch(new URL('/v1/import-mappings', service.url), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${operator.stdout.trim()}`,
      'content-type': 'application/json',
      'idempotency-key': 'a-mapping-of-headers',
    },
    body: JSON.stringify({ id: 'office', kind: 'members', columns: { external_id: 'name', name: 'external_id' } }),
  });
  t.equal(stored.status, 201);
  const mapped = await bring('members', '--mapping', 'office', '--dry-run');
  t.match(JSON.parse(mapped.stdout).errors[0], { line: 2, reason: /^external_id is text, not an id/ });
  t.match(await bring('members', '--mapping', 'nowhere'), { code: 1, stderr: /no mapping of headers nowhere/ });
  t.match(await bring('org_units', '--mapping', 'office'), { code: 1, stderr: /office is for members/ });

  const token = await runCli(['token', '--ledger', 'xinchang', '--role', 'auditor'], environment);
  const answer = await fetch(new URL('/v1/service-records', service.url), {
    headers: { authorization: `Bearer ${token.stdout.trim()}` },
  });
  const { service_records: records } = (await answer.json()) as { service_records: unknown };
  t.match(records, [{ id: 'V1', recorded_by: 'XC', approved_by: 'coordinator:wang' }]);
});
