/** `timeledger openapi`: the document of the routes as they are; needs no database, for none of them is called. */
import { buildApp } from '../app.js';
import { readConfig } from '../config.js';
import { yamlOf } from '../http/openapi.js';
import { generateEd25519 } from '../ledger/log/keys.js';
import { systemClock } from '../lib/clock.js';

export async function printOpenApi(): Promise<void> {
  process.stdout.write(await openApiText());
}

/** The text that openapi.yaml must hold. */
export async function openApiText(): Promise<string> {
  const { app, close } = await buildApp({
    config: readConfig({ LOG_LEVEL: 'silent' }),
    target: { url: 'postgres://nobody@127.0.0.1:1/nothing' },
    clock: systemClock,
    keys: { tokens: [generateEd25519()], log: generateEd25519(), secret: generateEd25519(), masters: () => [] },
  });
  const text = yamlOf(app);
  await close();
  return text;
}
