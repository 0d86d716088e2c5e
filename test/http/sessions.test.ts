/** Guarantees of the session cache: bounded by bytes and for each client, so that nobody pushes others out. */
import { test } from 'tap';
import { type Session, Sessions } from '../../src/http/sessions.js';

function session(subject: string, client?: string): Session {
  const principal = { subject, role: 'partner', ledger: 'xinchang', client } as const;
  return { principal, expiresAt: 1_000, client: `xinchang partner ${subject}` };
}

const roomy = { bytes: 1_000_000, perClient: 3 };

test('a session is found until it is over, and then not again', async (t) => {
  const sessions = new Sessions(roomy);
  sessions.remember('token', session('a'));
  t.equal(sessions.find('token', 999)?.principal.subject, 'a');
  t.equal(sessions.find('another', 0), undefined);
  t.equal(sessions.find('token', 1_000), undefined);
  t.equal(sessions.find('token', 0), undefined, 'it is gone');
  t.equal(sessions.size, 0);
});

test('a client that makes many tokens pushes out its own oldest and nobody else', async (t) => {
  const sessions = new Sessions(roomy);
  sessions.remember('other', session('b'));
  for (let n = 0; n < 100; n += 1) sessions.remember(`token ${n}`, session('a'));
  t.ok(sessions.find('other', 0));
  t.equal(sessions.size, 4);
  t.equal(sessions.find('token 96', 0), undefined);
  t.ok(sessions.find('token 97', 0));
});

test('all of them take no more bytes than they may: the oldest go', async (t) => {
  const sessions = new Sessions({ bytes: 10_000, perClient: 100 });
  for (let n = 0; n < 100; n += 1) sessions.remember(`${n}`.padStart(1_488, 'x'), session(`s${n}`));
  t.equal(sessions.size, 5, '1,488 bytes and 512 beside them, five times');
  t.ok(sessions.find('99'.padStart(1_488, 'x'), 0));
  sessions.remember('huge'.padStart(20_000, 'x'), session('huge'));
  t.equal(sessions.size, 0, 'one that does not fit alone is not kept');
});

test('the same token remembered twice is one session', async (t) => {
  const sessions = new Sessions({ bytes: 1_100, perClient: 3 });
  for (let n = 0; n < 5; n += 1) sessions.remember('token', session('a'));
  t.equal(sessions.size, 1);
  sessions.remember('tokem', session('b'));
  t.equal(sessions.size, 2, 'and takes its bytes once');
});

test('when credentials end, the sessions of their tokens do, and no others', async (t) => {
  const sessions = new Sessions(roomy);
  sessions.remember('one', session('a', 'x.a.1'));
  sessions.remember('two', session('a', 'x.a.1'));
  sessions.remember('other', session('a', 'x.a.2'));
  sessions.remember('person', session('b'));
  sessions.endClient('x.a.1');
  t.equal(sessions.find('one', 0) ?? sessions.find('two', 0), undefined);
  t.ok(sessions.find('other', 0) && sessions.find('person', 0));
});
