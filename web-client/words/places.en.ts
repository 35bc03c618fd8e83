// What those who set a clinic up read, in English.
import type { lock as lockWords, mine as mineWords, place as placeWords, start as startWords } from "./places.zh-CN";

export const start: typeof startWords = {
    title: "This machine is new: there is no account yet",
    lead: "Open a terminal on the machine the gateway runs on, and do this in order:",
    steps: [
        "Make the security administrator, who keeps the accounts:",
        "Make the system administrator, who keeps centres and booths:",
        "Each command shows a one-time password, once. Write it down.",
        "Come back here, reload, and sign in as the security administrator.",
    ],
    commands: ["banyanctl account --name security --role secadmin", "banyanctl account --name system --role sysadmin"],
    refresh: "Done, reload",
    todo: "Before you can open",
    allDone: "All done: residents may come.",
    done: "Done",
    open: "To do",
    facts: {
        centre: "A centre: the system administrator gives its name and telephone here",
        booth: "A booth: make it, then type its code on the booth's screen",
        lawyer: "A lawyer: the security administrator makes the account and hands over the one-time password",
        consultation: "The first consultation: the lawyer goes on duty, a resident presses “Ask a lawyer”",
    },
};

export const place: typeof placeWords = {
    centres: "Centres and booths",
    noCentres: "There is no centre yet. Make one, then its booths.",
    addCentre: "New centre",
    editCentre: "Change centre",
    addBooth: "Add a booth",
    boothName: "Name of the booth",
    rename: "Rename",
    close: "Close for good",
    closeTitle: (name) => `Close ${name} for good?`,
    closeText: "It cannot be opened again, and its machine is out at once. What was done there stays on record.",
    elsewhere: "No district given",
    noBooths: "This centre has no booth yet.",
    whole: "Everywhere",
    belongs: "Belongs to",
    fields: { district: "District", street: "Street", name: "Name of the centre", phone: "Telephone", address: "Address" },
    hints: {
        district: "For example: Jiangbei",
        street: "For example: Huaiyuan",
        phone: "What residents and elders call; it stands on the screens",
    },
    problems: {
        "bad-field": "This is not right, please change it.",
        "name-taken": "There is one of this name, please choose another.",
        "booth-busy": "Somebody is being served in this booth. Please wait until it is over.",
        "district-needed": "A street needs its district.",
        "outside-your-place": "This is not yours to change. Ask the administrator above you.",
        "unknown-centre": "There is no such centre. Reload and look again.",
        "no-centre": "There is no such centre. Reload and look again.",
        "no-booth": "There is no such booth. Reload and look again.",
        "too-many-centres": "Too many centres for this machine.",
        "too-many-booths": "Too many booths for this machine.",
    },
};

export const mine: typeof mineWords = {
    title: "My account",
    link: "My account",
    back: "Back to work",
    signInTitle: "Sign in to see your account",
    signInText: "Change your password, add your phone, see where you are signed in.",
    who: (account) => `Sign-in name: ${account}`,
    password: "Change password",
    now: "Password now",
    code: "Six digits on your phone",
    save: "Use the new password",
    saved: "Changed. You are signed out everywhere else.",
    phone: "Protect the account with your phone",
    phoneOn: "Your phone is enrolled. If you lose it, ask the security administrator.",
    phoneOff: "No phone is enrolled. With one, knowing the password is not enough to get in.",
    begin: "Begin",
    bind: "Enrol",
    bound: "Enrolled. From now on you need the digits on your phone.",
};

export const lock: typeof lockWords = {
    title: "This page is locked",
    text: "Nobody touched it for 15 minutes, so it was locked to keep it private.",
    password: "Password",
    open: "Unlock",
    wrong: "This password is not right, please type it again.",
    needed: "Somebody needs you: please unlock now.",
};
