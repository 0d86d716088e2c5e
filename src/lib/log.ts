/**
 * What a log line may say: who did what when, never whose data it was. Errors are written as their class, code and stack;
 * messages of the database and its drivers, which quote SQL and values, are left out. It knows no route and no table.
 */
import type { LoggerOptions } from 'pino';

/** An error as a log line shows it. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly constraint?: string;
  readonly stack: string;
  readonly cause?: LoggedError;
}

/** Options for pino. Every line is JSON on standard output, with an RFC 3339 time and the level's name. */
export function logOptions(level: string): LoggerOptions {
  return {
    level,
    base: { service: 'timeledger' },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: serializeError, error: serializeError },
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  };
}

/** Names that no line should carry in the first place; redaction is the net below. */
const secrets = [
  'authorization',
  'password',
  'client_secret',
  'token',
  'access_token',
  'databaseUrl',
  'body',
  'rawBody',
];

/** At most this many causes deep: a circle of causes must not hang the log. */
const maxCauses = 4;

/** Class, code, stack; the message only where our own code or Node wrote it. */
export function serializeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'something that is not an Error was thrown', stack: '' };
  const code = stringField(error, 'code');
  const constraint = stringField(error, 'constraint_name');
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message: quotesValues(error) ? '(left out: it may quote values)' : error.message,
    ...(code !== undefined && { code }),
    ...(constraint !== undefined && { constraint }),
    stack: framesOf(error),
    ...(error.cause !== undefined && depth < maxCauses && { cause: serializeError(error.cause, depth + 1) }),
  };
}

/** drizzle's errors carry `query` and `params`, PostgreSQL's `severity`; JSON.parse and URL quote what they were given. */
function quotesValues(error: Error): boolean {
  return (
    'query' in error || 'params' in error || 'severity' in error || error instanceof SyntaxError || 'input' in error
  );
}

/** The stack without its head, which repeats the message. */
function framesOf(error: Error): string {
  const lines = (error.stack ?? '').split('\n');
  return lines
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .join('\n');
}

function stringField(error: Error, name: string): string | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}
