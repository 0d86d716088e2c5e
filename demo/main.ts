/** `timeledger demo`: reads its arguments and runs the morning and the month. Part of a checkout, not of what is shipped. */
import { Command } from 'commander';
import { localize } from '#src/cli/localize.js';
import type { Language, Words } from '#src/lib/language.js';
import { runDemo } from './demo.js';

export async function main(args: readonly string[], language: Language): Promise<void> {
  const text = (words: Words) => words[language];
  const program = localize(new Command('timeledger demo'), language)
    .description(
      text({
        en: "a morning, some years of points and a county's month over HTTP: order, earn, give, expire, redeem, reconcile",
        zh: '在单独的数据库上，经 HTTP 演示一个上午的点单、积分数年间的来龙去脉和一个县一个月的业务：点单、志愿服务、转赠、到期、兑换、对账',
      }),
    )
    .option('--data <dir>', text({ en: "another county's files of the same form", zh: '改用另一个县的文件，格式相同' }))
    .option(
      '--keep <dir>',
      text({
        en: 'leave the database and the keys in a new directory, to look around',
        zh: '将数据库和密钥保留在新目录中，以便查看',
      }),
    )
    .option('--json', text({ en: 'the result alone, as JSON', zh: '只以 JSON 输出结果' }), false)
    .action((options) => runDemo({ ...options, language }));
  await program.parseAsync(args, { from: 'user' });
}
