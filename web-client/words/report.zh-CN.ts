// Reports of the clinic and of one lawyer's work, in Chinese.

/** "2026-11", "2026-q4" or "2026". */
function period(name: string): string {
    const [year = "", part = ""] = name.split("-");
    if (part.startsWith("q")) return `${year}年第${["一", "二", "三", "四"][Number(part.slice(1)) - 1] ?? part}季度`;
    return part ? `${year}年${Number(part)}月` : `${year}年全年`;
}

export const reportZhCN = {
    title: "统计",
    lead: "人数不到 5 的不显示，能推算出它的也不显示，免得认出是谁。",
    period,
    choosePeriod: "时间",
    chooseCentre: "站点",
    everyCentre: "全部站点",
    notShown: "不显示",
    table: "导出表格",
    nothing: "这段时间还没有人来咨询。",
    items: "咨询受理",
    attendances: "视频接通",
    persons: "服务人数",
    peopleTitle: "来了多少人",
    peopleHead: "怎么数",
    peopleNumber: "数目",
    personsHow: "留了手机号的，来几次都算一个人；没留的，来一次算一个人。",
    connected: "接通率",
    wait: "等待（一半人不超过）",
    waitLong: "等待（95% 的人不超过）",
    talk: "咨询总时长",
    talkMean: "平均每次",
    rated: "评价",
    satisfied: "满意率",
    messages: "留言",
    inTime: "24 小时内回复",
    appointments: "预约",
    followUps: "回访（已办/应办）",
    units: {
        items: (n: string): string => `${n} 件`,
        times: (n: string): string => `${n} 人次`,
        people: (n: string): string => `${n} 人`,
        percent: (n: string): string => `${n}%`,
        atLeast: (n: string): string => `不低于 ${n}%`,
        minutes: (n: string): string => `${n} 分钟`,
        time: (minutes: number, seconds: number): string => (minutes ? `${minutes} 分 ${seconds} 秒` : `${seconds} 秒`),
    },
    categories: "问的是什么",
    category: "类别",
    number: "件数",
    share: "多少",
    workTitle: "工作量",
    workLead: "一次咨询一行。评价满 5 人次才显示平均分。",
    chooseLawyer: "律师",
    workDone: (n: number, minutes: number): string => `${n} 次咨询，共 ${minutes} 分钟`,
    workMean: (mean: string): string => `满意度平均 ${mean} 分（满分 5 分）`,
    workNone: "这段时间没有咨询。",
    workHeads: ["编号", "开始", "分钟", "类别", "咨询室"],
};

export type Report = typeof reportZhCN;
