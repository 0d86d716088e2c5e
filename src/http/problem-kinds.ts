/**
 * The one place that knows status codes: every refusal of the domain, and everything that can go wrong at the door before the
 * domain is asked, with its status and its title. It does not know why a refusal was thrown, nor how a problem is written.
 */
import type { Words } from '../lib/language.js';
import type { RefusalCode } from '../lib/refusal.js';

interface ProblemKind {
  readonly status: number;
  readonly title: Words;
}

/** One code, one status, wherever it is thrown. docs/errors.md lists them all. */
export const problemFor = {
  // accounts and entries
  account_not_found: { status: 404, title: { en: 'No such account', zh: '账户不存在' } },
  account_exists: { status: 409, title: { en: 'The account exists already', zh: '账户已存在' } },
  account_closed: { status: 422, title: { en: 'The account is closed', zh: '账户已关闭' } },
  account_frozen: { status: 422, title: { en: 'The account is frozen', zh: '账户已冻结' } },
  account_restricted: {
    status: 422,
    title: { en: 'The account is kept by the time bank', zh: '专用账户不可手工处理' },
  },
  amount_invalid: {
    status: 422,
    title: { en: 'The amount is not one the asset can hold', zh: '数额不符合资产的规定' },
  },
  asset_not_found: { status: 404, title: { en: 'No such asset', zh: '资产不存在' } },
  asset_mismatch: { status: 422, title: { en: 'The accounts of a leg differ in asset', zh: '借贷双方的资产不同' } },
  balance_insufficient: { status: 422, title: { en: 'The balance is too low', zh: '余额不足' } },
  ceiling_exceeded: { status: 422, title: { en: 'The balance would pass its ceiling', zh: '余额将超过上限' } },
  leg_invalid: { status: 422, title: { en: 'A leg cannot be posted', zh: '借贷行无法过账' } },
  leg_restricted: { status: 422, title: { en: 'An entry of this kind may not move this', zh: '此类凭证不可作此变动' } },
  entry_not_found: { status: 404, title: { en: 'No such entry', zh: '凭证不存在' } },
  entry_already_reversed: { status: 409, title: { en: 'The entry is reversed already', zh: '凭证已红字冲销' } },
  entry_not_reversible: { status: 422, title: { en: 'The entry cannot be reversed', zh: '凭证不能红字冲销' } },
  entry_too_large: { status: 422, title: { en: 'The entry is too large for the log', zh: '凭证过大，日志无法记载' } },
  period_closed: { status: 422, title: { en: 'The accounting period is closed', zh: '会计期间已关账' } },
  period_invalid: { status: 422, title: { en: 'The accounting period cannot be used so', zh: '会计期间不可作此处理' } },
  date_in_future: { status: 422, title: { en: 'The date lies in the future', zh: '日期或时间尚未到来' } },
  date_before_original: {
    status: 422,
    title: { en: 'The date lies before what is corrected', zh: '日期早于原业务的日期' },
  },
  adjustment_not_found: { status: 404, title: { en: 'No such adjustment', zh: '调账不存在' } },
  adjustment_decided: { status: 409, title: { en: 'The adjustment is decided already', zh: '调账已有审批结果' } },
  adjustment_undecided: { status: 409, title: { en: 'The adjustment is not decided yet', zh: '调账尚未审批' } },
  text_absent: { status: 409, title: { en: 'There is no text to erase', zh: '没有可删除的文字' } },
  // the lane
  ledger_not_found: { status: 404, title: { en: 'No such ledger', zh: '账本不存在' } },
  ledger_busy: { status: 503, title: { en: 'The ledger has too much to do', zh: '账本繁忙' } },
  ledger_unavailable: { status: 503, title: { en: 'The ledger cannot be reached', zh: '账本暂时无法连接' } },
  storage_full: { status: 503, title: { en: 'The database has no room left', zh: '数据库空间不足' } },
  idempotency_key_missing: {
    status: 400,
    title: { en: 'The Idempotency-Key header is missing', zh: '缺少 Idempotency-Key 请求头（幂等键）' },
  },
  idempotency_key_invalid: {
    status: 400,
    title: { en: 'The Idempotency-Key header is malformed', zh: 'Idempotency-Key 请求头格式不正确' },
  },
  idempotency_key_reused: {
    status: 422,
    title: { en: 'The Idempotency-Key belongs to another request', zh: 'Idempotency-Key 已用于另一请求' },
  },
  idempotency_key_in_flight: {
    status: 409,
    title: {
      en: 'The first request with this Idempotency-Key is still running',
      zh: '同一 Idempotency-Key 的首个请求仍在处理',
    },
  },
  // people
  org_unit_not_found: { status: 404, title: { en: 'No such organisation unit', zh: '组织单元不存在' } },
  org_unit_exists: { status: 409, title: { en: 'The organisation unit exists already', zh: '组织单元已存在' } },
  org_unit_level_invalid: {
    status: 422,
    title: { en: 'The organisation unit does not fit below its parent', zh: '组织单元的层级与上级不符' },
  },
  org_unit_closed: { status: 422, title: { en: 'The organisation unit is closed', zh: '组织单元已撤销' } },
  org_unit_in_use: { status: 409, title: { en: 'The organisation unit is in use', zh: '组织单元仍在使用' } },
  org_unit_unchanged: { status: 409, title: { en: 'The organisation unit is so already', zh: '组织单元无须变更' } },
  county_exists: { status: 409, title: { en: 'The ledger has a county already', zh: '本账本已有县' } },
  member_not_found: { status: 404, title: { en: 'No such member', zh: '成员不存在' } },
  opening_points_exist: {
    status: 409,
    title: { en: 'The member was opened with points already', zh: '成员的期初积分已入账' },
  },
  weekly_hours_invalid: { status: 422, title: { en: 'Hours of a week contradict each other', zh: '每周时段相互矛盾' } },
  station_not_found: { status: 404, title: { en: 'No such station', zh: '站点不存在' } },
  station_exists: { status: 409, title: { en: 'The station exists already', zh: '站点已存在' } },
  station_closed: { status: 422, title: { en: 'The station is closed', zh: '站点已关闭' } },
  specialty_unknown: { status: 422, title: { en: 'No such specialty', zh: '专长或兴趣代码不存在' } },
  specialty_exists: { status: 409, title: { en: 'The specialty exists already', zh: '专长或兴趣代码已存在' } },
  talent_not_found: { status: 404, title: { en: 'No such talent', zh: '该成员不在达人名册中' } },
  talent_exists: { status: 409, title: { en: 'The talent is registered already', zh: '该成员已在达人名册中' } },
  talent_ended: { status: 422, title: { en: 'The talent has left the registry', zh: '该成员已退出达人名册' } },
  qualification_not_found: { status: 404, title: { en: 'No such qualification', zh: '资质不存在' } },
  qualification_ended: { status: 422, title: { en: 'The qualification has ended', zh: '资质已失效' } },
  team_not_found: { status: 404, title: { en: 'No such team', zh: '团队不存在' } },
  team_exists: { status: 409, title: { en: 'The team exists already', zh: '团队已存在' } },
  team_dissolved: { status: 422, title: { en: 'The team is dissolved', zh: '团队已解散' } },
  team_member_not_found: { status: 404, title: { en: 'Not in the team', zh: '该成员不在团队中' } },
  team_member_exists: { status: 409, title: { en: 'In the team already', zh: '该成员已在团队中' } },
  team_leader_required: { status: 422, title: { en: 'A team needs its leader', zh: '团队不能没有负责人' } },
  care_subject_not_found: { status: 404, title: { en: 'Not in the care registry', zh: '该成员不在关爱名册中' } },
  care_subject_exists: { status: 409, title: { en: 'In the care registry already', zh: '该成员已在关爱名册中' } },
  care_subject_ended: { status: 422, title: { en: 'Not visited any more', zh: '该成员的走访计划已结束' } },
  qualification_missing: { status: 422, title: { en: 'A qualification is missing', zh: '缺少专业资质' } },
  member_exists: { status: 409, title: { en: 'The member exists already', zh: '成员已存在' } },
  // personal data
  member_has_gifts: { status: 409, title: { en: 'The member has open gifts', zh: '成员尚有待接受的转赠' } },
  consent_missing: { status: 422, title: { en: 'The person has not consented to this', zh: '未取得本人同意' } },
  consent_exists: { status: 409, title: { en: 'The person has consented already', zh: '本人已同意' } },
  consent_not_found: { status: 404, title: { en: 'No such consent', zh: '没有此项同意' } },
  national_id_invalid: {
    status: 422,
    title: { en: "The identity card number is not the person's", zh: '身份证号码有误' },
  },
  unmask_not_allowed: { status: 403, title: { en: 'This may not be read in the clear', zh: '不得查看明文' } },
  erasure_not_requested: { status: 409, title: { en: 'No erasure is asked for', zh: '没有待确认的删除申请' } },
  member_erased: { status: 409, title: { en: 'The personal data is erased', zh: '个人信息已删除' } },
  intake_item_not_found: { status: 404, title: { en: 'No such item', zh: '报送记录不存在' } },
  intake_item_conflict: {
    status: 409,
    title: { en: 'The id or revision says something else already', zh: '编号或修订号已用于其他内容' },
  },
  intake_batch_not_found: { status: 404, title: { en: 'No such batch of items', zh: '报送批次不存在' } },
  intake_batch_closed: {
    status: 409,
    title: { en: 'The batch is being undone, or was', zh: '报送批次正在撤销或已撤销' },
  },
  member_suspended: { status: 422, title: { en: 'The member is suspended', zh: '成员已暂停参与' } },
  member_inactive: { status: 422, title: { en: 'The member does not take part any more', zh: '成员已不再参与' } },
  member_merged: { status: 409, title: { en: 'The member is another one now', zh: '成员已并入另一成员' } },
  member_unchanged: { status: 409, title: { en: 'The member is so already', zh: '成员无须变更' } },
  member_state_invalid: { status: 422, title: { en: 'The state does not follow', zh: '成员状态不可如此变更' } },
  second_unit_invalid: {
    status: 422,
    title: { en: 'The second unit is the first one', zh: '第二单元与所属单元相同' },
  },
  member_merge_invalid: { status: 422, title: { en: 'These cannot be merged', zh: '不能合并' } },
  member_merge_blocked: {
    status: 409,
    title: { en: 'Other matters have to be settled before the merge', zh: '合并前须先办结相关事项' },
  },
  member_merge_not_found: { status: 404, title: { en: 'Nobody has proposed this merge', zh: '没有待执行的合并' } },
  member_has_orders: { status: 409, title: { en: 'The member has a part in open orders', zh: '成员尚有未结束的点单' } },
  member_has_holds: { status: 409, title: { en: 'Points of the member are held', zh: '成员尚有冻结的积分' } },
  closing_open: { status: 409, title: { en: 'The accounts are being closed already', zh: '账户结清手续正在办理' } },
  closing_not_found: {
    status: 404,
    title: { en: 'There is nothing of this kind to decide', zh: '没有待决定的账户结清' },
  },
  beneficiary_invalid: {
    status: 422,
    title: { en: 'They are no spouse or lineal kin who takes part', zh: '须为已核实且正常参与的配偶或直系亲属' },
  },
  kin_not_found: { status: 404, title: { en: 'No such relative', zh: '亲属关系不存在' } },
  kin_exists: { status: 409, title: { en: 'They are relatives already', zh: '亲属关系已存在' } },
  kin_invalid: { status: 422, title: { en: 'These cannot be relatives', zh: '不能登记为亲属' } },
  kin_limit: { status: 422, title: { en: 'The member has too many relatives', zh: '亲属人数已达上限' } },
  kin_decided: { status: 409, title: { en: 'The relation is decided already', zh: '亲属关系已有结果' } },
  // service
  service_record_not_found: { status: 404, title: { en: 'No such service record', zh: '志愿服务记录不存在' } },
  service_record_exists: { status: 409, title: { en: 'The service is recorded already', zh: '该服务已记录' } },
  service_overlap: {
    status: 422,
    title: { en: 'The service overlaps another of the same member', zh: '与同一成员的另一次服务时间重叠' },
  },
  service_time_invalid: {
    status: 422,
    title: { en: 'The times of the service are not possible', zh: '服务时间有误' },
  },
  service_type_unknown: { status: 422, title: { en: 'The type of service is not known', zh: '服务类型未知' } },
  service_record_corrected: {
    status: 409,
    title: { en: 'The service record was corrected', zh: '志愿服务记录已更正' },
  },
  correction_invalid: { status: 422, title: { en: 'This corrects nothing', zh: '更正内容无效' } },
  correction_differs: { status: 409, title: { en: 'Something else was proposed', zh: '与已提出的更正不一致' } },
  correction_not_found: { status: 404, title: { en: 'Nobody has proposed this correction', zh: '没有待执行的更正' } },
  correction_undecided: { status: 409, title: { en: 'The correction is still to be decided', zh: '更正尚待决定' } },
  order_not_found: { status: 404, title: { en: 'No such order', zh: '点单不存在' } },
  order_exists: { status: 409, title: { en: 'The order exists already', zh: '点单已存在' } },
  order_state_invalid: {
    status: 409,
    title: { en: 'The order is not in a state for this', zh: '点单当前状态不允许该操作' },
  },
  order_role_invalid: {
    status: 403,
    title: { en: 'This is for others in the order to do', zh: '应由点单中的其他人进行' },
  },
  order_time_invalid: { status: 422, title: { en: 'The times of the order are not possible', zh: '点单时间有误' } },
  order_full: { status: 409, title: { en: 'The order has the volunteers that it needs', zh: '点单所需志愿者已满' } },
  order_joined: { status: 409, title: { en: 'The volunteer has accepted the order already', zh: '志愿者已接此单' } },
  recurrence_invalid: { status: 422, title: { en: 'The series is not possible', zh: '周期点单有误' } },
  offer_not_found: { status: 404, title: { en: 'No such offer', zh: '派单不存在' } },
  offer_exists: {
    status: 409,
    title: { en: 'The order is offered to the volunteer already', zh: '点单已派给该志愿者' },
  },
  offer_not_open: { status: 409, title: { en: 'The offer is not open', zh: '派单已结束' } },
  proof_invalid: { status: 422, title: { en: 'The proof does not prove that', zh: '凭证无效' } },
  proof_replaced: { status: 422, title: { en: 'The QR code was replaced', zh: '二维码已更换，原二维码失效' } },
  evidence_invalid: { status: 422, title: { en: 'The file cannot be evidence', zh: '凭证文件无效' } },
  evidence_missing: { status: 422, title: { en: 'A file is needed', zh: '须上传凭证文件' } },
  evidence_not_found: { status: 404, title: { en: 'No such file', zh: '凭证文件不存在' } },
  record_too_late: {
    status: 422,
    title: { en: 'Recorded this late, a service takes a second approver', zh: '逾期补录须第二人审批' },
  },
  reason_missing: { status: 422, title: { en: 'A reason is needed', zh: '须填写原因' } },
  code_invalid: { status: 422, title: { en: 'The code is not right', zh: '验证码不正确' } },
  code_locked: { status: 422, title: { en: 'No code is taken for a while', zh: '验证码已锁定' } },
  verdict_invalid: {
    status: 422,
    title: { en: 'The minutes of the verdict do not fit', zh: '裁定的分钟数缺失或有误' },
  },
  redeem_age_not_met: {
    status: 422,
    title: { en: 'The recipient is too young to pay with coins', zh: '受助人未到使用时间币的年龄' },
  },
  fund_not_for_member: {
    status: 422,
    title: { en: 'The fund does not pay for this member', zh: '该成员不在基金资助范围' },
  },
  gift_decided: { status: 409, title: { en: 'The gift has ended', zh: '转赠已有结果' } },
  gift_invalid: { status: 422, title: { en: 'A gift to oneself', zh: '不能转赠给本人' } },
  gift_limit: { status: 422, title: { en: 'More than may be given in a month', zh: '转赠数额已达每月上限' } },
  gift_not_found: { status: 404, title: { en: 'No such gift', zh: '转赠不存在' } },
  gift_restricted: { status: 422, title: { en: 'The rules do not let it be given', zh: '规则不允许转赠' } },
  grant_decided: { status: 409, title: { en: 'The grant is decided already', zh: '资助已有审批结果' } },
  grant_not_found: { status: 404, title: { en: 'No such grant', zh: '资助不存在' } },
  self_approval: { status: 422, title: { en: 'No one approves what is their own', zh: '不得审批与本人有关的事项' } },
  approver_invalid: { status: 422, title: { en: 'A service is approved by a person', zh: '服务须由具体人员审批' } },
  recorder_not_found: { status: 404, title: { en: 'No such recorder', zh: '记录人不存在' } },
  rule_set_not_found: { status: 404, title: { en: 'No such rule set', zh: '规则集不存在' } },
  rule_set_not_effective: {
    status: 422,
    title: { en: 'The rules were not in force on that day', zh: '规则在当日尚未施行' },
  },
  rule_set_invalid: {
    status: 422,
    title: { en: 'The values of the rules do not go together', zh: '规则取值相互矛盾' },
  },
  rule_set_overlap: { status: 409, title: { en: 'Another rule set begins later', zh: '施行日期须晚于已批准的规则集' } },
  rule_set_decided: { status: 409, title: { en: 'The rule set is decided already', zh: '规则集当前状态不允许该操作' } },
  rule_set_outdated: { status: 409, title: { en: 'The rule set was drafted on another', zh: '规则集草案已过时' } },
  recomputation_not_found: { status: 404, title: { en: 'No such recomputation', zh: '重算不存在' } },
  spot_check_not_found: { status: 404, title: { en: 'No such spot check', zh: '抽查不存在' } },
  record_not_drawn: { status: 422, title: { en: 'The record was not drawn', zh: '该记录不在本次抽查之列' } },
  recomputation_decided: {
    status: 409,
    title: { en: 'The recomputation is in another state', zh: '重算当前状态不允许该操作' },
  },
  certificate_not_found: { status: 404, title: { en: 'No such certificate', zh: '证明不存在' } },
  certificate_empty: { status: 422, title: { en: 'There is nothing to certify', zh: '没有可供出具证明的记录' } },
  certificate_too_long: {
    status: 422,
    title: { en: 'There are too many records for one certificate', zh: '记录过多，一份证明无法列出' },
  },
  certificate_revoked: { status: 409, title: { en: 'The certificate is revoked already', zh: '证明已撤销' } },
  award_round_not_found: { status: 404, title: { en: 'No such award round', zh: '评选不存在' } },
  award_round_state_invalid: {
    status: 409,
    title: { en: 'The award round is not in a state for this', zh: '评选当前状态不允许该操作' },
  },
  award_round_empty: { status: 422, title: { en: 'Nobody meets the criteria', zh: '没有符合条件的成员' } },
  award_round_too_large: { status: 422, title: { en: 'The award round has too many candidates', zh: '候选人过多' } },
  award_criteria_invalid: { status: 422, title: { en: 'The criteria contradict each other', zh: '评选条件相互矛盾' } },
  award_notice_invalid: { status: 422, title: { en: 'Public notice is not given so', zh: '公示时间不符合规定' } },
  award_notice_running: { status: 409, title: { en: 'Public notice is not over', zh: '公示期未满' } },
  award_candidate_not_found: { status: 404, title: { en: 'No such candidate', zh: '候选人不存在' } },
  award_objection_not_found: { status: 404, title: { en: 'No such objection', zh: '异议不存在' } },
  award_objection_exists: {
    status: 409,
    title: { en: 'An objection of the member waits for its answer', zh: '该成员已提出的异议尚未答复' },
  },
  award_objection_answered: { status: 409, title: { en: 'The objection is answered already', zh: '异议已答复' } },
  award_objections_open: { status: 409, title: { en: 'Objections wait for their answers', zh: '尚有异议未答复' } },
  award_party_voted: { status: 409, title: { en: 'The party has voted already', zh: '该方已表决' } },
  award_not_found: { status: 404, title: { en: 'Nothing was awarded to this candidate', zh: '该候选人未当选' } },
  award_revoked: { status: 409, title: { en: 'The award is revoked already', zh: '荣誉已撤销' } },
  award_revocation_open: {
    status: 409,
    title: { en: 'The revocation waits for a second person', zh: '撤销待另一人审批' },
  },
  award_revocation_not_found: {
    status: 404,
    title: { en: 'Nobody has proposed this revocation', zh: '没有待审批的撤销' },
  },
  // partners
  partner_not_found: { status: 404, title: { en: 'No such partner', zh: '合作方不存在' } },
  partner_exists: { status: 409, title: { en: 'The partner exists already', zh: '合作方已存在' } },
  partner_reference_exists: {
    status: 409,
    title: { en: 'The partner has used this reference', zh: '合作方流水号已使用' },
  },
  backdating_refused: { status: 422, title: { en: 'The date lies too far back', zh: '日期过早' } },
  redemption_not_found: { status: 404, title: { en: 'No such redemption', zh: '兑换不存在' } },
  redemption_not_open: { status: 409, title: { en: 'The redemption is no longer open', zh: '兑换已结束' } },
  hold_expired: { status: 422, title: { en: 'The hold has expired', zh: '冻结已到期' } },
  capture_exceeds_hold: { status: 422, title: { en: 'More than is held', zh: '核销积分超过冻结积分' } },
  refund_exceeds_capture: { status: 422, title: { en: 'More than was captured', zh: '退还积分超过核销积分' } },
  // credentials
  credential_not_found: { status: 404, title: { en: 'No such credentials', zh: '凭据不存在' } },
  credential_ended: { status: 409, title: { en: 'The credentials have ended', zh: '凭据已终止' } },
  subject_not_found: { status: 404, title: { en: 'Nobody is known under this pseudonym', zh: '此代号没有对应的人员' } },
  // files
  import_not_found: { status: 404, title: { en: 'No such import', zh: '导入不存在' } },
  import_already_committed: { status: 409, title: { en: 'The import is committed already', zh: '导入已提交' } },
  import_mapping_not_found: { status: 404, title: { en: 'No such mapping of headers', zh: '表头对照不存在' } },
  import_mapping_invalid: { status: 422, title: { en: 'The headers cannot be mapped so', zh: '表头对照有误' } },
  file_invalid: { status: 422, title: { en: 'The file has errors', zh: '文件内容有误' } },
  file_expired: { status: 410, title: { en: 'The file is not kept any more', zh: '文件已不再保留' } },
  partner_statement_not_found: { status: 404, title: { en: 'No such partner statement', zh: '合作方对账单不存在' } },
  partner_statement_exists: {
    status: 409,
    title: { en: 'A statement of this number or a later one was sent', zh: '此序号或更大序号的对账单已发送' },
  },
  reconciliation_not_found: { status: 404, title: { en: 'No such reconciliation', zh: '对账不存在' } },
  reconciliation_running: {
    status: 409,
    title: { en: 'The reconciliation is still being computed', zh: '对账仍在计算中' },
  },
  reconciliation_failed: {
    status: 409,
    title: { en: 'The reconciliation could not be computed', zh: '对账未能完成' },
  },
  // jobs
  job_not_found: { status: 404, title: { en: 'No such job', zh: '作业不存在' } },
  job_ended: { status: 409, title: { en: 'The job has ended', zh: '作业已结束' } },
  job_in_progress: { status: 409, title: { en: 'A job is doing this already', zh: '同一事项已有作业在处理' } },
  job_cancelled: { status: 409, title: { en: 'The job was cancelled', zh: '作业已取消' } },
  // the door
  request_invalid: { status: 400, title: { en: 'The request is not well formed', zh: '请求格式不正确' } },
  unauthenticated: { status: 401, title: { en: 'A valid token is needed', zh: '需要有效的令牌' } },
  forbidden: { status: 403, title: { en: 'The token does not allow this', zh: '令牌无权进行此操作' } },
  not_found: { status: 404, title: { en: 'Nothing is here', zh: '路径不存在' } },
  rate_limited: { status: 429, title: { en: 'Too many requests', zh: '请求过于频繁' } },
  client_invalid: { status: 401, title: { en: 'The client or its secret is wrong', zh: '客户端或其密钥不正确' } },
} as const satisfies Record<RefusalCode, ProblemKind>;

/** What only HTTP can get wrong: these never leave the domain as a refusal. Documented beside the others. */
export const doorProblems = {
  method_not_allowed: { status: 405, title: { en: 'The method is not allowed here', zh: '此路径不支持该方法' } },
  request_timeout: { status: 408, title: { en: 'The request took too long to arrive', zh: '请求未能及时送达' } },
  body_too_large: { status: 413, title: { en: 'The body is too large', zh: '请求体过大' } },
  media_type_unsupported: {
    status: 415,
    title: { en: 'The media type of the body is not supported', zh: '不支持请求体的媒体类型' },
  },
  headers_too_large: { status: 431, title: { en: 'The headers are too large', zh: '请求头过大' } },
  internal_error: { status: 500, title: { en: 'The service failed', zh: '服务内部错误' } },
} as const satisfies Record<string, ProblemKind>;

export type DoorCode = keyof typeof doorProblems;
export type ProblemCode = RefusalCode | DoorCode;

export function kindOf(code: ProblemCode): ProblemKind {
  return code in problemFor ? problemFor[code as RefusalCode] : doorProblems[code as DoorCode];
}

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemFor, code) || Object.hasOwn(doorProblems, code);
}
