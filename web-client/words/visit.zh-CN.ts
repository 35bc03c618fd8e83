// A visit to the booth, beside the call itself, in Chinese.
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
    notTaken: "没有记下，请再按一次“好了”。",
};

export type Visit = typeof visitZhCN;
