// The sentences of import.zh-CN.ts in English.
import type { ImportWords } from "./import.zh-CN";

export const importEn: ImportWords = {
    title: "Many lawyers at once",
    hint: "The first line says: name, display_name, law_firm, licence_no, skills, languages, centres. Centres are written by their names, several with semicolons; without any, it is the place you keep. Save the sheet as CSV; at most 50 at once.",
    made: (n) => `${n} accounts were made.`,
    madeText: "The one-time passwords below are shown only now. Print them, cut them apart and hand them over. Each has to be changed at the first sign-in.",
    heads: ["Name", "Signs in as", "One-time password"],
    print: "Print this list",
    fields: {
        name: "the sign-in name is not right or taken: 2 to 40 of a-z 0-9 . _ -",
        display_name: "the name is missing or too long",
        law_firm: "the law firm is missing or too long",
        licence_no: "the licence number is missing or too long",
        skills: "a field of law is not known",
        languages: "a language is not known",
        centres: "a centre is not known, or several have this name: write the street before it",
        line: "this line cannot be read, is empty, or is one too many",
        body: "the file can be read neither as UTF-8 nor as GB18030",
    },
};
