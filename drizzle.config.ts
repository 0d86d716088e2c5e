import { defineConfig } from 'drizzle-kit';

// One migration folder for all floors; `npm run generate -- --name what` writes the next one.
export default defineConfig({
  dialect: 'postgresql',
  schema: [
    './src/ledger/tables.ts',
    './src/work/schema.ts',
    './src/work/tables.ts',
    './src/timebank/schema.ts',
    './src/timebank/**/tables.ts',
  ],
  out: './drizzle',
});
