// What the booth says aloud, in Chinese: what to do first, which button last. Short clauses.

const digits = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/** 1 to 99 as it is said before a measure word. */
function count(n: number): string {
    if (n === 2) return "两";
    const tens = Math.floor(n / 10);
    const ten = tens === 0 ? "" : (tens === 1 ? "" : (digits[tens] ?? "")) + "十";
    return ten + (n % 10 === 0 ? "" : (digits[n % 10] ?? ""));
}

export const spokenZhCN = {
    welcome: "想问律师，请按中间的大按钮。免费，不用登记。",
    consentChoose: "同意的话，请按绿色的大按钮。不同意也没关系，请按白色的按钮。",
    category: "您想问哪方面的事？请按一张卡片。说不清楚，请按最上面的大按钮。",
    number: "请按预约的号码，或者电话的最后四位，按完按，好了。",
    declined: "好的，没关系。请找工作人员，当面帮您。",
    sensitive: "私密的事，能写下来吗？比如病情、孩子、银行账户。可以写，请按绿色的按钮。不要写，请按白色的按钮。",
    earlier: "以前问过律师的话，记录给这次的律师看吗？可以看，请按绿色的按钮。不给看，请按白色的按钮，照样给您解答。",
    recordingAsked: "律师想把谈话录下来。可以录，请按绿色的按钮。不录，请按白色的按钮，照样谈。",
    recordingRuns: "正在录音录像。想停，请按，不录了。",
    danger: "有危险，先报警。请马上打，幺，幺，零。或者大声叫工作人员。",
    readback: "律师念给您听。对的，请按绿色的按钮。不对，请按白色的按钮。",
    takeaway: "都确认好了。想带一张纸走，请按打印的按钮。",
    askFailed: "没有排上队，请再按一次。",
    ahead: (n: number) => (n > 0 ? `前面还有${count(n)}位。` : "下一位就是您。"),
    manyAhead: "前面还有十位以上。",
    minutes: (n: number) => `大约${count(n)}分钟。`,
    manyMinutes: "大约要等一个小时以上。",
    offered: "正在请律师接听。请坐好。",
    nobody: "现在没有律师值班。您可以继续等，也可以留个电话。",
    leave: "不用干等。想让律师打给您，请按，留个电话。想约个时间，请按，约个时间。",
    leaveDay: "哪天方便？请按一个。",
    leavePhone: "请按您的电话号码，按完按，好了。",
    meeting: "律师来了，您直接说话就行。",
    reconnecting: "网断了，正在接回您的律师。请不要走开。",
    lawyerAway: "律师那边断网了，正在接回来。请不要走开。",
    soundOnly: "网络有点慢，先只听声音。画面等会儿自己回来。",
    noMicrophone: "摄像头和话筒都没有打开，请叫工作人员。",
    noCamera: "摄像头没有打开，请叫工作人员。律师仍然可以听见您。",
    partyQuestion: "律师想请一个人一起谈，可以吗？可以的话，请按绿色的大按钮。不要，请按白色的按钮。",
    parked: "请您稍等。律师正在跟另一方单独谈。现在谁也看不到您，听不到您。",
    transferring: "律师请另一位律师来帮您。请坐着等一下，您排在最前面。",
    end: "要结束这次咨询吗？",
    rating: "律师已经离开了。您觉得这次怎么样？请按一张脸。不想评，请按最下面的按钮。",
    idle: "您还在吗？还在的话，请按，我还在。没有人按，二十秒后回到首页。",
};

export type Spoken = typeof spokenZhCN;
