// Papers and the lawyer's screen, in Chinese.
export const papersZhCN = {
    title: "材料",
    still: (n: number) => `居民拍的材料 ${n}`,
    send: "发文件给居民看",
    sending: "正在发送…",
    kinds: "PDF、JPG、PNG，也可以拖到这里",
    show: "给居民看",
    shownNow: "正在看",
    remove: "拿走",
    keep: "留存",
    kept: "已留存",
    keptBefore: "留存的材料",
    open: "打开",
    pages: (n: number) => `共 ${n} 页`,
    page: (page: number, pages: number) => (page === 0 ? `共 ${pages} 页` : `第 ${page} 页，共 ${pages} 页`),
    pageBack: "上一页",
    pageOn: "下一页",
    troubles: {
        type: "只能发 PDF、JPG、PNG 文件",
        large: "文件太大了，最多 4 MB",
        unreadable: "这个文件打不开，可能坏了或者有密码",
        failed: "没有发出去，请再试一次；材料太多的话，先拿走几份",
    },
    share: "共享屏幕",
    keepFailed: "没有留存成功，请再按一次",
    shareStop: "停止共享",
    sharing: "居民正在看您的屏幕",
    /** At the booth. */
    keptNote: "律师留存了这份材料",
    opening: "律师正在打开…",
    screenShown: "律师的屏幕",
};

export type PapersWords = typeof papersZhCN;
