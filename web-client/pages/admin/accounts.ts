// The security administrator's list of accounts: made here, helped here when a password or a phone
// is lost, and disabled here.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { api, slugOf } from "../../core/api";
import { serverNow } from "../../core/clock";
import { accountRoles, type Account, type Place, type SignedIn } from "../../core/types";
import { button } from "../../elements/button";
import { confirmation } from "../../elements/confirm";
import { icon } from "../../elements/icons";
import { Part } from "../../elements/part";
import { givePhoto, photoChoice } from "../../elements/photo-choice";
import { explain } from "../../elements/problem";
import { sentence } from "../../elements/sentence";
import { wrongForm, type Refusal } from "../../elements/wrong";
import { words } from "../../words/words";
import { accountForm, bodyOf, fieldOf } from "./account-form";

type Act = "reset" | "forget" | "disable";

interface Made {
    name: string;
    password: string;
}

@customElement("account-list")
export class AccountList extends Part {
    @state() private accounts: Account[] = [];
    @state() private centres: Place[] = [];
    @state() private chosen: string | null = null;
    @state() private sessions: SignedIn[] = [];
    @state() private adding = false;
    @state() private made: Made | null = null;
    @state() private asking: Act | null = null;
    @state() private busy = false;

    override connectedCallback(): void {
        super.connectedCallback();
        void this.run(() => this.read());
    }

    private async read(): Promise<void> {
        this.accounts = (await api<{ users: Account[] }>("/v1/users")).users;
        this.centres = (await api<{ centres: Place[] }>("/v1/centres")).centres;
        if (this.chosen) this.sessions = (await api<{ sessions: SignedIn[] }>(this.path("/sessions"))).sessions;
    }

    /** Does it, shows what went wrong, and shows what is there then. */
    private async run(what: () => Promise<unknown>): Promise<void> {
        this.busy = true;
        await this.attempt(async () => {
            await what();
            await this.read();
        });
        this.busy = false;
    }

    private path(rest = ""): string {
        return `/v1/users/${this.chosen ?? ""}${rest}`;
    }

    private one(): Account | undefined {
        return this.accounts.find(({ id }) => id === this.chosen);
    }

    private open(id: string | null): void {
        this.chosen = id;
        this.sessions = [];
        this.asking = null;
        void this.run(() => Promise.resolve());
    }

    /** Centres may have come meanwhile. */
    private begin(): void {
        this.adding = true;
        void this.run(() => Promise.resolve());
    }

    private add(event: SubmitEvent): void {
        event.preventDefault();
        const body = bodyOf(event.target as HTMLFormElement);
        void this.run(async () => {
            const { password } = await api<{ password: string }>("/v1/users", { method: "POST", body });
            this.made = { name: String(body["name"]), password };
            this.adding = false;
        });
    }

    private edit(event: SubmitEvent): void {
        event.preventDefault();
        const body = bodyOf(event.target as HTMLFormElement);
        void this.run(() => api(this.path(), { method: "PATCH", body }));
    }

    private act(act: Act): void {
        const { name } = this.one() ?? { name: "" };
        this.asking = null;
        const acts = {
            reset: async () => {
                const { password } = await api<{ password: string }>(this.path("/password"), { method: "POST" });
                this.made = { name, password };
            },
            forget: () => api(this.path("/second-factor"), { method: "DELETE" }),
            disable: () => api(this.path(), { method: "PATCH", body: { disabled: true } }),
        };
        void this.run(acts[act]);
    }

    private refusal(): Refusal | null {
        const { problem } = this;
        if (!problem) return null;
        const slug = slugOf(problem);
        const text = slug === "no-picture" ? words().mine.noPicture : (words().admin.problems[slug] ?? explain(problem));
        return { field: slug === "no-picture" ? "photo" : fieldOf(problem.field), text };
    }

    private chips(one: Account): TemplateResult {
        const w = words().admin;
        if (one.disabled) return html`<span class="chip busy">${icon("no")}${w.disabled}</span>`;
        if (one.must_change) return html`<span class="chip busy">${icon("clock")}${w.oneTime}</span>`;
        if (one.second_factor) return html`<span class="chip free">${icon("yes")}${w.factor}</span>`;
        return html`<span class="chip">${icon("info")}${w.noFactor}</span>`;
    }

    private list(): TemplateResult {
        const w = words().admin;
        return html`<section class="card wide">
            <header class="row"><h2>${w.accounts}</h2>
                ${button({ label: w.add, test: "add-account", icon: "person", kind: "primary", press: () => this.begin() })}
            </header>
            ${this.problem ? sentence("warn", words().admin.problems[slugOf(this.problem)] ?? explain(this.problem)) : nothing}
            <ul class="duty accounts" data-test="accounts">
                ${accountRoles.flatMap((role) => this.accounts.filter((one) => one.role === role)).map(
                    (one) => html`<li>
                        <span class="who"><b>${one.display_name}</b><i>${w.roles[one.role]} · ${one.name}</i></span>
                        ${this.chips(one)}
                        ${button({ label: words().common.open, test: `account-${one.name}`, press: () => this.open(one.id) })}
                    </li>`,
                )}
            </ul>
        </section>`;
    }

