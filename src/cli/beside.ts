/** Commands for a checkout, beside the service: demo, bench, openapi. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { StartError } from '../db/connect.js';
import type { Language, Words } from '../lib/language.js';
import type { Session } from './session.js';

const beside: Readonly<Record<'demo' | 'bench', Words>> = {
  demo: {
    en: "a morning and a county's month over HTTP on a database of its own",
    zh: '在单独的数据库上，经 HTTP 演示一个上午的点单服务和一个县一个月的业务',
  },
  bench: { en: 'measure the service on a database of its own', zh: '在单独的数据库上测试服务的性能' },
};

export function addCommandsBeside(program: Command, { language, text }: Session): void {
  for (const [name, what] of Object.entries(beside)) {
    program
      .command(name)
      .description(
        text({
          en: `${what.en} (in a checkout; ${name} --help tells more)`,
          zh: `${what.zh}（仅限源代码目录；详见 ${name} --help）`,
        }),
      )
      .argument('[args...]')
      .helpOption(false)
      .allowUnknownOption()
      .action((args: string[]) => runBeside(name, args, language));
  }

  program
    .command('openapi')
    .description(text({ en: 'print the OpenAPI document', zh: '输出 OpenAPI 文档' }))
    .action(async () => (await import('../commands/openapi.js')).printOpenApi());
}

/** The demo and the bench stand beside the service: built with it in a checkout, and not shipped. */
async function runBeside(name: string, args: readonly string[], language: Language): Promise<void> {
  const module = new URL(`../../build/${name}/main.js`, import.meta.url);
  if (!existsSync(module))
    throw new StartError({
      en: `${name} is not shipped with the service: run it in a checkout, after "npm run build"`,
      zh: `${name} 不随服务发布：请在源代码目录中先运行“npm run build”，再运行此命令`,
    });
  const { main } = (await import(module.href)) as {
    main(args: readonly string[], language: Language): Promise<void>;
  };
  await main(args, language);
}
