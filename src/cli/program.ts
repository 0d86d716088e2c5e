/** The program with all of its commands. It reads no argument and no variable itself. */
import { Command, Option } from 'commander';
import { languages } from '../lib/language.js';
import { packageVersion } from '../version.js';
import { addAccessCommands } from './access.js';
import { addCommandsBeside } from './beside.js';
import { addBookCommands } from './books.js';
import { helpWords, localize } from './localize.js';
import { addServiceCommands } from './service.js';
import type { Session } from './session.js';

export function buildProgram(session: Session): Command {
  const { text, language } = session;
  const program = localize(new Command('timeledger'), language)
    .description(
      text({
        en: "Timeledger 互助时间账本: the ledger of a county's mutual-aid hours, coins and points",
        zh: 'Timeledger 互助时间账本：记载全县互助服务的时长、时间币和积分',
      }),
    )
    .version(packageVersion, '-V, --version', text({ en: 'output the version number', zh: '显示版本号' }))
    .helpCommand('help [command]', text(helpWords))
    .addOption(
      new Option(
        '--lang <language>',
        text({
          en: 'the language of what is told: zh 中文, en English (default: DEFAULT_LANGUAGE, or else as the locale)',
          zh: '所用语言，未指定时依 DEFAULT_LANGUAGE，再依系统区域设置',
        }),
      ).choices([...languages]),
    )
    .showHelpAfterError(
      text({ en: '(timeledger --help shows what there is)', zh: '（全部命令见 timeledger --help）' }),
    );
  addServiceCommands(program, session);
  addAccessCommands(program, session);
  addBookCommands(program, session);
  addCommandsBeside(program, session);
  return program;
}
