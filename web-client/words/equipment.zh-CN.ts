// Trying camera, microphone, speaker and the ways to the gateway, in Chinese.
import type { Quality, WayState } from "../core/preflight";
import type { Way } from "../core/ways";

const ways: Record<Way, string> = { udp: "直接连（UDP）", tcp: "直接连（TCP）", turn: "经中转（TURN）", turns: "经加密中转（TURNS）" };

export const equipmentZhCN = {
    open: "试试我的设备",
    title: "试试您的设备",
    lead: "一样一样试。画面和声音只有您自己看得到、听得到，也不会留下来。",
    camera: "摄像头",
    cameraGood: "能看到自己吗？画面清楚就好。",
    microphone: "话筒",
    microphoneText: "请说几句话，看看条子动不动。",
    speaker: "喇叭",
    speakerText: "按一下，会响两声。",
    play: "放两声听听",
    heard: "听到了",
    notHeard: "没听到",
    speakerGood: "喇叭没问题。",
    speakerBad: "请检查：电脑没有静音，音量调大，耳机插好。再按一次试试。",
    network: "网络",
    echo: "转了一圈回来的您，居民看到的就是这样",
    echoWaits: "还没有转回来",
    ways,
    states: { waits: "还没试", tries: "正在试", open: "通", closed: "不通", absent: "这里没有设" } as Record<WayState, string>,
    measured: (ms: number, percent: number, quality: string) => `来回 ${ms} 毫秒，丢了 ${percent}%：${quality}`,
    quality: { good: "很顺", fair: "够用，画面可能慢一点", poor: "太慢或者丢得太多，请靠近路由器，或者换插网线" } as Record<Quality, string>,
    closedHint: {
        udp: (to: string) => `最快的路被挡住了，走别的路画面会慢一点。请把这句话转给网管：放行 UDP 到 ${to}。`,
        tcp: (to: string) => `这条备用的路被挡住了。别的路通，就不用管它；都不通，请网管放行 TCP 到 ${to}。`,
        turn: (to: string) => `中转走不通。别的路通，就不用管它；都不通，请网管放行到 ${to}。`,
        turns: (to: string) => `加密的中转走不通。别的路通，就不用管它；都不通，请网管放行 TCP 到 ${to}。`,
    } as Record<Way, (to: string) => string>,
    server: "本服务器",
    trying: "正在试，大约要半分钟。",
    allGood: "都好了，可以值班。",
    works: (way: string) => `能用：${way}。可以值班。`,
    slow: "能连上，可是网络不稳。请靠近路由器，或者插网线，再试一次。",
    noWay: "视频连不上。请换一个网络，比如手机热点，再试一次。还不行，请打站点的电话。",
    noDevice: "网络是通的，可是摄像头或话筒没有打开：请看上面的提示。",
    again: "再试一次",
    shortTrying: "正在悄悄试一下您的设备",
    shortGood: "设备和网络都好了。",
    shortBad: "设备或者网络有问题，请看看哪里不对。",
};

export type EquipmentWords = typeof equipmentZhCN;
