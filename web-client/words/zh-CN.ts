// Every sentence of the pages in Chinese, as somebody at the counter would say it.
// The other languages have exactly this shape.
import { daysApart, inChina } from "../core/china";
import type { Category, DeclineReason, EndReason } from "../core/types";
import type { DeviceTrouble } from "../core/devices";
import type { LevelWord } from "../core/level";
import { recordZhCN } from "./record.zh-CN";
import { partyZhCN } from "./party.zh-CN";
import { reportZhCN } from "./report.zh-CN";
import { spokenZhCN } from "./spoken.zh-CN";
import { consentZhCN } from "./consent.zh-CN";
import { papersZhCN } from "./papers.zh-CN";
import { watchZhCN } from "./watch.zh-CN";
import { importZhCN } from "./import.zh-CN";
import { equipmentZhCN } from "./equipment.zh-CN";
import { voiceZhCN } from "./voice.zh-CN";
import { swapZhCN } from "./swap.zh-CN";
import { appointmentZhCN } from "./appointment.zh-CN";
import { visitZhCN } from "./visit.zh-CN";
import { lock, mine, place, start } from "./places.zh-CN";
import { admin, desk, signIn } from "./staff.zh-CN";

const categories: Record<Category, string> = {
    family: "家里的事",
    labour: "打工、工资",
    debt: "借钱、欠钱",
    housing: "房子、拆迁",
    property_neighbour: "物业、邻居",
    inheritance: "遗产、遗嘱",
    fraud: "被骗了",
    injury: "被打、受伤",
    traffic: "交通事故",
    consumer: "买东西上当",
    contract: "合同、买卖",
    land: "土地、承包",
    administrative: "和政府打交道",
    criminal: "亲人被抓",
    other: "说不清楚",
};

const categoryHints: Record<Category, string> = {
    family: "离婚 赡养 抚养",
    labour: "欠薪 工伤",
    debt: "借条 还不上",
    housing: "买房 租房 拆迁",
    property_neighbour: "漏水 吵闹 停车",
    inheritance: "分家产 立遗嘱",
    fraud: "保健品 电话诈骗",
    injury: "赔偿 医药费",
    traffic: "撞了 赔多少",
    consumer: "退货 假货",
    contract: "签字 违约",
    land: "地界 承包款",
    administrative: "处罚 办证",
    criminal: "拘留 打官司",
    other: "",
};

const reasons: Record<DeclineReason, string> = {
    conflict_of_interest: "有利益冲突",
    not_my_field: "不是我的专长",
    language: "语言不通",
    unwell: "身体不适",
    other: "其他原因",
};

const troubles: Record<DeviceTrouble, string> = {
    missing: "没有找到摄像头或话筒，请检查插头",
    forbidden: "浏览器没有允许使用摄像头和话筒，请点地址栏左边的图标，选“允许”",
    busy: "摄像头或话筒被别的程序占着，请先关掉那个程序",
    insecure: "这个网址不安全，浏览器不给用摄像头，请用 https 开头的网址",
};

const ended: Record<EndReason, string> = {
    resident_left: "谢谢您来问。",
    lawyer_ended: "谢谢您来问。",
    cancelled: "已经取消了。",
    no_lawyer: "今天没有等到律师，实在抱歉。请找工作人员帮您约时间。",
    lost: "网断得太久，这次只好先停下。您可以再按一次“我要问律师”，或者找工作人员。",
    message: "电话记下了，24 小时内律师打给您。",
    appointment: "时间记下了，工作人员会打电话跟您确认。",
};

const levels: Record<LevelWord, string> = {
    silent: "没有声音，请检查话筒开关",
    quiet: "声音太小，请靠近话筒",
    good: "声音正好",
    loud: "声音太大，请离话筒远一点",
};

/** 刘敏 and 刘敏律师 are both said 刘敏律师. */
function lawyerName(name: string): string {
    return name.endsWith("律师") ? name : `${name}律师`;
}

const twoDigits = (n: number): string => String(n).padStart(2, "0");

function clockTime(ms: number): string {
    const at = inChina(ms);
    const hour = at.getUTCHours();
    const part = hour < 6 ? "凌晨" : hour < 12 ? "上午" : hour < 13 ? "中午" : hour < 18 ? "下午" : "晚上";
    return `${part} ${hour > 12 ? hour - 12 : hour}:${twoDigits(at.getUTCMinutes())}`;
}

