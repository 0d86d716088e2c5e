/** `timeledger bench`: reads its arguments and measures. Part of a checkout, not of what is shipped. */
import { Command, InvalidArgumentError } from 'commander';
import { runBench } from './bench.js';
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
    .action(runBench);
  await program.parseAsync(args, { from: 'user' });
}

function seconds(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('write whole seconds: 10');
  return Number(text);
}
