/**
 * `npm run soak -- --minutes N [--services N] [--seed N]`: several services on one database for minutes, killed again and again, and
 * what came of it. Ends with 1 when anything was lost, counted twice, answered differently or does not verify.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { compile } from './compile.mjs';

const text = { type: 'string' };
const { values } = parseArgs({ options: { minutes: text, services: text, seed: text } });
const { minutes = '10', services = '2', seed = randomInt(2 ** 31) } = values;
compile();
const { soak } = await import('../build/test/support/soak.js');

console.log(`${services} services for ${minutes} minutes; --seed ${seed} kills alike`);
const terms = { milliseconds: Number(minutes) * 60_000, services: Number(services), seed: Number(seed) };
const { faults, ...figures } = await soak({ ...terms, log: console.log });
console.log(JSON.stringify(figures));
for (const fault of faults.slice(0, 100)) console.log(fault);
console.log(`${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
