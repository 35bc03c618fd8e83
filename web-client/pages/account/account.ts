// One's own account: another password, a phone as second factor, and where one is signed in.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { ApiError, api, problemOf, slugOf } from "../../core/api";
import { serverNow } from "../../core/clock";
import type { Problem, SignedIn, User } from "../../core/types";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { givePhoto, photoChoice } from "../../elements/photo-choice";
import { explain } from "../../elements/problem";
import { sentence } from "../../elements/sentence";
import { code as qrCode } from "../../elements/code";
import { wrongField } from "../../elements/sign-in";
import { WorkPage } from "../../elements/work-page";
import { wrongAt, wrongForm, type Refusal } from "../../elements/wrong";
import { words } from "../../words/words";

interface Factor {
    key: string;
    uri: string;
    enrolment: string;
}

type Form = "password" | "phone" | "sessions" | "photo";

/** Where each role works. */
const homes: Record<string, string> = { lawyer: "/lawyer", hall: "/hall", staff: "/desk" };

@customElement("account-page")
export class AccountPage extends WorkPage {
    protected readonly roles = ["lawyer", "hall", "staff", "sysadmin", "secadmin", "auditor"];
    @state() private me: User | null = null;
    @state() private sessions: SignedIn[] = [];
    @state() private factor: Factor | null = null;
    @state() private done = "";
    @state() private busy = false;
    /** Which of the forms was refused, and why. */
    @state() private refused: { form: Form; problem: Problem } | null = null;
    /** For the second step of enrolling; forgotten with it. */
    private password = "";

    protected override headline(): { title: string; signInTitle: string; signInText: string } {
        return words().mine;
    }

    protected override async load(): Promise<void> {
        this.me = await api<User>("/v1/me");
        this.sessions = (await api<{ sessions: SignedIn[] }>("/v1/me/sessions")).sessions;
    }

    private async run(form: Form, what: () => Promise<string>): Promise<void> {
        this.busy = true;
        this.refused = null;
        this.done = "";
        try {
            this.done = await what();
        } catch (error) {
            this.refused = { form, problem: problemOf(error) };
        }
        this.busy = false;
        await this.turn();
    }

    /** Signs in anew with what changes: the gateway asks for everything that proves who it is. */
    private again(body: Record<string, string>): Promise<unknown> {
        const name = this.me && this.me.account ? this.me.account : "";
        return api("/v1/sessions", { method: "POST", body: { name, ...body } });
    }

    private texts(event: SubmitEvent): Record<string, string> {
        event.preventDefault();
        const texts: Record<string, string> = {};
        new FormData(event.target as HTMLFormElement).forEach((value, name) => {
            if (typeof value === "string") texts[name] = name === "code" ? value.replace(/\s/g, "") : value;
        });
        return texts;
    }

    private change(event: SubmitEvent): void {
        const form = event.target as HTMLFormElement;
        const { again, ...body } = this.texts(event);
        void this.run("password", async () => {
            if (again !== body["new_password"]) throw new ApiError({ type: "/problems/differs", title: "", status: 422 });
            await this.again(body);
            form.reset();
            return words().mine.saved;
        });
    }

    private begin(event: SubmitEvent): void {
        const { password } = this.texts(event);
        const name = this.me && this.me.account ? this.me.account : "";
        void this.run("phone", async () => {
            this.factor = await api<Factor>("/v1/sessions/second-factor", { method: "POST", body: { name, password } });
            this.password = password ?? "";
            return "";
        });
    }

    private bind(event: SubmitEvent): void {
        const { code } = this.texts(event);
        const { factor, password } = this;
        if (!factor) return;
        void this.run("phone", async () => {
            await this.again({ password, code: code ?? "", enrolment: factor.enrolment });
            this.factor = null;
            this.password = "";
            return words().mine.bound;
        });
    }

    private explain({ problem }: { problem: Problem }): string {
        const w = words().signIn;
        const slug = slugOf(problem);
        if (slug === "differs") return w.newDiffers;
        if (slug === "no-picture") return words().mine.noPicture;
        if (problem.status === 0 || problem.status >= 500) return w.unreachable;
        if (slug === "wrong-code" || slug === "code-needed") return w.codeWrong;
        if (slug === "weak-password") return w.newWeak;
        if (problem.status === 401) return words().lock.wrong;
        if (problem.status === 429) return w.throttled(problem.retryAfter);
        return explain(problem);
    }

    private refusal(form: Form): Refusal | null {
        const { refused } = this;
        if (!refused || refused.form !== form) return null;
        const asked = { password: ["password", "new_password", "again", "code"], phone: [this.factor ? "code" : "password"], sessions: [], photo: [] };
        const field = form === "photo" ? form : asked[form].find((one) => one === wrongField(refused.problem));
        return { field, text: this.explain(refused) };
    }

