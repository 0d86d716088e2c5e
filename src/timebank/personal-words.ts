/**
 * The words of personal data: what is kept sealed of a person, what it rests on and is read for, and the shapes of what is written. Schemas and
 * checks of the tables take them from here, as the other words of the domain from words.ts.
 */
import { drawn, readable } from '../lib/text.js';

/** What is kept of a person under a key of the person's own. */
export const sealedFields = ['phone', 'national_id', 'address', 'health', 'hardship'] as const;
export type SealedField = (typeof sealedFields)[number];

/** What a person consents to, each for itself (个人信息保护法 28, 29). */
export const consentPurposes = ['service', 'health', 'special_identity', 'location', 'publication'] as const;
export type ConsentPurpose = (typeof consentPurposes)[number];

/** The consent on which a field rests. */
export const consentOfField: Readonly<Record<SealedField, ConsentPurpose>> = {
  phone: 'service',
  national_id: 'service',
  address: 'service',
  health: 'health',
  hardship: 'special_identity',
};

/** For a sentence. */
export const sealedFieldsZh: Readonly<Record<SealedField, string>> = {
  phone: '电话号码',
  national_id: '身份证号码',
  address: '住址',
  health: '健康状况',
  hardship: '困难情况',
};

/** For a sentence. */
export const consentPurposesZh: Readonly<Record<ConsentPurpose, string>> = {
  service: '互助服务',
  health: '健康信息',
  special_identity: '特定身份信息',
  location: '位置信息',
  publication: '公开展示',
};

/** Why somebody reads personal data in the clear. */
export const unmaskPurposes = [
  'service_delivery',
  'care_visit',
  'identity_check',
  'emergency',
  'own_request',
  'supervision',
] as const;
export type UnmaskPurpose = (typeof unmaskPurposes)[number];

/** Whether an erasure still waits for a second person, was carried out, or was given up before. */
export const erasureStates = ['requested', 'erased', 'withdrawn'] as const;
export type ErasureState = (typeof erasureStates)[number];

/** The number of a resident identity card, without its check digit being looked at (GB 11643). */
export const nationalIdPattern = '^[1-9][0-9]{16}[0-9X]$';

/** What is written about a person in words: one line that people can read. */
export const personalTextPattern = `^\\s*${drawn}(?:${readable}*${drawn})?\\s*$`;

/** Characters of such a text at most. */
export const longestPersonalText = 500;
