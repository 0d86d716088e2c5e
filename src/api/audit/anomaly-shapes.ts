/** How what looks wrong is shown over HTTP: which checks there are, by which thresholds, and what they found. */
import { Type } from 'typebox';
import { annotated, exampleOf, named, namedObject } from '../../http/named.js';
import { DateString, EntryNumber, NextCursor } from '../../http/schemas.js';
import {
  anomalyCodes,
  anomalyFigures,
  anomalyFigureWords,
  anomalyRoles,
  anomalyUnits,
  anomalyWords,
} from '../../timebank/anomaly-words.js';
import { type AnomalyRuleKey, anomalyRuleWords } from '../../timebank/credit/anomaly-rules.js';

export const AnomalyCode = named(
  'AnomalyCode',
  Type.Enum([...anomalyCodes], {
    description: [
      'What a check looks for:',
      '',
      ...anomalyCodes.map((code) => `- \`${code}\`: ${anomalyWords[code].en} ${anomalyWords[code].zh}`),
    ].join('\n'),
    examples: ['frequent_pair'],
  }),
);

const Unit = named(
  'AnomalyUnit',
  Type.Enum([...anomalyUnits], {
    description: 'What a figure or a threshold is counted in; `clock` is a time of day in the zone of the ledger.',
    examples: ['records'],
  }),
);

const ruleKeys = Object.keys(anomalyRuleWords) as AnomalyRuleKey[];

const Threshold = namedObject(
  'AnomalyThreshold',
  {
    rule: Type.Enum([...ruleKeys], {
      description: [
        'The rule that says from where on something is found:',
        '',
        ...ruleKeys.map((key) => `- \`${key}\`: ${anomalyRuleWords[key].words.en} / ${anomalyRuleWords[key].words.zh}`),
      ].join('\n'),
      examples: ['frequent_pair_records'],
    }),
    value: Type.String({ description: 'A number, or a time of day.', examples: ['20'] }),
    unit: Unit,
  },
  { description: 'A threshold.', examples: [{ rule: 'frequent_pair_records', value: '20', unit: 'records' }] },
);

const Figure = namedObject(
  'AnomalyFigure',
  {
    name: Type.Enum([...anomalyFigures], {
      description: [
        'What is measured:',
        '',
        ...anomalyFigures.map(
          (name) => `- \`${name}\`: ${anomalyFigureWords[name].words.en} / ${anomalyFigureWords[name].words.zh}`,
        ),
      ].join('\n'),
      examples: ['records'],
    }),
    value: Type.String({ pattern: '^-?[0-9]+(?:\\.[0-9]{2})?$', description: 'A number.', examples: ['23'] }),
    unit: Unit,
  },
  { description: 'A figure of what was found.', examples: [{ name: 'records', value: '23', unit: 'records' }] },
);

const Subject = namedObject(
  'AnomalySubject',
  {
    role: Type.Enum([...anomalyRoles], { description: 'Who that is in what was found.', examples: ['volunteer'] }),
    id: Type.String({
      description: 'A member by the id of now; an approver as the journal names them, without the role.',
      examples: ['M00001'],
    }),
  },
  { description: 'Whom it is about.', examples: [{ role: 'volunteer', id: 'M00001' }] },
);

const thresholdsExample = [exampleOf(Threshold), { rule: 'frequent_pair_days', value: '30', unit: 'days' }] as const;

const Anomaly = namedObject(
  'Anomaly',
  {
    code: AnomalyCode,
    subjects: Type.Array(Subject),
    figures: Type.Array(Figure, { description: 'In the order of the check.' }),
    thresholds: Type.Array(Threshold),
    entries: Type.Array(EntryNumber, {
      description: 'The entries that prove it, the first 100 of them; figures count them all.',
    }),
    records: Type.Array(Type.String(), {
      description: 'Service records, or redemptions, in the order of their entries, the first 100 of them.',
    }),
    detail: Type.String({ description: 'The same in words.' }),
  },
  {
    description: 'Something to look into. It is no judgement: nothing follows from it by itself.',
    examples: [
      {
        code: 'frequent_pair',
        subjects: [exampleOf(Subject), { role: 'recipient', id: 'M00002' }],
        figures: [exampleOf(Figure), { name: 'hours', value: '34.50', unit: 'hours' }],
        thresholds: [...thresholdsExample],
        entries: ['17'],
        records: ['V1'],
        detail:
          'volunteer M00001, recipient M00002: service records 23 records, hours given 34.50 hours (records at least 20 records, within 30 days)',
      },
    ],
  },
);

const Check = namedObject(
  'AnomalyCheck',
  {
    code: AnomalyCode,
    explanation: Type.String({ description: 'What it looks for, in the language of the answer.' }),
    thresholds: Type.Array(Threshold),
    count: Type.Integer({ minimum: 0, description: 'How many it found in all.', examples: [1] }),
    next_cursor: annotated(NextCursor, { description: 'Where the next page of this check begins; null: this is all.' }),
  },
  {
    description: 'A check that was made.',
    examples: [
      {
        code: 'frequent_pair',
        explanation: anomalyWords.frequent_pair.en,
        thresholds: [...thresholdsExample],
        count: 1,
        next_cursor: null,
      },
    ],
  },
);

export const AnomalyReport = namedObject(
  'AnomalyReport',
  {
    from: annotated(DateString, { description: 'First day.', examples: ['2026-10-01'] }),
    to: annotated(DateString, { description: 'Last day.', examples: ['2026-10-31'] }),
    checks: Type.Array(Check, { description: 'Every check that was made, also those that found nothing.' }),
    anomalies: Type.Array(Anomaly, {
      description: 'In the order of the checks; of each check what weighs most first, at most `limit`.',
    }),
  },
  {
    description: 'What looks wrong.',
    examples: [{ from: '2026-10-01', to: '2026-10-31', checks: [exampleOf(Check)], anomalies: [exampleOf(Anomaly)] }],
  },
);
