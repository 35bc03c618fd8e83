// What somebody agrees to beside the five lines, in Chinese: private matters, and a recording.

export const consentZhCN = {
    sensitiveTitle: "私密的事，能写下来吗？",
    sensitive: ["比如身体和病情、十四岁以下的孩子、银行账户。", "律师想写进咨询记录，加密保管，只有他能看。", "不写，也照样给您解答。"],
    sensitiveYes: "可以写",
    sensitiveNo: "不要写",
    recordTitle: (name: string) => `${name}想把谈话录下来`,
    record: (days: number) => ["画面和声音都录。", `录像加密保管${days}天，只有律师能看。`, "不录，也照样谈。录的时候，您随时能停。"],
    recordYes: "可以录",
    recordNo: "不录",
    running: "正在录音录像",
    paused: "录像停着，等新来的人同意",
    stop: "不录了",
    notSaved: "没有记上，请再按一次。",
    lawyer: {
        ask: "请求录像",
        asked: "已经请居民回答，请念给他听",
        cancel: "不录了",
        running: "正在录音录像，所有人都同意了",
        paused: "录像停着：等新来的人同意",
        stop: "停止录像",
        refused: "居民不同意录像。照常咨询，不要再劝。",
        stopped: "录像停了。",
        sensitive: "私密的事（病情、孩子、账户）",
        sensitiveIs: { none: "还没问", asked: "请居民回答中", yes: "可以写进记录", no: "不要写进记录" } as Record<string, string>,
        askSensitive: "请居民回答",
    },
};

export type ConsentWords = typeof consentZhCN;
