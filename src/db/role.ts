/** Who the service is to its database. Migrations make the role, and say what it may do. */

/** The role of the database that every connection takes on: it may read, and call the commit function. */
export const serviceRole = 'timeledger_service';
