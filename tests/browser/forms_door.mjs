// The forms before anything else: signing in at each page, the first time, behind the lock, and a booth's code. See forms.mjs.
import { call, staffOf } from "../flow/people/accounts.mjs";
import { code } from "../support/totp.mjs";
import { at, inState } from "./browsers.mjs";

const signIn = "elements/sign-in.ts";

// At each page another name: too many wrong ones of one would shut the door.
const door = (path) => ({
  in: signIn,
  open: (page, gateway) => page.goto(`${gateway.url}/${path}`),
  right: { name: `nobody.${path}`, password: "not this one" },
  send: "sign-in",
  wrong: { password: ["nor this", ""], name: [""] },
});

const chosen = "榕树下乘凉 2026";

async function fillAll(page, values) {
  for (const [name, text] of Object.entries(values)) await page.fill(at(name), text);
  await page.click(at("sign-in"));
}

// A new lawyer with a one-time password: the page asks him for a password of his own.
const asNew = (name) => async (page, gateway) => {
  const made = await call(gateway, await staffOf(gateway, "secadmin"), "POST", "/v1/users", { name, role: "lawyer", display_name: "王丽" });
  await page.goto(`${gateway.url}/lawyer`);
  await fillAll(page, { name, password: made.body.password });
  await page.waitForSelector(at("new_password"));
};

// Then for a phone.
const asEnrolling = (name) => async (page, gateway) => {
  await asNew(name)(page, gateway);
  await fillAll(page, { new_password: chosen, again: chosen });
  await page.waitForSelector(at("key"));
};

// Then he is in, and comes again.
const asComingAgain = (name) => async (page, gateway) => {
  await asEnrolling(name)(page, gateway);
  await fillAll(page, { code: code((await page.textContent(at("key"))).replace(/\s/g, "")) });
  await page.click(at("sign-out"));
  await fillAll(page, { name, password: chosen });
  await page.waitForSelector('[data-step="code"]');
};

// A clock that can be put forward, behind which the page locks itself.
async function locked(page, gateway) {
  await page.addInitScript(() => {
    const now = performance.now.bind(performance);
    window.skip = 0;
    performance.now = () => now() + window.skip;
  });
  await page.goto(`${gateway.url}/desk`);
  await inState(page, "board");
  await page.evaluate(() => (window.skip = 16 * 60000));
  await inState(page, "locked");
}

export const doorForms = {
  "the lawyer's door": door("lawyer"),
  "the hall's door": door("hall"),
  "the desk's door": door("desk"),
  "the administrators' door": door("admin"),
  "the account's door": door("account"),
  "a password of one's own": { in: signIn, open: asNew("wang.li"), right: { new_password: chosen, again: chosen }, send: "sign-in", wrong: { again: ["something else 1", ""], new_password: ["short 1", ""] } },
  "a password that is too simple": { in: signIn, open: asNew("li.wang"), right: { again: "onlyletters" }, send: "sign-in", wrong: { new_password: ["onlyletters"] } },
  "a phone for the first time": { in: signIn, open: asEnrolling("lin.liu"), send: "sign-in", wrong: { code: ["12", "000000", ""] } },
  "a phone's digits": { in: signIn, open: asComingAgain("liu.lin"), send: "sign-in", wrong: { code: ["12", "000000", ""] } },
  "a lock": { in: "elements/lock-screen.ts", of: ["desk", "/desk"], open: locked, send: "unlock", clears: true, wrong: { "unlock-password": ["not this one", ""] } },
  "a booth's code": {
    in: "pages/booth/front.ts",
    open: async (page, gateway) => {
      await page.goto(`${gateway.url}/booth`);
      await inState(page, "enrol");
    },
    pad: true,
    wrong: { code: ["000000"] },
  },
};