    private signedIn(one: SignedIn): TemplateResult {
        const w = words().admin;
        const end = (): void => void this.run(() => api(this.path(`/sessions/${one.id}`), { method: "DELETE" }));
        return html`<li>
            <span class="who"><b>${w.from(one.address)}</b><i>${w.lastUsed(words().when(one.used_at, serverNow()))}</i></span>
            ${one.current
                ? html`<span class="chip">${w.here}</span>`
                : button({ label: w.signOutThere, test: "end-session", disabled: this.busy, press: end })}
        </li>`;
    }

    private helpers(one: Account): TemplateResult {
        const w = words().admin;
        const enable = (): void => void this.run(() => api(this.path(), { method: "PATCH", body: { disabled: false } }));
        const ask = (act: Act, label: string): TemplateResult =>
            button({ label, test: `ask-${act}`, disabled: this.busy, press: () => (this.asking = act) });
        return html`<div class="acts">
            ${ask("reset", w.resetPassword)} ${one.second_factor ? ask("forget", w.forgetFactor) : nothing}
            ${one.disabled ? button({ label: w.enable, test: "enable", press: enable }) : ask("disable", w.disable)}
        </div>`;
    }

    /** Who has no time or no camera for it: the administrator gives his photo. */
    private photo(one: Account): TemplateResult | typeof nothing {
        if (one.role !== "lawyer") return nothing;
        return html`<h2>${words().admin.photo}</h2>
            <p class="quiet">${words().mine.photoText}</p>
            <div class="photo-card">${photoChoice({
                person: { id: one.id, name: one.display_name, photo: one.photo },
                busy: this.busy,
                refusal: this.refusal(),
                give: (file) => void this.run(() => givePhoto(file, this.path("/photo"))),
                remove: () => void this.run(() => api(this.path("/photo"), { method: "DELETE" })),
            })}</div>`;
    }

    private detail(one: Account): TemplateResult {
        const w = words().admin;
        return html`<section class="card wide">
            <header class="row"><h2>${one.display_name} ${this.chips(one)}</h2>
                ${button({ label: w.back, test: "back", icon: "back", press: () => this.open(null) })}
            </header>
            ${wrongForm(this.refusal())}
            ${accountForm({ account: one, centres: this.centres, busy: this.busy, refusal: this.refusal(), submit: (event) => this.edit(event) })}
            ${this.helpers(one)} ${this.photo(one)}
            <h2>${w.sessions}</h2>
            ${this.sessions.length
                ? html`<ul class="duty" data-test="sessions">${this.sessions.map((session) => this.signedIn(session))}</ul>`
                : html`<p class="quiet">${w.noSessions}</p>`}
        </section>`;
    }

    private addition(): TemplateResult {
        const w = words().admin;
        const cancel = (): void => {
            this.adding = false;
            this.problem = null;
        };
        return html`<section class="card wide">
            <header class="row"><h2>${w.add}</h2>${button({ label: w.cancel, test: "cancel", icon: "back", press: cancel })}</header>
            ${wrongForm(this.refusal())} ${accountForm({ centres: this.centres, busy: this.busy, refusal: this.refusal(), submit: (event) => this.add(event) })}
        </section>`;
    }

    private told(made: Made): TemplateResult {
        const w = words().admin;
        return html`<section class="card wide told">
            <h2>${w.madeTitle(made.name)}</h2>
            <p class="big"><b data-test="one-time">${made.password}</b></p>
            <p>${w.madeText}</p>
            ${button({ label: w.madeDone, test: "noted", icon: "yes", kind: "primary", press: () => (this.made = null) })}
        </section>`;
    }

    private question(act: Act): TemplateResult {
        const w = words().admin;
        const titles = { reset: w.resetPassword, forget: w.forgetFactor, disable: w.disable };
        const texts = { reset: w.resetText, forget: w.forgetText, disable: w.disableText };
        return confirmation({
            title: titles[act],
            text: texts[act],
            yes: w.sure,
            no: w.cancel,
            onYes: () => this.act(act),
            onNo: () => (this.asking = null),
        });
    }

    override render(): TemplateResult {
        const one = this.one();
        if (this.made) return this.told(this.made);
        if (this.adding) return this.addition();
        if (!one) return this.list();
        return html`${this.detail(one)} ${this.asking ? this.question(this.asking) : nothing}`;
    }
}
