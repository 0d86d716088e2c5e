/**
 * The command line: reads arguments, starts things, prints one line and exits 1 when it cannot. All work is done elsewhere, in
 * modules that are loaded when their command is given: a token should not wait for a web server to load.
 */
import { fail } from './cli/fail.js';
import { buildProgram } from './cli/program.js';
import { openSession } from './cli/session.js';

const session = openSession(process.argv.slice(2), process.env);

buildProgram(session)
  .parseAsync()
  .catch((error: unknown) => fail(error, session.language));
