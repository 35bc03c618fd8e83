#include "signaling/record/field.h"

#include <string.h>

#define LINE  100  // a name, a telephone number, a relation
#define SHORT 500  // a list, a sentence or two
#define LIST  2000 // papers with their hashes
#define STORY 4000 // what happened, what was advised

const struct record_field record_fields[] = {
    {"number", "编号", RECORD_TEXT, .of_gateway = true},
    {"channel", "咨询方式", RECORD_TEXT, .of_gateway = true},
    {"place", "站点", RECORD_TEXT, .of_gateway = true},
    {"began_at", "开始时间", RECORD_TEXT, .of_gateway = true},
    {"ended_at", "结束时间", RECORD_TEXT, .of_gateway = true},
    {"identity", "身份信息", RECORD_CHOICE, .required = true, .choices = record_identities},
    {"resident_name", "咨询人姓名", RECORD_TEXT, .max = LINE},
    {"gender", "性别", RECORD_CHOICE, .choices = record_genders},
    {"age_band", "年龄段", RECORD_CHOICE, .choices = record_ages},
    {"contact", "联系方式", RECORD_TEXT, .max = LINE},
    {"groups", "人员类别", RECORD_SET, .choices = record_groups},
    {"companion", "陪同人及关系", RECORD_TEXT, .max = LINE},
    {"language", "语言", RECORD_TEXT, .max = LINE},
    {"interpreter", "口译", RECORD_TEXT, .max = LINE},
    {"category", "咨询类别", RECORD_CHOICE, .required = true, .choices = record_categories},
    {"adverse_party", "相对方", RECORD_TEXT, .max = LINE},
    {"facts", "事实经过", RECORD_LONG, .required = true, .read_back = true, .max = STORY},
    {"claim", "诉求", RECORD_LONG, .required = true, .read_back = true, .max = SHORT},
    {"materials_shown", "出示的材料", RECORD_TEXT, .max = SHORT},
    {"materials_kept", "留存的材料", RECORD_TEXT, .max = LIST},
    {"originals", "核对原件", RECORD_CHOICE, .choices = record_originals},
    {"advice", "解答意见", RECORD_LONG, .required = true, .read_back = true, .max = STORY},
    {"legal_basis", "法律依据", RECORD_LONG, .max = SHORT},
    {"limitation_told", "时效提示", RECORD_CHOICE, .required = true, .choices = record_told},
    {"limitation_kind", "时效种类", RECORD_CHOICE, .choices = record_limitations},
    {"limitation_from", "时效起算日", RECORD_DATE, .required = false},
    {"limitation_deadline", "最晚日期", RECORD_DATE, .of_gateway = true, .read_back = true},
    {"risk_told", "风险提示", RECORD_CHOICE, .required = true, .choices = record_told},
    {"risks", "风险说明", RECORD_LONG, .read_back = true, .max = SHORT},
    {"legal_aid_told", "告知法律援助条件", RECORD_CHOICE, .required = true, .choices = record_told},
    {"legal_aid_matter", "法律援助事项", RECORD_CHOICE, .choices = record_aid_matters},
    {"legal_aid_grounds", "免予核查经济困难的情形", RECORD_SET, .choices = record_aid_grounds},
    {"summary", "三句话结论", RECORD_LONG, .read_back = true, .max = 200},
    {"next_steps", "下一步", RECORD_LONG, .required = true, .read_back = true, .max = SHORT},
    {"referral", "转介", RECORD_CHOICE, .choices = record_referrals},
    {"appointment", "约期", RECORD_DATE, .required = false},
    {"confirmation", "确认方式", RECORD_CHOICE, .required = true, .choices = record_confirmations},
    {"refusal", "拒绝确认的原因", RECORD_TEXT, .max = SHORT},
    {"lawyer", "律师姓名", RECORD_TEXT, .of_gateway = true},
    {"licence_no", "执业证号", RECORD_TEXT, .of_gateway = true},
    {"law_firm", "律师事务所", RECORD_TEXT, .of_gateway = true},
    {"staff", "工作人员", RECORD_TEXT, .max = LINE},
};
const size_t record_fields_count = sizeof(record_fields) / sizeof(record_fields[0]);

const char *record_type_name(enum record_type type)
{
    static const char *const names[] = {"text", "long", "choice", "set", "date"};
    return names[type];
}

const struct record_field *record_field(const char *name)
{
    for (size_t i = 0; i < record_fields_count; i++)
        if (strcmp(record_fields[i].name, name) == 0)
            return &record_fields[i];
    return NULL;
}

const struct record_choice *record_choice(const struct record_field *field, const char *code,
                                          size_t len)
{
    for (const struct record_choice *choice = field->choices; choice && choice->code; choice++)
        if (strlen(choice->code) == len && memcmp(choice->code, code, len) == 0)
            return choice;
    return NULL;
}
