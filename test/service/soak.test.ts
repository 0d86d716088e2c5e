/** The soak, for a few seconds; `npm run soak` has it run for as long as one likes. */
import t from 'tap';
import { seedOf } from '../support/random.js';
import { soak } from '../support/soak.js';

t.test(
  'two services on one database lose nothing, repeat nothing and agree, while they and PostgreSQL are killed',
  async (t) => {
    const log = (line: string) => t.comment(line);
    const { faults, ...figures } = await soak({ milliseconds: 10_000, services: 2, seed: seedOf(t), log });
    t.comment(JSON.stringify(figures));
    t.same(faults, []);
    t.ok(
      figures.acknowledged > 100 && figures.refused > 0 && figures.retries > 0,
      'enough was asked to mean something',
    );
  },
);
