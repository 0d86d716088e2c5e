/** The page on which people check a certificate: in Chinese, for a telephone as for a desk, without a script and without anything from elsewhere. Pure. */
import { hash } from 'node:crypto';
import type { Static } from 'typebox';
import { daysOf, gradeWords, identityWords } from '../../timebank/service/certificates/paper.js';
import { type CertificateRevocation, wordsOfServiceType } from '../../timebank/service-words.js';
import type { CheckedCertificate } from './certificate-shapes.js';

type Checked = Static<typeof CheckedCertificate>;

interface Page {
  /** As it was typed. */
  readonly number: string;
  /** Whether a code was sent. */
  readonly asked: boolean;
  readonly found: Checked | null;
}

const style = `
:root { color-scheme: light dark; }
body { font: 1.125rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.125rem; }
.verdict { border-left: .5rem solid; padding: .5rem 1rem; margin: 1rem 0; }
.good { border-color: #15803d; }
.bad { border-color: #b91c1c; }
.verdict strong { font-size: 1.375rem; }
dt { opacity: .75; }
dd { margin: 0 0 .5rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid; padding: .375rem .25rem; text-align: left; vertical-align: top; }
.number { text-align: right; white-space: nowrap; }
input, button { font: inherit; padding: .5rem; }
input { width: 100%; box-sizing: border-box; margin-bottom: .75rem; text-transform: uppercase; }
`;

/** For the header: nothing is loaded, nothing runs, only this style counts. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

export function checkPage({ number, asked, found }: Page): string {
  const parts = found ? [verdict(found), about(found), totals(found), records(found)] : [asked ? nothing : '', form()];
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>志愿服务记录证明查验</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>志愿服务记录证明查验</h1>
<p>证明编号：${escaped(found?.number ?? number)}</p>
${parts.join('\n')}
</main>
</body>
</html>
`;
}

const nothing = `<div class="verdict bad" role="alert"><strong>查无此证明</strong>
<p>没有与该编号和验证码相符的证明，请核对后重新输入。</p></div>`;

/** The address keeps the number; only the code is sent. */
function form(): string {
  return `<form method="get">
<label for="code">验证码（印在证明编号下方）</label>
<input id="code" name="code" required maxlength="40" autocomplete="off" autocapitalize="characters" spellcheck="false">
<button>查验</button>
</form>`;
}

const reasons: Readonly<Record<CertificateRevocation, string>> = {
  record_wrong: '所列服务记录有误',
  issued_in_error: '出具有误',
  member_asked: '本人申请撤销',
  misused: '证明被不当使用',
};

function verdict({ status, revocation }: Checked): string {
  if (status === 'valid')
    return `<div class="verdict good" role="status"><strong>有效</strong>
<p>证明所列记录与账本一致。请与手中的证明逐项核对。</p></div>`;
  if (status === 'superseded')
    return `<div class="verdict bad" role="alert"><strong>已失效</strong>
<p>证明出具后，所列服务记录有更正，请持证人重新申请出具。</p></div>`;
  return `<div class="verdict bad" role="alert"><strong>已撤销</strong>
<p>${revocation === null ? '' : `撤销原因：${reasons[revocation]}。`}该证明不再有效。</p></div>`;
}

function about(found: Checked): string {
  const { name, identity, unit_name, from, to, issued_on, records: count, hours, at_entry } = found;
  const facts: [string, string][] = [
    ['姓名', name ?? '（不显示）'],
    [identityWords[identity.kind], identity.masked ?? '（不显示）'],
    ['服务期间', daysOf({ first_on: from, last_on: to })],
    ['服务次数与时长', `${count} 次，共计 ${hours} 小时`],
    ['出具单位', unit_name],
    ['出具日期', issued_on],
    ['依据', `账本第 ${at_entry} 号凭证及以前的记录`],
  ];
  return `<dl>${facts.map(([term, fact]) => `<dt>${term}</dt><dd>${escaped(fact)}</dd>`).join('\n')}</dl>`;
}

function totals({ totals: given }: Checked): string {
  const rows = given.map(
    ({ proof_grade, records: count, hours }) =>
      `<tr><td>${gradeWords[proof_grade]}</td><td class="number">${count}</td><td class="number">${hours}</td></tr>`,
  );
  return `<h2>时长合计</h2>
<table><thead><tr><th>凭证等级</th><th class="number">次数</th><th class="number">小时</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function records({ lines }: Checked): string {
  const rows = lines.map(
    ({ served_on, service_type, hours, proof_grade, unit }) =>
      `<tr><td>${served_on}</td><td>${escaped(wordsOfServiceType(service_type).zh)}<br>${escaped(unit)}</td><td>${proof_grade}</td><td class="number">${hours}</td></tr>`,
  );
  return `<h2>服务明细</h2>
<table><thead><tr><th>日期</th><th>服务内容、组织单位</th><th>等级</th><th class="number">小时</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => marks[mark] ?? '');
}
