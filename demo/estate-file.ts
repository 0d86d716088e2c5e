/** All that the books say of an estate in a month, for whoever audits it: made by one person, and again by another. */
import type { Words } from '#src/lib/language.js';
import type { Client } from './client.js';
import { estate } from './morning-people.js';

interface EstateFile {
  readonly watermark: string;
  readonly sha256: string;
  readonly files: readonly { readonly name: string; readonly sha256: string; readonly rows: number | null }[];
}

/** What to say of it, with the sums of its manifest. */
export async function fileAway(
  one: Client,
  other: Client,
  period: string,
): Promise<{ readonly said: Words; readonly details: readonly Words[] }> {
  const asked = { unit: estate.id, period };
  const { watermark, sha256, files } = await one.must<EstateFile>('/v1/estate-files', asked);
  const again = await other.must<EstateFile>('/v1/estate-files', { ...asked, watermark });
  const same = sha256 === again.sha256;
  return {
    said: {
      en: `the file of ${estate.name.en} up to entry ${watermark}, ${same ? 'made twice: the same bytes' : 'MADE TWICE: IT DIFFERS'}`,
      zh: `生成${estate.name.zh}的小区档案，截至第 ${watermark} 号凭证；${same ? '再次生成，逐字节相同' : '再次生成，内容不一致'}`,
    },
    details: files.map(({ name, sha256: sum, rows }) => ({
      en: `${sum.slice(0, 16)}…  ${name}${rows === null ? '' : `, ${rows} rows`}`,
      zh: `${sum.slice(0, 16)}…  ${name}${rows === null ? '' : `，${rows} 行`}`,
    })),
  };
}
