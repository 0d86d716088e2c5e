/** What imports look like over HTTP, and which kinds of file a role brings. */
import { Type } from 'typebox';
import { actorOf } from '../../http/commands.js';
import { exampleOf, named, namedObject } from '../../http/named.js';
import { DateString, EntryNumber, ExternalId, Instant, Nullable, pageOf, Uuid } from '../../http/schemas.js';
import type { Principal } from '../../http/tokens.js';
import { encodings } from '../../lib/encoding.js';
import { type ImportKind, importKinds, importLineStates, importStates } from '../../timebank/words.js';

/** The kinds of file that a caller brings. */
export const kindsOf = ({ role }: Principal): readonly ImportKind[] =>
  role === 'platform' ? ['opening_points', 'visits', ...intakeFiles] : importKinds;

/** The kinds of file whose rows are items of a platform. */
export const intakeFiles = ['service_counts', 'resolved_issues'] as const satisfies readonly ImportKind[];

/** The imports that a caller sees: a platform those that it brought, others all. */
export const seenBy = (principal: Principal) => ({
  broughtBy: principal.role === 'platform' ? actorOf(principal) : null,
});

export const Kind = named(
  'ImportKind',
  Type.Enum([...importKinds], {
    description: 'What the file holds: decides its columns.',
    examples: ['members'],
  }),
);
export const LineState = named(
  'ImportLineState',
  Type.Enum([...importLineStates], {
    description:
      'ready: would be imported; skipped: in the books already as it stands here; error: see `code` and `reason`.',
    examples: ['ready'],
  }),
);

const Line = namedObject(
  'ImportLine',
  {
    line: Type.Integer({
      description: 'The line of the file on which the row starts, from 1; the header is one.',
      examples: [2],
    }),
    external_id: Nullable(Type.String(), { description: 'Null when the row could not be read.' }),
    state: LineState,
    code: Nullable(Type.String(), { description: 'Why it is skipped or in error, for programs.' }),
    reason: Nullable(Type.String(), { description: 'The same in words.' }),
  },
  {
    examples: [
      {
        line: 3,
        external_id: 'M00002',
        state: 'error',
        code: 'org_unit_not_found',
        reason: 'there is no organisation unit XC-01-02-02-02',
      },
    ],
  },
);

const Encoding = named(
  'Encoding',
  Type.Enum([...encodings], {
    description:
      'How the file was read: as it was declared, or as the service found out. GBK and GB2312 are parts of GB18030.',
    examples: ['utf-8'],
  }),
);

const Preview = namedObject(
  'ImportPreview',
  {
    encoding: Encoding,
    header: Type.Array(Type.String(), { description: 'The cells of the header line.' }),
    rows: Type.Array(Type.Array(Type.String()), { description: 'The cells of the first three rows.' }),
  },
  {
    description:
      'How the file reads, for people to look at before it is committed: wrong characters show here. It is not kept.',
  },
);

const count = (description: string) => Type.Integer({ minimum: 0, description });
const importFields = {
  id: Uuid,
  kind: Kind,
  file_name: Nullable(Type.String()),
  sha256: Type.String({ description: 'SHA-256 of the file, in hex.' }),
  effective_on: Nullable(DateString, {
    description: 'The day opening points take effect; null: the day they are committed.',
  }),
  encoding: Encoding,
  mapping: Nullable(
    namedObject(
      'ImportedBy',
      { id: ExternalId, entry: EntryNumber },
      { description: 'A mapping of headers, and the number of the entry that stored it so.' },
    ),
    { description: 'The mapping by which its headers were read; null: none was named.' },
  ),
  state: Type.Enum([...importStates], {
    description:
      'staged: some lines, or all, are still to be committed; expired: not committed within a week, its lines are not kept any more.',
  }),
  created_at: Instant,
  counts: namedObject('ImportCounts', {
    total: count('Lines of the file.'),
    ready: count('Lines that are still to be committed.'),
    imported: count('Lines that are in the books because of this import.'),
    skipped: count('Lines that were in the books before.'),
    errors: count('Lines that cannot be imported.'),
  }),
};

const example = {
  id: '0199a2c8-1a00-7f3c-8b52-4d9e6a1c0f77',
  kind: 'members' as const,
  file_name: 'members.csv',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  effective_on: null,
  encoding: 'utf-8' as const,
  mapping: null,
  state: 'staged' as const,
  created_at: '2026-10-01T01:00:00.000000Z',
  counts: { total: 2, ready: 1, imported: 0, skipped: 0, errors: 1 },
};

export const Import = namedObject('Import', importFields, {
  description: 'A file taken in, and how far it has come.',
  examples: [example],
});
export const StagedImport = namedObject(
  'StagedImport',
  {
    ...importFields,
    lines: Type.Array(Line, { description: 'The first 100 lines that are not ready.' }),
    preview: Preview,
  },
  {
    description: 'A file as it was taken in. After a dry run nothing is kept under the id.',
    examples: [
      {
        ...example,
        lines: [exampleOf(Line)],
        preview: {
          encoding: 'utf-8',
          header: ['external_id', 'name', 'gender', 'birth_date', 'phone', 'org_unit', 'talent_category'],
          rows: [
            ['M00001', '何根仙', 'male', '1949-02-20', '13900000001', 'XC-01-02-01-02', 'theory_talks'],
            ['M00002', '潘明建', 'female', '1940-08-13', '13900000002', 'XC-01-02-02-02', 'rural_revival'],
          ],
        },
      },
    ],
  },
);
export const ImportPage = pageOf('ImportPage', 'imports', Import, 'Imports, the oldest first.');
export const LinePage = pageOf('ImportLinePage', 'lines', Line, 'Lines in the order of the file.');
