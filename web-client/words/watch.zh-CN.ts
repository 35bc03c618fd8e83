// Watching what was recorded, in Chinese.
export const watchZhCN = {
    title: "录音录像",
    note: (minutes: number) => `这次咨询经各方同意录了${minutes < 1 ? "不到 1 分钟" : `约 ${minutes} 分钟`}。只有您能看；每次打开都会记入审计日志，画面上有您的姓名。`,
    open: "打开看录像",
    opening: "正在打开录像…",
    close: "关上录像",
    play: "播放",
    pause: "暂停",
    back: "退 15 秒",
    on: "进 15 秒",
    place: "播放到哪里",
    at: (now: string, whole: string) => `${now} / ${whole}`,
    notThen: "这时没有录",
    soundOnly: "只有声音",
    damaged: (count: number) => `有 ${count} 段录像损坏，放不了，请告诉管理员`,
    over: "录像关上了：太久没有看，或者在别处打开了。请重新打开。",
    failed: "录像打不开，请稍后再试；还不行请告诉管理员。",
};

export type WatchWords = typeof watchZhCN;
