/** The README of a pack, in Chinese: what is in it, what it is not, and how to check it. */
import { orgUnitLevelsZh } from '../../people-words.js';
import type { Sheet } from './part.js';
import type { EstateScope } from './scope.js';

export function readme(scope: EstateScope, sheets: readonly Sheet[]): string {
  return `${[title(scope), contents(sheets), limits, checking(scope), ...sheets.map(columnsOf)].join('\n\n')}\n`;
}

function title({ unit, period, first, last, watermark, recordedAt, ledger }: EstateScope): string {
  return `小区档案

单元：${unit.name}（${unit.id}，${orgUnitLevelsZh[unit.level]}），含其下级单元
期间：${period}（${first} 至 ${last}）
账本：${ledger}
截止凭证：第 ${watermark} 号（记账时间 ${recordedAt}，UTC）

本档案只反映截止凭证及以前已记入账本的内容。以同一单元、期间和截止凭证再次生成，得到的文件逐字节相同；
此后的记账、更正、转移和合并均不改变本档案。唯一的例外是成员依法删除个人信息：删除后再次生成时，其姓名一栏为空。`;
}

function contents(sheets: readonly Sheet[]): string {
  const files = [
    ...sheets.map(({ name, means }) => [name, means.zh]),
    ['leaves.txt', '上述凭证写入日志的原文，每张凭证一行；载明基金资助的留空行'],
    ['unit-report.json', '按月汇总；供经办机构使用，未按公布口径隐去涉及人数过少的数据，不得直接公布'],
    ['checkpoint.txt', '截止凭证的签名检查点'],
    ['manifest.json', '清单：各文件的 SHA-256、字节数、行数和各列中英文说明'],
    ['SHA256SUMS', '各文件的 SHA-256，供 sha256sum 核对'],
  ];
  return `【文件】\n${files.map(([name, about]) => `- ${name}：${about}`).join('\n')}\n\nCSV 文件为 UTF-8 编码，可直接用表格软件打开；数字和日期以文本为准。`;
}

const limits = `【口径】
- 成员按日归属：服务记录、凭证和证明只在成员当日属于本单元时列入，成员每段归属在 members.csv 中各占一行；
  登记之前、离开之后的日期，按其最早、最后所属单元归集；
  每段“起始日前一日余额”加上该段内凭证的增减，等于“截止日余额”。
- 单元的名称和上下级关系以期末最后一日为准。
- 不列何人受基金资助：entries.csv 只列涉及成员时长、时间币、积分账户的分录，载明资助的凭证不附原文。
- 姓名只保留首字，不含电话、住址和身份证号码；成员编号是账本中使用的编号。
- 点单只列事件，不列按时间推定而尚未记账的状态。
- 积分兑换先冻结后确认的，列入冻结时的凭证；确认时不再变动成员账户。`;

function checking({ ledger }: EstateScope): string {
  return `【核对】
1. 文件是否完整：在解压目录中运行
     sha256sum -c SHA256SUMS
2. 检查点是否与账本一致：由持有账本的机构运行
     curl -s 服务地址/log/${ledger}/vkey > ${ledger}.vkey
     npx timeledger verify --ledger ${ledger} --checkpoint checkpoint.txt --vkey ${ledger}.vkey
   检查点符合 C2SP tlog-checkpoint，签名也可用任何支持 signed-note 的工具核对。
3. 某张凭证是否在账本中：leaves.txt 的对应行前加一个值为 0 的字节，求 SHA-256，
   应等于 entries.csv 的 leaf_hash；再以 GET /v1/entries/凭证号/proof 取得的路径核对到检查点的根。`;
}

function columnsOf({ name, columns }: Sheet): string {
  return `【${name}】\n${columns.map((one) => `- ${one.name}：${one.means.zh}`).join('\n')}`;
}
