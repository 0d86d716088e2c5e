/** What requests and answers about the lists of specialties and interests hold. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { EntryNumber, Nullable, PersonalName, pageOf } from '../../http/schemas.js';
import { specialtyCodePattern, specialtyKinds } from '../../timebank/community-words.js';

export const Code = named(
  'SpecialtyCode',
  Type.String({ pattern: specialtyCodePattern, description: 'A code of the list.', examples: ['paper_cutting'] }),
);
export const SpecialtyKind = named(
  'SpecialtyKind',
  Type.Enum([...specialtyKinds], {
    description: 'specialty: what somebody is good at; interest: what somebody likes.',
    examples: ['specialty'],
  }),
);
const names = {
  name_zh: annotated(PersonalName, { description: 'What it is called in Chinese.', examples: ['剪纸'] }),
  name_en: Nullable(PersonalName, { description: 'In English, if that was said.', examples: ['Paper cutting'] }),
};
const specialtyExample = {
  kind: 'specialty' as const,
  code: 'paper_cutting',
  name_zh: '剪纸',
  name_en: 'Paper cutting',
};
export const NewSpecialty = namedObject(
  'NewSpecialty',
  { kind: SpecialtyKind, code: Code, name_zh: names.name_zh, name_en: Type.Optional(names.name_en) },
  { description: 'A specialty or an interest to be named by a code.', examples: [specialtyExample] },
);
const Specialty = namedObject(
  'Specialty',
  { kind: SpecialtyKind, code: Code, ...names, entry: EntryNumber },
  { description: 'A specialty or an interest.', examples: [{ ...specialtyExample, entry: '9' }] },
);
export const SpecialtyPage = pageOf('SpecialtyPage', 'specialties', Specialty, 'Codes in their order, by kind.');
