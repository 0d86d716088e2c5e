/** What must be undone however a command ends: processes stopped, directories removed, the last made first. Once, also on Ctrl-C. */
import { reasonOf } from '../db/connect.js';
import type { Language, Words } from '../lib/language.js';

const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

const stopping: Words = { en: 'stopping what was started …', zh: '正在停止已启动的程序…' };

function trouble(error: unknown): Words {
  return { en: `while cleaning up: ${reasonOf(error)}`, zh: `清理时出错：${reasonOf(error)}` };
}

export class Cleanup {
  private readonly steps: (() => void | Promise<void>)[] = [];
  private running: Promise<void> | undefined;
  /** Whether a signal came: there is no sense in going on. */
  interrupted = false;
  private readonly listeners = Object.entries(signals).map(([signal, number]) => {
    const listener = () => this.interrupt(number);
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });

  constructor(private readonly language: Language) {}

  add(step: () => void | Promise<void>): void {
    this.steps.push(step);
  }

  /** Resolves when everything is undone. After a signal it never does: the process is about to exit. */
  async run(): Promise<void> {
    this.running ??= this.undo();
    await this.running;
    if (this.interrupted) await new Promise(() => {});
    for (const remove of this.listeners) remove();
  }

  private interrupt(number: number): void {
    if (this.interrupted) process.exit(128 + number);
    this.interrupted = true;
    process.stderr.write(`\n${stopping[this.language]}\n`);
    this.running ??= this.undo();
    this.running.finally(() => process.exit(128 + number));
  }

  private async undo(): Promise<void> {
    for (let step = this.steps.pop(); step; step = this.steps.pop()) {
      try {
        await step();
      } catch (error) {
        process.stderr.write(`${trouble(error)[this.language]}\n`);
      }
    }
  }
}
