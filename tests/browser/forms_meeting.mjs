// The forms of a resident at the booth and of his lawyer, as they meet. See forms.mjs.
import { at, inState } from "./browsers.mjs";

const upload = (name, mimeType, text) => ({ name, mimeType, buffer: Buffer.from(text) });

// In the queue, where nobody takes him for now.
async function waits({ booth, lawyer }) {
  for (const press of ["ask", "agree", "category-family"]) await booth.click(at(press));
  await lawyer.click(at("decline"));
  await lawyer.click(at("reason-other"));
  await booth.click(at("sensitive-no"));
}

async function meets({ booth, lawyer }) {
  await lawyer.click(at("off-duty"));
  await lawyer.click(at("on-duty"));
  await lawyer.click(at("accept"));
  for (const page of [booth, lawyer]) await inState(page, "call");
}

export const meetingForms = {
  "a number to be called at": {
    in: "pages/booth/identity.ts",
    at: "booth",
    open: async (clinic) => {
      await waits(clinic);
      await clinic.booth.click(at("identify"));
    },
    pad: true,
    send: "phone-done",
    wrong: { phone: ["1387654321", "138765432101"] },
  },
  "a name": {
    in: "pages/booth/identity.ts",
    at: "booth",
    within: ".name-field",
    send: "name-done",
    wrong: { name: ["", "  "] },
    close: ({ booth }) => booth.click(at("leave-nothing")),
  },
  "a number instead of waiting": {
    in: "pages/booth/leave.ts",
    at: "booth",
    open: async ({ booth }) => {
      await booth.click(at("leave-instead"));
      await booth.click(at("leave-message"));
    },
    pad: true,
    send: "phone-done",
    wrong: { phone: ["1387654321"] },
    close: ({ booth }) => booth.click(at("leave-not")),
  },
  "letters for the resident's screen": { in: "pages/lawyer/say.ts", at: "lawyer", open: meets, within: ".say", send: "say", wrong: { "say-text": ["", "  "] } },
  "a file for the resident": {
    in: "pages/lawyer/papers.ts",
    at: "lawyer",
    within: ".papers",
    file: true,
    wrong: { "send-file": [upload("game.exe", "application/x-msdownload", "MZ"), upload("a.pdf", "application/pdf", "no PDF at all")] },
  },
  "somebody to join": {
    in: "pages/lawyer/others.ts",
    at: "lawyer",
    open: ({ lawyer }) => lawyer.click(at("invite")),
    within: ".invite",
    send: "invite-send",
    wrong: { "invite-name": ["", "  "] },
  },
  "a field of the record": {
    in: "pages/lawyer/record-field.ts",
    at: "lawyer",
    within: ".record",
    right: { "field-facts": "王老板欠了三个月工资。" },
    saves: true,
    wrong: { "field-limitation_from": ["0900-01-01"] },
  },
};
