// The booth's voice at the desk: what the pretended gateway knows of it, and the states to look at.
const spoken = (own, more) => ({
    may_record: true,
    prompts: [
        { language: "zh-CN", name: "welcome", text: "您好。想问律师，请按屏幕下面的大按钮。", own },
        { language: "zh-CN", name: "offered", text: "正在请律师，请坐一会儿。", own: false },
        { language: "zh-CN", name: "consent-3", text: "律师会记下您的问题和他的答复，念给您听，您同意了才算数；这份记录只有承办的律师能看。", own: false },
        { language: "en", name: "welcome", text: "Hello. To ask a lawyer, press the big button at the bottom of the screen.", own: false },
    ],
    ...more,
});

export const voiceRest = {
    "GET /v1/prompts": (w) => [200, w.spoken ?? spoken(false)],
    "PUT /v1/prompts/zh-CN/offered": (w) => (w.mute ? [415, { type: "/problems/not-as-said", title: "", status: 415 }] : [204]),
};

const see = (page) => page.locator("booth-voice").evaluate((one) => one.scrollIntoView());
const open = async (page) => {
    await page.click("[data-test=voice-open]");
    await see(page);
};
/** Somebody speaks a sentence: these buttons, one after the other. */
const speak = (...names) => async (page) => {
    await open(page);
    for (const name of names) {
        await page.click(`[data-test=${name}]`);
        await page.waitForTimeout(700);
    }
};

/** `desk` makes a state of the desk page. */
export const voiceShots = (desk, { laptop, tablet, phone }, english) => {
    const all = [laptop, phone];
    const staff = { id: "u", name: "小周", role: "staff" };
    return [
        desk("voice", { sizes: all, run: see }),
        desk("voice-open", { sizes: [laptop, tablet, phone], world: { user: staff, spoken: spoken(true) }, run: open }),
        desk("voice-en", { sizes: [laptop], kept: english, world: { user: staff, spoken: spoken(true) }, run: open }),
        desk("voice-recording", { sizes: all, run: speak("speak-offered") }),
        desk("voice-recorded", { sizes: all, run: speak("speak-offered", "speak-stop") }),
        desk("voice-heard", { sizes: all, run: speak("speak-offered", "speak-stop", "speak-hear") }),
        desk("voice-kept", { sizes: [laptop], run: speak("speak-offered", "speak-stop", "speak-hear", "speak-keep") }),
        desk("voice-refused", { sizes: [laptop], world: { user: staff, mute: true }, run: speak("speak-offered", "speak-stop", "speak-hear", "speak-keep") }),
        desk("voice-not-yours", { sizes: [laptop], world: { user: staff, spoken: spoken(true, { may_record: false }) }, run: open }),
    ];
};
