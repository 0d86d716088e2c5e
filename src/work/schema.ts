/**
 * Schema `work`: what is not the books. Jobs, files on their way in, staged rows: all of it may be lost without an entry being
 * lost. The service's role reads these tables and writes them only through the functions of drizzle/0002_work.sql.
 */
import { pgSchema } from 'drizzle-orm/pg-core';

export const work = pgSchema('work');
