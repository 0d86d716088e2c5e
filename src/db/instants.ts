/** Instants as text, in SQL: one format wherever one is read. */

/**
 * SQL for an instant in UTC with microseconds, `2026-10-01T01:21:00.000000Z`; null stays null. What has no such text (infinity, a
 * year before Christ) is shown as PostgreSQL prints it: `to_char` would make the first null and the second a year of ours.
 */
export function instantColumn(column: string): string {
  return `case when ${column} between '0001-01-01 00:00:00Z' and '9999-12-31 23:59:59.999999Z'
    then to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') else ${column}::text end`;
}
