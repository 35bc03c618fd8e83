#include "signaling/record/field.h"

// What a field can say, by code and by the register's word.

const struct record_choice record_identities[] = {
    {"given", "已提供"}, {"refused", "拒绝提供"}, {NULL, NULL}};

const struct record_choice record_genders[] = {{"female", "女"}, {"male", "男"}, {NULL, NULL}};

const struct record_choice record_ages[] = {
    {"under_18", "不满18岁"}, {"18_59", "18至59岁"},   {"60_69", "60至69岁"},
    {"70_79", "70至79岁"},    {"80_up", "80岁及以上"}, {NULL, NULL},
};

const struct record_choice record_groups[] = {
    {"elder", "老年人"},     {"minor", "未成年人"},        {"disabled", "残疾人"},
    {"woman", "妇女"},       {"migrant_worker", "农民工"}, {"military", "军人军属"},
    {"veteran", "退役军人"}, {"low_income", "低收入"},     {NULL, NULL},
};

// The cards of the booth.
const struct record_choice record_categories[] = {
    {"family", "婚姻家庭"},
    {"inheritance", "继承"},
    {"labour", "劳动"},
    {"debt", "债务"},
    {"contract", "合同"},
    {"housing", "房产拆迁"},
    {"property_neighbour", "物业相邻"},
    {"traffic", "交通事故"},
    {"injury", "人身损害"},
    {"consumer", "消费"},
    {"fraud", "诈骗"},
    {"land", "土地承包"},
    {"administrative", "行政"},
    {"criminal", "刑事"},
    {"other", "其他"},
    {NULL, NULL},
};

const struct record_choice record_originals[] = {
    {"yes", "已核对原件"}, {"no", "未见原件"}, {NULL, NULL}};

const struct record_choice record_told[] = {
    {"yes", "已告知"}, {"not_applicable", "不涉及"}, {NULL, NULL}};

const struct record_choice record_limitations[] = {
    {"civil", "民事一般诉讼时效"},
    {"labour", "劳动争议仲裁"},
    {"labour_award", "不服劳动裁决起诉"},
    {"work_injury", "职工申请工伤认定"},
    {"administrative_review", "行政复议"},
    {"administrative_suit", "行政诉讼"},
    {"review_decision", "不服复议决定起诉"},
    {"civil_appeal", "民事判决上诉"},
    {"civil_order_appeal", "民事裁定上诉"},
    {"criminal_appeal", "刑事判决上诉"},
    {"enforcement", "申请执行"},
    {"land_arbitration", "土地承包仲裁"},
    {"legacy", "表示接受遗赠"},
    {"revocation", "撤销民事行为"},
    {"mediation_confirmation", "调解协议司法确认"},
    {NULL, NULL},
};

// What legal aid may be asked for (Legal Aid Law, article 31).
const struct record_choice record_aid_matters[] = {
    {"state_compensation", "国家赔偿"},
    {"social_insurance", "社会保险待遇或者社会救助"},
    {"pension", "抚恤金"},
    {"maintenance", "赡养费、抚养费、扶养费"},
    {"labour", "确认劳动关系或者劳动报酬"},
    {"capacity", "认定无民事行为能力或者限制民事行为能力"},
    {"personal_injury", "工伤、交通、食品药品、医疗事故损害"},
    {"environment", "环境污染、生态破坏损害"},
    {"none", "不属于以上事项"},
    {NULL, NULL},
};

// Who need not show that money is short (articles 32 and 42).
const struct record_choice record_aid_grounds[] = {
    {"hero_kin", "英雄烈士近亲属维护英雄烈士人格权益"},
    {"good_samaritan", "因见义勇为主张民事权益"},
    {"retrial", "再审改判无罪请求国家赔偿"},
    {"abuse", "遭受虐待、遗弃或者家庭暴力"},
    {"elder_no_income", "无固定生活来源的老年人"},
    {"disabled_no_income", "无固定生活来源的残疾人"},
    {"minor_no_income", "无固定生活来源的未成年人"},
    {"relief", "社会救助、司法救助或者优抚对象"},
    {"migrant_wages", "进城务工人员请求劳动报酬或者工伤赔偿"},
    {NULL, NULL},
};

const struct record_choice record_referrals[] = {
    {"none", "无"},
    {"legal_aid", "法律援助中心"},
    {"mediation", "人民调解"},
    {"arbitration", "仲裁"},
    {"court", "法院"},
    {"police", "公安"},
    {"other", "其他部门"},
    {NULL, NULL},
};

const struct record_choice record_confirmations[] = {
    {"readback", "朗读确认"},   {"signature", "签名"},   {"fingerprint_mark", "指印"},
    {"absent", "咨询人已离开"}, {"refused", "拒绝确认"}, {NULL, NULL},
};
