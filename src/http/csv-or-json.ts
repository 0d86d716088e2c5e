/** Reports that are JSON or CSV: by the query, or by the Accept header. */
import { Type } from 'typebox';

/** Spread into a query. */
export const formatField = {
  format: Type.Optional(
    Type.Enum(['json', 'csv'], { description: 'Without it, what the Accept header prefers; JSON if nothing.' }),
  ),
};

/** The CSV beside the JSON, in the document. */
export const csvContent = {
  'text/csv': { schema: Type.String({ description: 'UTF-8, RFC 4180, with a header line.' }) },
};

export function wantsCsv(format: 'json' | 'csv' | undefined, accept = ''): boolean {
  if (format !== undefined) return format === 'csv';
  return /\btext\/csv\b/.test(accept) && !/\bapplication\/json\b/.test(accept);
}
