// What those who set a clinic up read, in Chinese: the first evening, centres and booths, one's own
// account, and a page that locked itself.

export const start = {
    title: "这台机器刚装好，还没有账号",
    lead: "请在装网关的那台机器上打开命令行，按顺序做：",
    steps: [
        "建安全管理员，他来管账号：",
        "建系统管理员，他来管中心和咨询室：",
        "命令会显示一次性密码，只显示这一次，请记下来。",
        "回到这一页刷新，用安全管理员的账号登录。",
    ],
    commands: ["banyanctl account --name anquan --role secadmin", "banyanctl account --name xitong --role sysadmin"],
    refresh: "建好了，刷新",
    todo: "开张还差几步",
    allDone: "都办好了，可以接待居民。",
    done: "办好了",
    open: "还没办",
    facts: {
        centre: "建一个中心：系统管理员在这里填名字和电话",
        booth: "建一间咨询室，把开通码输到咨询室的屏幕上",
        lawyer: "建一个律师账号：安全管理员新建账号，把一次性密码当面给律师",
        consultation: "第一次咨询：律师点“开始值班”，居民在咨询室点“我要问律师”",
    } as Record<string, string>,
};

export const place = {
    centres: "中心和咨询室",
    noCentres: "还没有中心。先建一个，再给它建咨询室。",
    addCentre: "新建中心",
    editCentre: "改中心",
    addBooth: "加一间咨询室",
    boothName: "咨询室叫什么",
    rename: "改名",
    close: "永久关闭",
    closeTitle: (name: string): string => `永久关闭${name}？`,
    closeText: "关了就不能再开，那里的机器马上退出。以前的咨询记录都还在。",
    elsewhere: "没有写区县",
    noBooths: "这个中心还没有咨询室。",
    whole: "不限（全部中心）",
    belongs: "管哪里、在哪里",
    fields: { district: "区县", street: "街道", name: "中心名称", phone: "电话", address: "地址" } as Record<string, string>,
    hints: { district: "比如：江北区", street: "比如：槐园街道", phone: "居民和老人打的电话，会写在屏幕上" } as Record<string, string>,
    problems: {
        "bad-field": "这一项填得不对，请改一下。",
        "name-taken": "这个名字已经有了，请换一个。",
        "booth-busy": "这间咨询室里有人正在咨询，请等他谈完。",
        "district-needed": "写了街道，就要写它在哪个区县。",
        "outside-your-place": "这里不归您管，请找上一级的管理员。",
        "unknown-centre": "没有这个中心，请刷新再看。",
        "no-centre": "没有这个中心，请刷新再看。",
        "no-booth": "没有这间咨询室，请刷新再看。",
        "too-many-centres": "中心太多了，这台机器装不下。",
        "too-many-booths": "咨询室太多了，这台机器装不下。",
    } as Record<string, string>,
};

export const mine = {
    title: "我的账号",
    link: "我的账号",
    back: "回去工作",
    signInTitle: "登录后看自己的账号",
    signInText: "在这里换密码、绑定手机、看看登录在哪里。",
    who: (account: string): string => `登录名：${account}`,
    password: "换密码",
    now: "现在的密码",
    code: "手机上的六位数字",
    save: "换成新密码",
    saved: "换好了。别处的登录都已经退出。",
    phone: "用手机保护账号",
    phoneOn: "已经绑定了手机。手机丢了，请找安全管理员重新绑定。",
    phoneOff: "还没有绑定手机。绑定以后，光知道密码的人进不来。",
    begin: "开始绑定",
    bind: "绑定",
    bound: "绑定好了。以后登录要用手机上的数字。",
};

export const lock = {
    title: "页面锁上了",
    text: "15 分钟没有人动，为了不让别人看到，先锁上了。",
    password: "密码",
    open: "解锁",
    wrong: "密码不对，请再输一次。",
    needed: "有人找您，请马上解锁。",
};
