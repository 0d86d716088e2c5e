/** What requests and answers about consents hold. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { DateString, EntryNumber, ExternalId, Nullable, OptionalBody, pageOf } from '../../http/schemas.js';
import { consentPurposes, longestPersonalText, personalTextPattern } from '../../timebank/personal-words.js';

export const Purpose = named(
  'ConsentPurpose',
  Type.Enum([...consentPurposes], {
    description:
      'What is consented to: `service` bears telephone number, identity card and address, `health` and `special_identity` (hardship) the field of that name.',
    examples: ['health'],
  }),
);
const Evidence = Type.String({
  minLength: 1,
  maxLength: longestPersonalText,
  pattern: personalTextPattern,
  description: 'What proves it, in words; kept beside the journal, only its digest in the log.',
  examples: ['同意书 2026-17'],
});

export const NewConsent = namedObject(
  'NewConsent',
  {
    purpose: Purpose,
    given_on: annotated(DateString, { description: 'When the person consented; not after today.' }),
    evidence: Type.Optional(Evidence),
  },
  {
    description: 'A consent of a member.',
    examples: [{ purpose: 'health', given_on: '2026-10-01', evidence: '同意书 2026-17' }],
  },
);

export const Revocation = OptionalBody(
  namedObject(
    'ConsentRevocation',
    { revoked_on: Type.Optional(annotated(DateString, { description: 'Default: today.' })) },
    { description: 'When the consent ended.', examples: [{}] },
  ),
);

export const Consent = namedObject(
  'Consent',
  {
    member: annotated(ExternalId, { description: 'By which of the ids that the person has had.' }),
    purpose: Purpose,
    number: Type.Integer({ minimum: 1, description: 'Counts the consents of this id.', examples: [2] }),
    given_on: DateString,
    given_by: Type.String({ description: 'Who recorded it, as role and subject.', examples: ['operator:wang'] }),
    evidence: Nullable(Evidence, { description: 'Null for an auditor, where there is none, and once it is erased.' }),
    revoked_on: Nullable(DateString, { description: 'Null while it stands.' }),
    revoked_by: Nullable(Type.String({ description: 'Who recorded the end.', examples: ['member:M00001'] })),
    entry: EntryNumber,
  },
  {
    description: 'A consent; `entry` is the number of the entry that last changed it.',
    examples: [
      {
        member: 'M00001',
        purpose: 'health',
        number: 2,
        given_on: '2026-10-01',
        given_by: 'operator:wang',
        evidence: '同意书 2026-17',
        revoked_on: null,
        revoked_by: null,
        entry: '30',
      },
    ],
  },
);
export const ConsentPage = pageOf('ConsentPage', 'consents', Consent, 'Consents of a member, by number.');
