/** What imports look like over HTTP, and which kinds of file a role brings. */
import { Type } from 'typebox';
import { actorOf } from '../../http/commands.js';
import { closed, DateString, Instant, NextCursor, Nullable, Uuid } from '../../http/schemas.js';
import type { Principal } from '../../http/tokens.js';
import { encodings } from '../../lib/encoding.js';
import { type ImportKind, importKinds, importLineStates, importStates } from '../../timebank/words.js';

/** The kinds of file that a caller brings. */
export const kindsOf = ({ role }: Principal): readonly ImportKind[] =>
  role === 'platform' ? ['opening_points', 'visits'] : importKinds;

/** The imports that a caller sees: a platform those that it brought, others all. */
export const seenBy = (principal: Principal) => ({
  broughtBy: principal.role === 'platform' ? actorOf(principal) : null,
});

export const Kind = Type.Enum([...importKinds], {
  title: 'ImportKind',
  description: 'What the file holds: decides its columns.',
  examples: ['members'],
});
export const LineState = Type.Enum([...importLineStates], {
  title: 'ImportLineState',
  description:
    'ready: would be imported; skipped: in the books already as it stands here; error: see `code` and `reason`.',
  examples: ['ready'],
});

const Line = Type.Object(
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
  { ...closed, title: 'ImportLine' },
);

const Encoding = Type.Enum([...encodings], {
  title: 'Encoding',
  description:
    'How the file was read: as it was declared, or as the service found out. GBK and GB2312 are parts of GB18030.',
  examples: ['utf-8'],
});

const Preview = Type.Object(
  {
    encoding: Encoding,
    header: Type.Array(Type.String(), { description: 'The cells of the header line.' }),
    rows: Type.Array(Type.Array(Type.String()), { description: 'The cells of the first three rows.' }),
  },
  {
    ...closed,
    title: 'ImportPreview',
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
  state: Type.Enum([...importStates], {
    description:
      'staged: some lines, or all, are still to be committed; expired: not committed within a week, its lines are not kept any more.',
  }),
  created_at: Instant,
  counts: Type.Object(
    {
      total: count('Lines of the file.'),
      ready: count('Lines that are still to be committed.'),
      imported: count('Lines that are in the books because of this import.'),
      skipped: count('Lines that were in the books before.'),
      errors: count('Lines that cannot be imported.'),
    },
    { ...closed, title: 'ImportCounts' },
  ),
};

export const Import = Type.Object(importFields, {
  ...closed,
  title: 'Import',
  description: 'A file taken in, and how far it has come.',
});
export const StagedImport = Type.Object(
  {
    ...importFields,
    lines: Type.Array(Line, { description: 'The first 100 lines that are not ready.' }),
    preview: Preview,
  },
  {
    ...closed,
    title: 'StagedImport',
    description: 'A file as it was taken in. After a dry run nothing is kept under the id.',
  },
);
export const ImportPage = Type.Object(
  { imports: Type.Array(Import), next_cursor: NextCursor },
  { ...closed, title: 'ImportPage', description: 'Imports, the oldest first.' },
);
export const LinePage = Type.Object(
  { lines: Type.Array(Line), next_cursor: NextCursor },
  { ...closed, title: 'ImportLinePage', description: 'Lines in the order of the file.' },
);
