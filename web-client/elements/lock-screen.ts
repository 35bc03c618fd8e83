// What a page shows instead of itself while it is locked. Sends "unlocked".
import { html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { api, slugOf } from "../core/api";
import { words } from "../words/words";
import { button } from "./button";
import { Part } from "./part";
import { sentence } from "./sentence";
import { signOut } from "./sign-in";
import { tree } from "./topbar";
import { wrongAt, wrongForm, type Refusal } from "./wrong";

@customElement("lock-screen")
export class LockScreen extends Part {
    /** Somebody is waiting behind the lock. */
    @property({ type: Boolean }) needed = false;
    @state() private busy = false;

    override firstUpdated(): void {
        this.querySelector("input")?.focus();
    }

    private async submit(event: SubmitEvent): Promise<void> {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const password = new FormData(form).get("password");
        this.busy = true;
        const opened = await this.attempt(() => api("/v1/me/unlock", { method: "POST", body: { password } }));
        // The session is over, too: the door is the way in.
        const over = this.problem !== null && slugOf(this.problem) === "sign-in-needed";
        if (opened || over) this.dispatchEvent(new CustomEvent("unlocked", over ? { detail: "over" } : {}));
        if (!opened) form.reset();
        this.busy = false;
    }

    private refusal(): Refusal | null {
        const { problem } = this;
        const w = words();
        if (!problem) return null;
        if (problem.status === 401) return { field: "password", text: w.lock.wrong };
        return { text: problem.status === 429 ? w.signIn.throttled(problem.retryAfter) : w.signIn.unreachable };
    }

    override render(): TemplateResult {
        const w = words().lock;
        return html`<form class="card sign-in" data-test="locked" @submit=${(event: SubmitEvent) => void this.submit(event)}>
            ${tree()}
            <h1>${w.title}</h1>
            ${this.needed ? sentence("warn", w.needed) : html`<p>${w.text}</p>`}
            <label>${w.password}
                <input name="password" data-test="unlock-password" type="password" autocomplete="current-password" required />
                ${wrongAt(this.refusal(), "password")}
            </label>
            ${wrongForm(this.refusal())}
            <button class="button primary" data-test="unlock" ?disabled=${this.busy}><span class="label">${w.open}</span></button>
            ${button({ label: words().common.signOut, test: "lock-sign-out", icon: "back", kind: "quiet", press: () => void signOut() })}
        </form>`;
    }
}
