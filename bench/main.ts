/** `timeledger bench`: reads its arguments and measures. Part of a checkout, not of what is shipped. */
import { Command, InvalidArgumentError } from 'commander';
import { runBench } from './bench.js';
import { runBeside } from './beside/beside.js';
import { parts } from './parts.js';

export async function main(args: readonly string[]): Promise<void> {
  const program = new Command('timeledger bench')
    .description('measure the service on a database of its own, against pgbench on the same PostgreSQL')
    .option('--json', 'the result alone, as JSON', false)
    .option(
      '--grow',
      'fill the books up to entry 2,000,000 and compare the speed there with that at the beginning',
      false,
    )
    .option('--seconds <n>', 'length of each measuring window (default: 10)', seconds)
    .option('--only <part...>', `parts of the usual runs: ${parts.join(', ')}`)
    .option(
      '--beside',
      'what others feel while a large file is imported, a large statement matched, and results are read',
      false,
    )
    .option('--lines <n>', 'with --beside: lines of the import and of the statement (default: 100,000)', count)
    .option('--readers <n>', 'with --beside: auditors who read at the same time (default: 20)', count)
    .action((options) => (options.beside ? runBeside(options) : runBench(options)));
  await program.parseAsync(args, { from: 'user' });
}

function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('write a whole number from 1 to 999999: 100000');
  return Number(text);
}

function seconds(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('write whole seconds: 10');
  return Number(text);
}
