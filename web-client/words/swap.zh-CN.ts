// Shifts that change hands, in Chinese.

export const swapZhCN = {
    title: "我的班",
    ask: "请人替这一班",
    whom: "请哪位律师替",
    send: "发给他",
    waits: (name: string) => `在等${name}答应`,
    declined: (name: string) => `${name}这次替不了`,
    wanted: (name: string) => `${name}请您替一班`,
    kept: (n: number) => `这一班有 ${n} 个预约，一起归您`,
    agree: "我来替",
    decline: "替不了",
    desk: (from: string, to: string) => `${from}请${to}替班`,
    answers: { agreed: "换好了", declined: "没答应" } as Record<string, string>,
    open: "等答复",
    deskTitle: "换班",
    problems: {
        "not-your-shift": "这一班已经开始，或者已经不是您的了。",
        "unknown-lawyer": "请选另一位律师。",
        "serves-elsewhere": "这位律师不管这一班的中心，那里会没有人。请另找一位。",
        "appointment-elsewhere": "这一班里有预约，在这位律师不管的中心。请另找一位。",
        "lawyer-taken": "这位律师那个时间已经约给别人了。",
        "has-shift": "这位律师那个时间已经有班。",
        "asked-before": "已经请过人了，请等他答复。",
        "no-swap": "这件事已经答复过了。",
    } as Record<string, string>,
};

export type SwapWords = typeof swapZhCN;