    private secret(form: Form, name: string, label: string, complete: string): TemplateResult {
        return html`<label>${label}<input name=${name} data-test=${name} type="password" autocomplete=${complete} required />
            ${wrongAt(this.refusal(form), name)}</label>`;
    }

    private code(form: Form): TemplateResult {
        return html`<label>${words().mine.code}
            <input class="digits" name="code" data-test="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,7}"
                data-wrong=${words().signIn.codeShape} required />
            ${wrongAt(this.refusal(form), "code")}
        </label>`;
    }

    private submit(label: string, test: string): TemplateResult {
        return html`<button class="button plain" data-test=${test} ?disabled=${this.busy}><span class="label">${label}</span></button>`;
    }

    private passwordCard(me: User): TemplateResult {
        const w = words();
        return html`<form class="card sign-in" @submit=${(event: SubmitEvent) => this.change(event)}>
            <h2>${w.mine.password}</h2>
            <input name="username" type="text" autocomplete="username" .value=${me.account ?? ""} hidden />
            ${this.secret("password", "password", w.mine.now, "current-password")} ${this.secret("password", "new_password", w.signIn.newPassword, "new-password")}
            ${this.secret("password", "again", w.signIn.newAgain, "new-password")} ${me.second_factor ? this.code("password") : nothing}
            ${wrongForm(this.refusal("password"))} ${this.submit(w.mine.save, "save-password")}
        </form>`;
    }

    private phoneCard(me: User): TemplateResult {
        const w = words();
        if (me.second_factor)
            return html`<section class="card" data-test="phone"><h2>${w.mine.phone}</h2>${sentence("good", w.mine.phoneOn)}</section>`;
        if (!this.factor)
            return html`<form class="card sign-in" data-test="phone" @submit=${(event: SubmitEvent) => this.begin(event)}>
                <h2>${w.mine.phone}</h2>
                ${sentence("calm", w.mine.phoneOff)} ${this.secret("phone", "password", w.mine.now, "current-password")}
                ${wrongForm(this.refusal("phone"))} ${this.submit(w.mine.begin, "begin-phone")}
            </form>`;
        return html`<form class="card sign-in" data-test="phone" @submit=${(event: SubmitEvent) => this.bind(event)}>
            <h2>${w.mine.phone}</h2>
            <ol>${w.signIn.enrolSteps.map((line) => html`<li>${line}</li>`)}</ol>
            ${qrCode(this.factor.uri, words().signIn.enrolPicture)}
            <p class="key"><i>${w.signIn.enrolKey}</i><b data-test="key">${this.factor.key.replace(/(.{4})(?=.)/g, "$1 ")}</b></p>
            ${this.code("phone")} ${wrongForm(this.refusal("phone"))} ${this.submit(w.mine.bind, "bind-phone")}
        </form>`;
    }

    private photoCard(me: User): TemplateResult | typeof nothing {
        if (me.role !== "lawyer") return nothing;
        const w = words().mine;
        return html`<section class="card photo-card" data-test="photo-card">
            <h2>${w.photo}</h2>
            <p>${w.photoText}</p>
            ${photoChoice({
                person: me,
                busy: this.busy,
                refusal: this.refusal("photo"),
                give: (file) => void this.run("photo", async () => (await givePhoto(file, "/v1/me/photo"), w.photoSaved)),
                remove: () => void this.run("photo", async () => (await api("/v1/me/photo", { method: "DELETE" }), w.photoRemoved)),
            })}
        </section>`;
    }

    private signedInAt(one: SignedIn): TemplateResult {
        const w = words().admin;
        const end = (): void =>
            void this.run("sessions", async () => (await api(`/v1/me/sessions/${one.id}`, { method: "DELETE" }), ""));
        return html`<li>
            <span class="who"><b>${w.from(one.address)}</b><i>${w.lastUsed(words().when(one.used_at, serverNow()))}</i></span>
            ${one.current
                ? html`<span class="chip">${w.here}</span>`
                : button({ label: w.signOutThere, test: "end-session", disabled: this.busy, press: end })}
        </li>`;
    }

    protected override board(): TemplateResult {
        const w = words();
        const { me } = this;
        if (!me) return html``;
        return html`${this.done ? sentence("good", this.done) : nothing}
            <section class="card wide">
                <header class="row"><h1>${me.name}</h1>
                    <a class="button plain" href=${homes[me.role] ?? "/admin"} data-test="to-work">${icon("back")}<span class="label">${w.mine.back}</span></a>
                </header>
                <p class="quiet">${w.admin.roles[me.role]} · ${w.mine.who(me.account ?? "")}</p>
            </section>
            ${this.photoCard(me)} ${this.passwordCard(me)} ${this.phoneCard(me)}
            <section class="card">
                <h2>${w.admin.sessions}</h2>
                ${wrongForm(this.refusal("sessions"))}
                <ul class="duty plain-list" data-test="sessions">${this.sessions.map((one) => this.signedInAt(one))}</ul>
            </section>`;
    }
}
