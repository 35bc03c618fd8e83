// A visit to the booth, beside the call itself, in Chinese.
import { partsOf } from "../core/half-day";
import type { Identity } from "../core/types";

export const visitZhCN = {
    languageTitle: "怎么跟律师说话？",
    /** Ways of talking by their language tags; zh-Hans is in letters. */
    languages: {
        "zh-CN": "普通话",
        "zh-Hans": "写字说",
        csl: "手语",
        yue: "广东话",
        nan: "闽南话",
        hak: "客家话",
        wuu: "上海话",
        cjy: "晋语",
        ii: "彝语",
        ug: "维吾尔语",
        bo: "藏语",
        za: "壮语",
        mn: "蒙古语",
        en: "英语",
    } as Record<string, string>,
    alarmed: "已经告诉工作人员，马上有人来。",
    identify: "留个手机号",
    identifyAgain: "改一下",
    identityLeft: { none: "不留也没关系。", phone: "手机号留好了，只有律师看得到。", name: "姓名留好了，只有律师看得到。" } as Record<Identity, string>,
    phoneTitle: "请按您的手机号",
    phoneText: "断了线，好找到您。不留也没关系。",
    nameLabel: "或者写您的姓名",
    done: "好了",
    leaveNothing: "不留",
    leaveTitle: "现在没有律师值班",
    leaveText: "不用干等。您可以：",
    leaveWaitingTitle: "不想等了，也可以：",
    leaveMessage: "留个电话",
    leaveMessageHint: "律师 24 小时内打给您",
    leaveAppointment: "约个时间",
    leaveAppointmentHint: "选个上午或下午，工作人员打电话确认",
    leaveInstead: "不想等，请打给我",
    goOnWaiting: "还是接着等",
    halfDayTitle: "哪天方便？",
    halfDay: (halfDay: string) => {
        const { month, day, weekday, morning } = partsOf(halfDay);
        return `${month}月${day}日 星期${"日一二三四五六"[weekday] ?? ""} ${morning ? "上午" : "下午"}`;
    },
    callTitle: "打哪个电话找您？",
    callText: "请按您的电话号码，按完按“好了”。",
    inbox: "留言和预约",
    inboxText: "打完电话，请按“打过了”。",
    inboxEmpty: "没有要回的留言。",
    inboxDue: (when: string) => `${when} 前要回`,
    inboxLate: "已经过了 24 小时，请马上回",
    inboxWish: (halfDay: string) => `想约 ${halfDay}`,
    answered: "打过了",
    notTaken: "没有记下，请再按一次“好了”。",
};

export type Visit = typeof visitZhCN;
