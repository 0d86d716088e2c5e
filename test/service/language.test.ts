/** Guarantees of languages on the command line: `--lang` decides, or else the locale. */
import t from 'tap';
import { runCli } from '../support/service.js';

const refused = ['import', 'package.json', '--ledger', 'x', '--kind', 'visits'];

t.test('a refusal is told in the language of --lang, wherever it stands, or else of the locale', async (t) => {
  const zh = /^timeledger: 导入 visits 须用 --approved-by/;
  const en = /^timeledger: visits need --approved-by/;
  for (const [args, locale, stderr] of [
    [refused, {}, en],
    [[...refused, '--lang', 'zh'], {}, zh],
    [['--lang=zh', ...refused], {}, zh],
    [refused, { LC_ALL: 'zh_CN.UTF-8' }, zh],
    [refused, { LC_ALL: '', LC_MESSAGES: 'zh_CN', LANG: 'C' }, zh],
    [[...refused, '--lang', 'en'], { LC_ALL: 'zh_CN.UTF-8' }, en],
  ] as const) {
    const environment = { LC_ALL: 'C', ...locale };
    t.match(await runCli(args, environment), { code: 1, stdout: '', stderr }, `${args.join(' ')} ${locale}`);
  }
});

t.test('a language that is none is refused', async (t) => {
  t.match(await runCli([...refused, '--lang', 'fr'], {}), { code: 1, stdout: '', stderr: /--lang.*invalid.*zh/i });
});
