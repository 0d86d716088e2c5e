/** What each environment variable sets and, in brackets, what holds without it; for `start --help`. */
import { logLevels } from '../config.js';
import { padEndColumns } from '../lib/columns.js';
import type { Language, Words } from '../lib/language.js';

export const settings: Readonly<Record<string, Words>> = {
  PORT: { en: 'where it listens (3000); 0: any free port', zh: '服务端口（3000）；0 为任意空闲端口' },
  HOST: { en: 'on which address (127.0.0.1)', zh: '监听地址（127.0.0.1）' },
  DATA_DIR: {
    en: 'where the embedded database and the keys are (./data)',
    zh: '数据目录，内置数据库和密钥在其中（./data）',
  },
  PERSONAL_DATA_KEYS: {
    en: 'master keys of personal data as generation:base64, separated by commas (files in DATA_DIR/keys)',
    zh: '个人信息的主密钥，以“1:Base64”写明代次和密钥，以逗号分隔（DATA_DIR/keys 中的文件）',
  },
  DATABASE_URL: {
    en: 'a PostgreSQL 15 to 18 instead of the embedded one',
    zh: '改用已有的 PostgreSQL（15 至 18），不用内置数据库',
  },
  DATABASE_SERVICE_URL: {
    en: 'the same database for a user who has the rights of timeledger_service and no others (DATABASE_URL)',
    zh: '同一数据库，所用用户只有 timeledger_service 的权限（DATABASE_URL）',
  },
  DB_POOL: { en: 'connections for reading, at most (10)', zh: '读取用的数据库连接数上限（10）' },
  METRICS_HOST: { en: 'on which address the metrics are (127.0.0.1)', zh: '监控指标的监听地址（127.0.0.1）' },
  METRICS_PORT: {
    en: 'where Prometheus finds the metrics (PORT + 6464)',
    zh: '监控指标的端口，供 Prometheus 采集（PORT + 6464）',
  },
  LOG_LEVEL: { en: `${logLevels.join(', ')} (info)`, zh: `日志级别：${logLevels.join('、')}（info）` },
  DEFAULT_LANGUAGE: {
    en: 'en or zh: of words for who asks for neither (en; on the command line as the locale)',
    zh: 'en 或 zh：未另行指定语言时使用（en；命令行随系统区域设置）',
  },
  PUBLIC_URL: { en: 'where clients reach it, behind a proxy', zh: '客户端的访问地址，用于反向代理之后' },
  TRUST_PROXY: {
    en: 'proxies whose X-Forwarded-For is believed: addresses or blocks, separated by commas',
    zh: '可信的反向代理（采用其 X-Forwarded-For）：地址或网段，以逗号分隔',
  },
  ISSUER: {
    en: 'the issuer its tokens name (PUBLIC_URL, or timeledger)',
    zh: '令牌的签发者（PUBLIC_URL，否则为 timeledger）',
  },
  OIDC_ISSUER: { en: "the issuer of people's tokens", zh: '人员令牌的签发者' },
  OIDC_JWKS_URL: { en: "where that issuer's keys are", zh: '该签发者的公钥地址' },
  OIDC_AUDIENCE: {
    en: 'whom its tokens must be for; needed with OIDC_ISSUER',
    zh: '人员令牌须指明的接收方；设置 OIDC_ISSUER 时必填',
  },
  OIDC_ROLES: {
    en: 'the roles its tokens may give, separated by commas (member,coordinator)',
    zh: '人员令牌可授予的角色，以逗号分隔（member,coordinator）',
  },
  RATE_LIMIT_PER_MINUTE: {
    en: 'requests a minute and client, 0 for any number (6000)',
    zh: '每个客户端每分钟的请求数上限，0 为不限（6000）',
  },
  TOKEN_RATE_LIMIT: {
    en: 'tokens a minute and client, and log-ins that may fail (120)',
    zh: '每个客户端每分钟可领取令牌数的上限，也是登录失败次数的上限（120）',
  },
  CONNECTION_LIMIT: { en: 'connections in all, 0 for any number (4000)', zh: '连接总数上限，0 为不限（4000）' },
  CONNECTION_LIMIT_PER_ADDRESS: {
    en: 'connections from one address that is no trusted proxy, 0 for any number (1000)',
    zh: '同一地址（可信的反向代理除外）的连接数上限，0 为不限（1000）',
  },
  BODY_LIMIT: { en: 'bytes of a request body (1048576)', zh: '请求正文的字节数上限（1048576）' },
  STORAGE_RESERVE: {
    en: 'bytes to keep free where the embedded database is; with fewer nothing is written (268435456)',
    zh: '内置数据库所在磁盘须保留的空闲字节数，不足时停止写入（268435456）',
  },
};

const heading: Words = {
  en: 'Environment variables, and what holds without them:',
  zh: '环境变量（括号内为默认值）：',
};

export function settingsHelp(language: Language): string {
  const names = Object.keys(settings);
  const columns = Math.max(...names.map((name) => name.length)) + 2;
  const lines = Object.entries(settings).map(([name, what]) => `  ${padEndColumns(name, columns)}${what[language]}`);
  return ['', heading[language], ...lines].join('\n');
}
