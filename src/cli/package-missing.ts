/** What is said of a package that is not installed. It imports no package, for main.ts says it too, when none is there. */
import type { Words } from '../lib/language.js';

export function packageMissing(name: string, root: string): Words {
  return {
    en: `the package ${name} is not installed: run "npm ci" in ${root}`,
    zh: `未安装软件包 ${name}：请在 ${root} 中运行“npm ci”`,
  };
}