/** Today and tomorrow by name, other days by date. */
function when(ms: number, now: number): string {
    const days = daysApart(ms, now);
    const at = inChina(ms);
    const date = `${at.getUTCMonth() + 1}月${at.getUTCDate()}日 `;
    return (days === 0 ? "今天" : days === 1 ? "明天" : date) + clockTime(ms);
}

export const zhCN = {
    htmlLang: "zh-CN",
    otherLanguage: "English",
    categories,
    categoryHints,
    troubles,
    lawyerName,
    when,
    spoken: spokenZhCN,
    visit: visitZhCN,
    party: partyZhCN,
    consent: consentZhCN,
    report: reportZhCN,
    papers: papersZhCN,
    watch: watchZhCN,
    appointment: appointmentZhCN,
    voice: voiceZhCN,
    swap: swapZhCN,
    equipment: equipmentZhCN,
    lawyerImport: importZhCN,
    record: recordZhCN,
    common: {
        back: "返回",
        open: "打开",
        signOut: "退出登录",
        phone: "电话",
        louder: "大声点",
        quieter: "小声点",
        volume: (level: number, most: number) => `音量 ${level} / ${most}`,
        hearTap: "点这里听声音",
        soundOnly: "网络有点慢，先只听声音，画面等会儿自己回来。",
        starting: "正在打开，请稍等",
        noAnswer: "连不上服务器，正在自动重试。请检查网线或无线网。",
        refused: "没有成功，请再点一次。还不行，请找管理员。",
        problems: {
            "not-offered-to-you": "这位居民已经转给别的律师了。",
            "not-your-consultation": "这次咨询已经结束了。",
            "not-started": "这节课还没有开始，或者已经结束了。",
            "clinic-full": "现在排队的人太多，请过几分钟再试。",
            "try-later": "现在有点忙，请过一会儿再点一次。",
            "no-answer": "没有收到回答，请检查网络，再点一次。",
            "bad-field": "有一项填得不对，请看一看，改好再点。",
        } as Record<string, string>,
    },
    wrong: {
        missing: "这里还没有填，请填上。",
        choose: "这里还没有选，请选一个。",
        incomplete: "这里没有填全，请填全了再点。",
        tooShort: (least: number): string => `太短了，至少要 ${least} 位，请再加几位。`,
        other: "这里填得不对，请看一看，改好再点。",
    },
    signIn,
    booth: {
        title: "法治诊所",
        enrolTitle: "输入开通码",
        enrolText: "请工作人员输入管理员给的六位数字。只需要输一次。",
        enrolWrong: "开通码不对或者已经用过，请向管理员再要一个。",
        enrolThrottled: "试得太快，请等一分钟再输。",
        enrolUnreachable: "连不上服务器，请检查网线，再输一次。",
        erase: "删一位",
        startOver: "重输",
        slogan: "免费 · 有真律师 · 不用注册",
        ask: "我要问律师",
        onDuty: "今天值班的律师",
        free: "现在有空",
        busy: "正在接待",
        nextDuty: (at: string): string => `下一位律师${at} 值班`,
        nextDutySoon: "下一位律师马上就到",
        promised: (at: string): string => `${at} 有预约`,
        nobodyOnDuty: "现在没有律师值班。按大按钮可以留个电话，或者约个时间。",
        queueLength: (n: number) => `现在有 ${n} 位在等`,
        staffHelp: "要帮忙，请找工作人员",
        hearAgain: "再听一遍",
        closedTitle: "暂时连不上律师",
        closedText: "机器正在自动重连。着急的话，请找工作人员。",
        consentTitle: "开始之前，请您看一眼",
        consent: (centre: string) => [
            `和您说话的是${centre}请来的执业律师，全程免费。`,
            "画面和声音只传给律师，不录音不录像。要录，一定先问您。",
            "记下时间、哪类事、哪位律师、您的评价；律师写一份咨询记录，念给您听。",
            `记录由${centre}加密保管三年，想查看或删除，找工作人员。`,
            "您随时可以停。不同意也没关系，工作人员当面帮您。",
        ],
        thisCentre: "本中心",
        agree: "同意，继续",
        disagree: "不同意",
        declinedTitle: "好的，没关系",
        declinedText: "请找工作人员，当面帮您。",
        home: "回到首页",
        categoryTitle: "您想问哪方面的事？",
        categoryOther: "说不清楚，直接找律师",
        danger: "我有危险",
        dangerHint: "有人打我 要报警",
        dangerTitle: "有危险，先报警",
        dangerCall: "请马上打",
        dangerText: "或者大声叫工作人员。人安全了，再来问律师。",
        dangerAsk: "我现在安全，找律师",
        asking: "正在排队",
        askFailed: "没有排上队，请再按一次。还不行，请找工作人员。",
        ticket: (n: number) => `您是 ${n} 号`,
        ahead: (n: number) => (n > 0 ? `前面还有 ${n} 位` : "下一位就是您"),
        minutes: (n: number) => (n === Infinity ? "要等一个小时以上" : `大约 ${n} 分钟`),
        offered: "正在请律师接听",
        stayHere: "律师一接，画面会自动出来。请坐着等。",
        noLawyerNow: "现在没有律师值班。您可以继续等，也可以留个电话。",
        seeYourself: "这是您自己的样子。摄像头开着，律师接了才看得到您。",
        cameraTrouble: "摄像头没有打开，请叫工作人员。律师仍然可以听见您。",
        bothTrouble: "摄像头和话筒都没有打开，请叫工作人员。您仍然在排队。",
        giveUp: "不等了",
        yourLawyer: "您的律师",
        opening: (name: string) => `${lawyerName(name)}来了，正在打开画面`,
        talk: (name: string) => `${lawyerName(name)}在听，您直接说话就行`,
        reconnecting: (name: string) => `网断了，正在接回${lawyerName(name)}。请不要走开。`,
        lawyerAway: (name: string) => `${lawyerName(name)}那边断网了，正在接回来。请不要走开。`,
        someLawyer: "律师",
        licence: (number: string) => `执业证号 ${number}`,
        end: "说完了，结束",
        endTitle: "要结束这次咨询吗？",
        endYes: "结束",
        endNo: "还要说",
        ratingTitle: "律师已经离开了",
        ratingText: "您觉得这次怎么样？律师看不到是谁评的。",
        scores: { 5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意" } as Record<number, string>,
        ratingSkip: "不评了",
        ratedThanks: "您的评价能帮我们做得更好。",
        thanksTitle: "谢谢您",
        sorryTitle: "对不起",
        ended,
        thanksHome: (seconds: number) => `${seconds} 秒后回到首页`,
        stillHere: "您还在吗？",
        stillHereYes: "我还在",
        stillHereText: (seconds: number) => `没有人的话，${seconds} 秒后回到首页`,
        forgotten: "这台机器需要重新开通，请找工作人员。",
    },
    lawyer: {
        title: "律师工作台",
        signInTitle: "律师登录",
        signInText: "登录后点“开始值班”，有居民来，这里会响铃。",
        needed: "有位值班律师没有来，能请您顶一会儿班吗？",
        offDuty: "您现在不在值班",
        offDutyText: "开始值班后，有居民来问，这一页会响铃。请开着这一页，可以去做别的事。",
        goOnDuty: "开始值班",
        goOffDuty: "结束值班",
        onDuty: "正在值班",
        notOnDuty: "不在值班",
        idle: "正在等居民",
        idleText: "有人来，这里会响铃，30 秒内点“接听”就能见面。",
        waiting: (n: number) => `排队 ${n} 位`,
        soundLocked: "铃声还没有打开，请点一下",
        soundUnlock: "打开铃声",
        offerTitle: "有居民找您",
        offerCategory: "咨询类别",
        offerLanguage: "语言",
        offerBooth: "地点",
        promised: (at: string): string => `${at} 有人约了您。为了不让他等，先不给您派别的咨询。`,
        offerWaited: "已经等了",
        cameraReady: "您的摄像头已经打开，您接了对方才看得到您。",
        ticket: "排队号",
        seconds: "秒",
        accept: "接听",
        decline: "不方便接",
        declineWhy: "为什么不方便？居民会转给下一位律师。",
        reasons,
        languages: { "zh-CN": "普通话", en: "英语" } as Record<string, string>,
        ringTitle: "● 有居民找您",
        opening: "正在打开画面",
        talking: "居民能看见您，也能听见您",
        mutedNow: "您的话筒关着，居民听不见您",
        cameraOffNow: "您的摄像头关着，居民看不见您",
        reconnecting: "网断了，正在接回居民，请不要关这一页",
        residentAway: "居民那边断网了，正在接回来，最多等 3 分钟",
        mute: "关话筒",
        unmute: "开话筒",
        cameraOff: "关摄像头",
        cameraOn: "开摄像头",
        end: "结束咨询",
        endTitle: "要结束这次咨询吗？",
        endYes: "结束",
        endNo: "继续谈",
        facts: "这次咨询",
        duration: "已经谈了",
        ended: {
            resident_left: "居民已经离开，咨询结束了。",
            lawyer_ended: "咨询结束了。",
            cancelled: "居民不等了，已经取消。",
            no_lawyer: "居民没有等到律师。",
            lost: "断线超过 3 分钟，咨询结束了。",
            message: "居民留了电话，请在留言里回他。",
            appointment: "居民改约了时间。",
        } as Record<EndReason, string>,
        timedOut: "刚才没有接到，已经转给下一位律师。准备好了，请再点“开始值班”。",
    },
    elder: {
        title: "视频党课",
        hello: (name: string) => `${name}同志，您好`,
        lecturer: (name: string) => `主讲：${name}`,
        enter: "进入课堂",
        enterEarly: "还没开始。点了按钮以后放着就行，开始后自动播放。",
        enterLive: "正在上课，点一下就能看。",
        early: "还没开始，开始后自动播放",
        minutesLeft: (n: number) => (n >= 60 ? `还有 ${Math.floor(n / 60)} 小时 ${n % 60} 分钟` : `还有 ${n} 分钟`),
        soon: "马上开始，您不用动",
        opening: "正在打开画面，请稍等",
        watching: "正在上课",
        lost: "网断了，正在自动接回来。您不用动。",
        paused: "老师那边断了，正在接回来。您不用动。",
        endedTitle: "课上完了",
        ended: (name: string) => (name ? `谢谢您，${name}同志` : "谢谢您"),
        noLecture: "现在没有课",
        noLectureText: "有课的时候，工作人员会通知您。",
        help: "看不了、听不见，请打电话",
        helpTo: (centre: string) => `${centre} 的工作人员会帮您`,
        noLinkTitle: "请用您自己的链接",
        noLinkText: "工作人员发给您的短信里有一个链接，或者扫您那张卡片上的码，点开就能看。",
        badLinkTitle: "这个链接不能用了",
        badLinkText: "可能换了新的。请打电话，工作人员马上给您一个新的。",
        textSize: "字的大小",
        sizes: ["大", "更大", "最大"],
    },
    hall: {
        title: "会场直播",
        signInTitle: "会场登录",
        signInText: "登录后选一节课，看好画面和声音，再点“开始直播”。",
        choose: "今天播哪节课？",
        none: "还没有安排课。请工作人员先在服务台把课排上。",
        states: { planned: "还没开始", open: "准备中", live: "正在直播", ended: "已结束" } as Record<string, string>,
        checkTitle: "先看画面，再听声音",
        noPicture: "没有画面",
        sound: "声音",
        levels,
        speak: "请对着话筒说一句话",
        start: "开始直播",
        starting: "正在开始",
        live: "正在直播",
        watching: (n: number) => `${n} 位在家收看`,
        reconnecting: "网断了，正在自动接回来。会场照常上课。",
        otherSource: "这节课正由别的设备直播。您点“开始直播”，家里就改看您的画面。",
        onAir: "已经播了",
        end: "结束直播",
        endTitle: "要结束这节课的直播吗？",
        endText: "在家收看的党员会看到“课上完了”。",
        endYes: "结束直播",
        endNo: "继续播",
        endedTitle: "直播结束了",
        endedText: "辛苦了。",
        another: "选另一节课",
    },
    index: {
        title: "大榕树 · 社区党群服务",
        lead: "一棵大榕树下：问律师，听党课",
        booth: "法治诊所",
        boothText: "居民在这里和律师面对面",
        elder: "视频党课",
        elderText: "在家收看，大字大声",
        forWork: "工作人员从这里进",
        lawyer: "律师工作台",
        hall: "会场直播",
        desk: "服务台",
        admin: "管理",
        call: "要帮忙，请打",
    },
    desk,
    admin,
    start,
    place,
    mine,
    lock,
};

export type Words = typeof zhCN;
