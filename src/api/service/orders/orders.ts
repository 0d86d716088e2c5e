/** Orders over HTTP, from a need to an approved hour: every step is an entry. */
import type { App, Service } from '../../../http/service.js';
import { registerAttending } from './attending.js';
import { registerCandidates } from './candidates.js';
import { registerCodes } from './codes.js';
import { registerDeciding } from './deciding.js';
import { registerDispatching } from './dispatching.js';
import { registerEvidence } from './evidence.js';
import { registerPlacing } from './placing.js';
import { registerReading } from './reading.js';
import { registerShowing } from './showing.js';

export function registerOrders(app: App, service: Service): void {
  registerPlacing(app, service);
  registerCandidates(app, service);
  registerDispatching(app, service);
  registerCodes(app, service);
  registerShowing(app, service);
  registerEvidence(app, service);
  registerAttending(app, service);
  registerDeciding(app, service);
  registerReading(app, service);
}
