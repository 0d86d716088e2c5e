/**
 * What a person has beside their pseudonym: the member's id in their token, and how it is sealed for one row of the books. The key is derived
 * for the ledger; without it a guess cannot be confirmed, and as the row is part of what is digested, no two rows show that they are of one person.
 */
import { createHmac } from 'node:crypto';
import { deriveBytes } from '../keys.js';
import type { Beside } from '../timebank/people/second-person.js';
import type { Service } from './service.js';
import type { Principal } from './tokens.js';

export function besideOf({ secret }: Pick<Service, 'secret'>, { alias, ledger }: Principal): Beside {
  return {
    alias,
    sealAlias: (row, memberId) =>
      createHmac('sha256', deriveBytes(secret, ['alias', ledger], 32))
        .update(`${row}\n${memberId}`)
        .digest('base64url'),
  };
}
