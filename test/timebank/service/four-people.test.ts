/** The four people of a service are four, under whatever role each of them acts. */
import t from 'tap';
import { roles } from '../../../src/http/tokens.js';
import { personOf } from '../../../src/timebank/people/actors.js';
import { requireFourPeople } from '../../../src/timebank/service/four-people.js';

const four = { volunteer: 'M1', recipients: ['M2', 'M3'], recordedBy: 'XC-01', approvedBy: 'coordinator:wang' };
const refused = (code: string) => ({ name: 'Refusal', code });

t.test('a person is who they are under every role, and under a subject that spells one', async (t) => {
  for (const role of roles) {
    t.equal(personOf(`${role}:M1`), 'M1', role);
    t.equal(personOf(`operator:${role}:M1`), 'M1', `a subject that spells ${role}`);
    t.equal(personOf(`${role}:${role}`), role, 'a subject may be called as a role is');
  }
  t.equal(personOf('operator:auth0|5f:7a'), 'auth0|5f:7a', 'a colon alone names no role');
  t.equal(personOf('operator:m1'), 'm1', 'and letters are what they are');
});

t.test('four people pass', async (t) => {
  t.doesNotThrow(() => requireFourPeople(four));
  t.doesNotThrow(() => requireFourPeople({ ...four, recordedBy: 'M4', approvedBy: 'operator:m1' }));
});

t.test('no two of the four are one person, whichever of several recipients it is', async (t) => {
  for (const same of [
    { recipients: ['M1'] },
    { recipients: ['M2', 'M1'] },
    ...['M1', 'M2', 'M3'].map((recordedBy) => ({ recordedBy })),
    ...roles.flatMap((role) =>
      ['M1', 'M2', 'M3', 'XC-01'].flatMap((one) => [
        { approvedBy: `${role}:${one}` },
        { approvedBy: `operator:${role}:${one}` },
      ]),
    ),
  ])
    t.throws(() => requireFourPeople({ ...four, ...same }), refused('self_approval'), JSON.stringify(same));
});

t.test('a program approves nothing, nor does nobody', async (t) => {
  for (const approvedBy of ['operator:cli', 'coordinator:cli', 'operator:operator:cli', 'cli', 'operator:', ''])
    t.throws(() => requireFourPeople({ ...four, approvedBy }), refused('approver_invalid'), approvedBy);
});
