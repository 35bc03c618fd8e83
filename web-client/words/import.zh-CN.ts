// Lawyers from a table, in Chinese.

export const importZhCN = {
    title: "一次加很多律师",
    hint: "第一行写：登录名、姓名、律师事务所、执业证号、专长、语言、中心。专长写婚姻家庭、劳动这样，中心写它的名字，几样之间用顿号；中心空着，就和您管的地方一样。WPS 或 Excel 存成 CSV 就行，一次最多 50 位。",
    made: (n: number) => `加好了 ${n} 位律师。`,
    madeText: "下面的一次性密码只显示这一次。请打印出来，裁开，当面交给本人。第一次登录后就要换掉。",
    heads: ["姓名", "登录名", "一次性密码"],
    print: "打印这张单子",
    fields: {
        name: "登录名不对，或者已经有人用了。要用 2 到 40 位小写字母、数字、点和横线",
        display_name: "姓名没有写，或者太长",
        law_firm: "律师事务所没有写，或者太长",
        licence_no: "执业证号没有写，或者太长",
        skills: "专长里有不认识的词",
        languages: "语言里有不认识的词",
        centres: "中心里有不认识的名字，或者几个中心同名。同名的，前面写上街道",
        line: "这一行读不出来，或者没有内容，或者超过了 50 位",
        body: "文件的编码读不出来，请存成 UTF-8 或 GB18030",
    } as Record<string, string>,
};

export type ImportWords = typeof importZhCN;
