/** Guarantees of languages on the command line: `--lang` decides, or else DEFAULT_LANGUAGE, or else the locale. */
import t from 'tap';
import { cli, run, runCli } from '../support/service.js';

const refused = ['import', 'package.json', '--ledger', 'x', '--kind', 'visits'];

t.test(
  'a refusal is told in the language of --lang, wherever it stands, or else of DEFAULT_LANGUAGE, or else of the locale',
  async (t) => {
    const zh = /^timeledger: 导入 visits 须用 --approved-by/;
    const en = /^timeledger: visits need --approved-by/;
    for (const [args, locale, stderr] of [
      [refused, {}, en],
      [[...refused, '--lang', 'zh'], {}, zh],
      [['--lang=zh', ...refused], {}, zh],
      [refused, { LC_ALL: 'zh_CN.UTF-8' }, zh],
      [refused, { LC_ALL: '', LC_MESSAGES: 'zh_CN', LANG: 'C' }, zh],
      [[...refused, '--lang', 'en'], { LC_ALL: 'zh_CN.UTF-8' }, en],
      [refused, { DEFAULT_LANGUAGE: 'zh' }, zh],
      [refused, { DEFAULT_LANGUAGE: 'en', LC_ALL: 'zh_CN.UTF-8' }, en],
      [[...refused, '--lang', 'en'], { DEFAULT_LANGUAGE: 'zh' }, en],
    ] as const) {
      const environment = { LC_ALL: 'C', ...locale };
      t.match(await runCli(args, environment), { code: 1, stdout: '', stderr }, `${args.join(' ')} ${locale}`);
    }
  },
);

t.test(
  'what stops a command is told in one line of either language: a setting, a key, a database, Node itself',
  async (t) => {
    const nowhere = { DATA_DIR: '/nowhere', DATABASE_URL: 'postgres://clerk@127.0.0.1:1/books' };
    for (const [args, environment, en, zh] of [
      [
        ['start'],
        { PORT: 'x' },
        /^timeledger: PORT must be a whole/,
        /^timeledger: PORT 须为 0 至 65535 的整数，不能为“x”\n$/,
      ],
      [
        ['keys', 'list'],
        nowhere,
        /^timeledger: there is no key \/nowhere/,
        /^timeledger: 没有密钥 \/nowhere\S+token\.pem：请/,
      ],
      [
        ['migrate'],
        nowhere,
        /^timeledger: cannot reach PostgreSQL/,
        /^timeledger: 无法连接 PostgreSQL（postgres:[^\n]+\n$/,
      ],
      [['restore', '/nowhere'], {}, /^timeledger: \/nowhere is no backup/, /^timeledger: \/nowhere 不是备份目录：/],
    ] as const) {
      t.match(await runCli(args, { ...environment, LC_ALL: 'C' }), { code: 1, stdout: '', stderr: en });
      t.match(await runCli([...args, '--lang', 'zh'], environment), { code: 1, stdout: '', stderr: zh });
    }
    const older = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.18.3'})`;
    const start = ['--import', older, cli, 'start', '--lang=zh'];
    t.match(await run(process.execPath, start, {}), { code: 1, stderr: /^timeledger: Node 20\.18\.3 版本过低：/ });
  },
);

t.test('a language that is none is refused', async (t) => {
  t.match(await runCli([...refused, '--lang', 'fr'], {}), { code: 1, stdout: '', stderr: /--lang.*invalid.*zh/i });
});
