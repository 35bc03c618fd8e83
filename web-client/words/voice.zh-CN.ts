// The booth's voice as the desk changes it, in Chinese.

export const voiceZhCN = {
    title: "咨询室里的声音",
    lead: "咨询室里会把话念出来，平时是机器的声音。您可以照着念一遍，换成自己的声音，所有咨询室马上就用。",
    open: "看看念哪些话",
    close: "收起来",
    language: "哪种语言",
    languages: { "zh-CN": "中文", en: "英文" } as Record<string, string>,
    machine: "机器的声音",
    own: "自己录的",
    hear: "听一听",
    record: "自己录",
    speakNow: "正在录音，请照着念：",
    stop: "念完了",
    listen: "录好了。请先听一听：",
    heard: "满意就用它，不满意再录一遍：",
    hearMine: "听刚录的",
    keep: "就用这段",
    again: "重新录",
    cancel: "不录了",
    back: "换回机器的声音",
    kept: "换好了，咨询室马上就用新的声音。",
    notYours: "所有中心的咨询室都用同样的声音，由管全部中心的人来录。这里可以听。",
    cannotRecord: "这个浏览器录不了音，请换新版的浏览器。",
    noMicrophone: {
        missing: "没有找到话筒，请检查插头。",
        forbidden: "浏览器没有允许使用话筒，请点地址栏左边的图标，选“允许”。",
        busy: "话筒被别的程序占着，请先关掉那个程序。",
        insecure: "这个网址不安全，浏览器不给用话筒，请用 https 开头的网址。",
    },
    problems: {
        "too-long": "录得太长了，一段最多一分钟，请重新录。",
        "not-as-said": "这一段没有录好，请重新录。",
        "not-allowed": "您只能听，由管全部中心的人来录。",
        "not-saved": "没有存上，请再按一次。",
    } as Record<string, string>,
};

export type VoiceWords = typeof voiceZhCN;
