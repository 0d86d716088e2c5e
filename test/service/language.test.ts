/** Guarantees of languages on the command line: `--lang` decides, or else DEFAULT_LANGUAGE, or else the locale. */
import type { Command } from 'commander';
import t from 'tap';
import { refusalWords } from '../../src/cli/localize.js';
import { buildProgram } from '../../src/cli/program.js';
import { openSession } from '../../src/cli/session.js';
import { columnsOf } from '../../src/lib/columns.js';
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

const han = /\p{Script=Han}/u;

/** A command with all below it, and what each is called: `keys rotate`. */
function* commandsOf(command: Command, name = ''): Generator<[name: string, command: Command]> {
  yield [name, command];
  for (const inner of command.commands) yield* commandsOf(inner, `${name} ${inner.name()}`.trim());
}

t.test('every command and every option is explained in either language, and fits the screen', async (t) => {
  const [zh, en] = ['zh', 'en'].map((lang) => [...commandsOf(buildProgram(openSession(['--lang', lang], {})))]);
  t.same(
    zh?.map(([name]) => name),
    en?.map(([name]) => name),
  );
  for (const [name, command] of zh ?? []) {
    t.match(command.description(), han, name);
    for (const { flags, description } of command.options) t.match(description, han, `${name} ${flags}`);
    const help = command.helpInformation();
    t.notMatch(help, /Usage|Options|Commands|display|choices|default/, name);
    for (const line of help.split('\n')) t.ok(columnsOf(line) <= 80, line);
  }
  for (const [name, command] of en ?? [])
    t.notMatch(command.helpInformation().replace(/互助时间账本|中文/g, ''), han, name);
});

t.test('arguments that are refused are refused in Chinese, too', async (t) => {
  for (const args of [
    ['nosuch'],
    ['--nosuch'],
    ['verify', '--checkpoints', 'x'],
    ['verify', '--checkpoint'],
    ['import'],
    ['migrate', 'much', 'more'],
    ['token', '--ledger', 'x'],
    ['token', '--ledger', 'x', '--role', 'king'],
    ['token', '--ledger', 'x', '--role', 'operator', '--ttl', '1 hour'],
  ]) {
    const { stderr } = await runCli([...args, '--lang', 'zh'], {});
    t.match(stderr, /^错误：/, args.join(' '));
    t.notMatch(stderr.replace(/timeledger --help/, ''), /error|option|argument|command|mean/, stderr);
  }
  t.equal(refusalWords('error: something new').zh, 'error: something new');
});

t.test('a language that is none is refused', async (t) => {
  t.match(await runCli([...refused, '--lang', 'fr'], {}), { code: 1, stdout: '', stderr: /--lang.*invalid.*zh/i });
});
