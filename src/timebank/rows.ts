/** Every table the lane writes for the time bank, and those whose rows it seals: what `verify` compares with the log. */

import {
  partnerStatementLineRows,
  partnerStatementRows,
  reconciliationRows,
  spotCheckResultRows,
  spotCheckRows,
} from './audit/rows.js';
import { closingRows } from './credit/closings/rows.js';
import { grantPurseRows, grantRows } from './credit/grants/rows.js';
import { intakeBatchRows, intakeItemRows, intakeVersionRows } from './credit/intake/rows.js';
import { adjustmentRows, giftRows, lotRows, memberMergeRows, openingPointRows, ruleSetRows } from './credit/rows.js';
import { importLineRows, importMappingRows, importRows } from './imports/rows.js';
import { credentialRows, partnerRows, redemptionRows } from './partners/rows.js';
import { careChangeRows, careReadRows, careSubjectRows, careVisitRows } from './people/care/rows.js';
import {
  accessLogRows,
  consentRows,
  erasureRows,
  keyGenerationRows,
  personKeyRows,
  sealedFieldRows,
} from './people/personal-data/rows.js';
import {
  beneficiaryRows,
  formerNameRows,
  kinRows,
  memberChangeRows,
  memberRows,
  orgUnitChangeRows,
  orgUnitRows,
  personRows,
} from './people/rows.js';
import { stationChangeRows, stationRows } from './people/stations/rows.js';
import { qualificationRows, specialtyRows, talentChangeRows, talentRows } from './people/talents/rows.js';
import { teamChangeRows, teamMemberRows, teamRows } from './people/teams/rows.js';
import {
  awardCandidateRows,
  awardObjectionRows,
  awardRevocationRows,
  awardRoundRows,
  awardRows,
  awardVoteRows,
} from './service/awards/rows.js';
import { recordCertificateRows } from './service/certificates/rows.js';
import { limitRecordRows, limitUseRows } from './service/limits/rows.js';
import {
  offerRows,
  orderCodeRows,
  orderEvidenceRows,
  orderPeopleRows,
  orderRows,
  orderTextRows,
} from './service/orders/rows.js';
import {
  lateRecordRows,
  recomputationRows,
  serviceCorrectionRows,
  serviceDifferenceRows,
  serviceRecomputationRows,
  serviceRecordRows,
} from './service/rows.js';

export const allRows = [
  orgUnitRows,
  orgUnitChangeRows,
  memberRows,
  personRows,
  personKeyRows,
  keyGenerationRows,
  sealedFieldRows,
  consentRows,
  accessLogRows,
  erasureRows,
  memberChangeRows,
  formerNameRows,
  kinRows,
  beneficiaryRows,
  stationRows,
  stationChangeRows,
  specialtyRows,
  talentRows,
  talentChangeRows,
  qualificationRows,
  teamRows,
  teamMemberRows,
  teamChangeRows,
  careSubjectRows,
  careChangeRows,
  careVisitRows,
  careReadRows,
  ruleSetRows,
  openingPointRows,
  lotRows,
  giftRows,
  grantRows,
  grantPurseRows,
  intakeItemRows,
  intakeVersionRows,
  intakeBatchRows,
  closingRows,
  adjustmentRows,
  memberMergeRows,
  orderRows,
  orderPeopleRows,
  offerRows,
  orderCodeRows,
  orderTextRows,
  orderEvidenceRows,
  serviceRecordRows,
  serviceDifferenceRows,
  lateRecordRows,
  serviceCorrectionRows,
  serviceRecomputationRows,
  recomputationRows,
  limitUseRows,
  limitRecordRows,
  recordCertificateRows,
  awardRoundRows,
  awardCandidateRows,
  awardObjectionRows,
  awardVoteRows,
  awardRows,
  awardRevocationRows,
  partnerRows,
  credentialRows,
  redemptionRows,
  importRows,
  importLineRows,
  importMappingRows,
  partnerStatementRows,
  reconciliationRows,
  spotCheckRows,
  spotCheckResultRows,
] as const;

export const allSealed = [partnerStatementLineRows] as const;
