/** Every route of a ledger, noun by noun. How a client signs in, and what watches the service, stand in app.ts. */

import type { App, Service } from '../http/service.js';
import { registerPartnerStatements } from './audit/partner-statements.js';
import { registerPeriods } from './audit/periods.js';
import { registerReconciliationReport } from './audit/reconciliation-report.js';
import { registerReconciliationResults } from './audit/reconciliation-results.js';
import { registerReconciliations } from './audit/reconciliations.js';
import { registerReports } from './audit/reports.js';
import { registerServiceByUnit } from './audit/service-by-unit.js';
import { registerAdjustments } from './credit/adjustments.js';
import { registerRuleSets } from './credit/rule-sets.js';
import { registerImports } from './imports/imports.js';
import { registerAccounts } from './ledger/accounts.js';
import { registerBulkEntries } from './ledger/bulk-entries.js';
import { registerEntries } from './ledger/entries.js';
import { registerLog } from './ledger/log.js';
import { registerTextErasure } from './ledger/text-erasure.js';
import { registerPartners } from './partners/partners.js';
import { registerRedemptions } from './partners/redemptions.js';
import { registerRefusals } from './partners/refusals.js';
import { registerAccessLog } from './people/access-log.js';
import { registerConsents } from './people/consents.js';
import { registerErasure } from './people/erasure.js';
import { registerMembers } from './people/members.js';
import { registerOrgUnits } from './people/org-units.js';
import { registerPersonalData } from './people/sealed-fields.js';
import { registerOrders } from './service/orders/orders.js';
import { registerServiceRecords } from './service/service-records.js';
import { registerCredentials } from './system/credentials.js';
import { registerJobs } from './system/jobs.js';
import { registerSubjects } from './system/subjects.js';

export function registerApi(app: App, service: Service): void {
  registerCredentials(app, service);
  registerSubjects(app, service);
  registerLog(app, service);
  registerJobs(app, service);

  registerAccounts(app, service);
  registerEntries(app, service);
  registerBulkEntries(app, service);
  registerTextErasure(app, service);
  registerAdjustments(app, service);
  registerOrgUnits(app, service);
  registerMembers(app, service);
  registerPersonalData(app, service);
  registerConsents(app, service);
  registerErasure(app, service);
  registerAccessLog(app, service);
  registerOrders(app, service);
  registerServiceRecords(app, service);
  registerRuleSets(app, service);
  registerImports(app, service);
  registerPartners(app, service);
  registerRedemptions(app, service);
  registerRefusals(app, service);
  registerPartnerStatements(app, service);
  registerReconciliations(app, service);
  registerReconciliationResults(app, service);
  registerReconciliationReport(app, service);
  registerReports(app, service);
  registerServiceByUnit(app, service);
  registerPeriods(app, service);
}
