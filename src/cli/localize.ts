/** What the parser says of itself, in the language of the command line: help, and arguments that it refuses. */
import type { Command, Option } from 'commander';
import { columnsOf, wrapColumns } from '../lib/columns.js';
import { type Language, sameIn, type Words } from '../lib/language.js';

/** To be called before commands are added, which take this over. */
export function localize(program: Command, language: Language): Command {
  program
    .helpOption('-h, --help', helpWords[language])
    .configureOutput({ outputError: (text, write) => write(refusalWords(text)[language]) });
  // English is the parser's own language, and has nothing wide in it.
  return language === 'en' ? program : program.configureHelp(chineseHelp);
}

export const helpWords: Words = { en: 'display help for command', zh: '显示帮助' };

const titlesZh: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Commands:': '命令：',
};

const chineseHelp = {
  displayWidth: columnsOf,
  boxWrap: wrapColumns,
  styleTitle: (title: string) => titlesZh[title] ?? title,
  styleOptionText: (text: string) => (text === '[options]' ? '[选项]' : text),
  styleSubcommandText: (text: string) => (text === '[command]' ? '[命令]' : text),
  optionDescription: ({ description, argChoices, defaultValueDescription }: Option) => {
    const facts = [
      ...(argChoices ? [`可选：${argChoices.join('、')}`] : []),
      ...(defaultValueDescription === undefined ? [] : [`默认：${defaultValueDescription}`]),
    ];
    return facts.length === 0 ? description : `${description}（${facts.join('；')}）`;
  },
};

/** The parser's sentences, each with its Chinese; what stands in the groups is put in the places `$1`, `$2`. */
const refusals: readonly (readonly [RegExp, zh: string])[] = [
  [/^error: unknown option '(.*)'/, '错误：没有选项“$1”'],
  [/^error: unknown command '(.*)'/, '错误：没有命令“$1”'],
  [/^error: missing required argument '(.*)'/, '错误：缺少参数“$1”'],
  [/^error: option '(.*)' argument missing/, '错误：选项“$1”缺少取值'],
  [/^error: required option '(.*)' not specified/, '错误：必须指定选项“$1”'],
  [
    /^error: too many arguments(?: for '.*')?\. Expected (\d+) arguments? but got (\d+)\./,
    '错误：参数过多，应有 $1 个，实有 $2 个',
  ],
  [
    /^error: option '(.*)' argument '(.*)' is invalid\. Allowed choices are (.*)\./,
    '错误：选项“$1”不能为“$2”，可选：$3',
  ],
  [/^error: option '(.*)' argument '(.*)' is invalid\. (.*)/, '错误：选项“$1”不能为“$2”：$3'],
  [/^\(Did you mean (?:one of )?(.*)\?\)$/m, '（是否想用 $1？）'],
];

/** What it refuses in a sentence that is not known here is told as it is. */
export function refusalWords(text: string): Words {
  return { ...sameIn(text), zh: refusals.reduce((told, [sentence, zh]) => told.replace(sentence, zh), text) };
}
