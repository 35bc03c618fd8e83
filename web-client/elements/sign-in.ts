// Name and password, and what else the gateway wants then: the phone's digits, a password of one's
// own, or a phone to be enrolled. Everything is sent together at the end. Sends "signed-in" with the
// user.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ApiError, api, problemOf, slugOf } from "../core/api";
import type { Problem, User } from "../core/types";
import { words } from "../words/words";
import { button } from "./button";
import { code } from "./code";
import { Part } from "./part";
import { explain as explainProblem } from "./problem";
import { noAccountYet, readStart } from "./start-steps";
import { tree } from "./topbar";
import { wrongAt, wrongForm, type Refusal } from "./wrong";

/** Who the cookie says we are: a user, null (nobody), or rejects when the gateway is away. */
export async function whoAmI(): Promise<User | null> {
    try {
        return await api<User>("/v1/me");
    } catch (error) {
        if (error instanceof ApiError && error.problem.status === 401) return null;
        throw error;
    }
}

export async function signOut(): Promise<void> {
    await api("/v1/sessions/current", { method: "DELETE" }).catch(() => undefined);
    location.reload();
}

type Step = "password" | "code" | "new-password" | "enrol";

interface Factor {
    key: string;
    uri: string;
    enrolment: string;
}

/** What the gateway misses, and the step that asks for it. */
const missing: Record<string, Step> = {
    "code-needed": "code",
    "new-password-needed": "new-password",
    "second-factor-needed": "enrol",
    "enrolment-too-old": "enrol",
};

/** What may be wrong at each step. */
const asked: Record<Step, string[]> = {
    password: ["password"],
    code: ["code"],
    "new-password": ["new_password", "again"],
    enrol: ["code"],
};

function explain(problem: Problem): string {
    const w = words().signIn;
    const slug = slugOf(problem);
    if (slug === "wrong-code") return w.codeWrong;
    if (slug === "weak-password") return w.newWeak;
    if (slug === "differs") return w.newDiffers;
    if (problem.status === 401) return w.wrong;
    if (problem.status === 429) return w.throttled(problem.retryAfter);
    if (problem.status === 0 || problem.status >= 500) return w.unreachable;
    return explainProblem(problem);
}

/** The field that is to be filled in anew; none: there is nothing to mend here. */
export function wrongField(problem: Problem): string | undefined {
    const slug = slugOf(problem);
    if (slug === "differs") return "again";
    if (slug === "weak-password") return "new_password";
    if (slug === "wrong-code" || slug === "code-needed") return "code";
    return problem.status === 401 ? "password" : undefined;
}

@customElement("sign-in")
export class SignIn extends Part {
    @property() heading = "";
    @property() lead = "";
    @state() private busy = false;
    @state() private step: Step = "password";
    @state() private factor: Factor | null = null;
    /** A new machine, where nobody can sign in. */
    @state() private nobody = false;
    /** What was typed so far; forgotten when it is over. */
    private typed: Record<string, string> = {};

    override connectedCallback(): void {
        super.connectedCallback();
        void readStart().then((facts) => (this.nobody = facts !== null && !facts.account));
    }

    private startOver(): void {
        this.typed = {};
        this.factor = null;
        this.problem = null;
        this.step = "password";
    }

    private async submit(event: SubmitEvent): Promise<void> {
        event.preventDefault();
        new FormData(event.target as HTMLFormElement).forEach((value, name) => {
            if (typeof value === "string") this.typed[name] = value;
        });
        this.problem = null;
        if (this.step === "new-password" && this.typed["new_password"] !== this.typed["again"]) {
            this.problem = { type: "/problems/differs", title: "", status: 422 };
            return;
        }
        this.busy = true;
        try {
            await this.send();
        } catch (error) {
            await this.refused(problemOf(error));
        }
        this.busy = false;
    }

    private async send(): Promise<void> {
        const body: Record<string, string> = {};
        for (const name of ["name", "password", "code", "new_password"]) {
            const value = (this.typed[name] ?? "").replace(name === "code" ? /\s/g : /$^/, "");
            if (value) body[name] = value;
        }
        if (this.factor) body["enrolment"] = this.factor.enrolment;
        const { user } = await api<{ user: User }>("/v1/sessions", { method: "POST", body });
        this.startOver();
        this.dispatchEvent(new CustomEvent<User>("signed-in", { detail: user }));
    }

    private async refused(problem: Problem): Promise<void> {
        const next = missing[slugOf(problem)];
        delete this.typed["code"]; // it does not keep
        if (!next) {
            this.problem = problem;
            if (slugOf(problem) === "weak-password") this.step = "new-password";
            if (slugOf(problem) === "sign-in-failed") this.step = "password";
            return;
        }
        const begun = next !== "enrol" || (await this.attempt(() => this.begin()));
        if (begun) this.step = next;
    }

    private async begin(): Promise<void> {
        const { name, password } = this.typed;
        this.factor = await api<Factor>("/v1/sessions/second-factor", { method: "POST", body: { name, password } });
    }

    private refusal(): Refusal | null {
        if (!this.problem) return null;
        const field = wrongField(this.problem);
        return { field: field !== undefined && asked[this.step].includes(field) ? field : undefined, text: explain(this.problem) };
    }

    private passwordStep(): TemplateResult {
        const w = words().signIn;
        return html`<h1>${this.heading}</h1>
            <p>${this.lead}</p>
            <label>${w.name}<input name="name" data-test="name" .value=${this.typed["name"] ?? ""} autocomplete="username" autocapitalize="off" required /></label>
            <label>${w.password}
                <input name="password" data-test="password" type="password" autocomplete="current-password" required />
                ${wrongAt(this.refusal(), "password")}
            </label>`;
    }

    private codeField(): TemplateResult {
        return html`<label>${words().signIn.code}
            <input class="digits" name="code" data-test="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,7}" data-wrong=${words().signIn.codeShape} required />
            ${wrongAt(this.refusal(), "code")}
        </label>`;
    }

    private codeStep(): TemplateResult {
        const w = words().signIn;
        return html`<h1>${w.codeTitle}</h1><p>${w.codeText}</p>${this.codeField()}`;
    }

    private newPasswordStep(): TemplateResult {
        const w = words().signIn;
        const field = (name: string, label: string): TemplateResult => html`<label>${label}
            <input name=${name} data-test=${name} type="password" autocomplete="new-password" minlength="10" required />
            ${wrongAt(this.refusal(), name)}
        </label>`;
        return html`<h1>${w.newTitle}</h1><p>${w.newText}</p>
            ${field("new_password", w.newPassword)} ${field("again", w.newAgain)}`;
    }

    private enrolStep(): TemplateResult {
        const w = words().signIn;
        const key = this.factor ? this.factor.key : "";
        return html`<h1>${w.enrolTitle}</h1>
            <ol>${w.enrolSteps.map((line) => html`<li>${line}</li>`)}</ol>
            ${this.factor ? code(this.factor.uri, words().signIn.enrolPicture) : nothing}
            <p class="key"><i>${w.enrolKey}</i><b data-test="key">${key.replace(/(.{4})(?=.)/g, "$1 ")}</b></p>
            ${this.codeField()}`;
    }

    override render(): TemplateResult {
        this.toggleAttribute("wide", this.nobody);
        if (this.nobody) return noAccountYet();
        const w = words().signIn;
        const first = this.step === "password";
        const steps = {
            password: () => this.passwordStep(),
            code: () => this.codeStep(),
            "new-password": () => this.newPasswordStep(),
            enrol: () => this.enrolStep(),
        };
        return html`<form class="card sign-in" data-step=${this.step} @submit=${(event: SubmitEvent) => void this.submit(event)}>
            ${this.step === "enrol" ? nothing : tree()} ${steps[this.step]()}
            ${wrongForm(this.refusal())}
            <button class="button primary" data-test="sign-in" ?disabled=${this.busy}>
                <span class="label">${this.busy ? w.busy : this.step === "new-password" ? w.next : w.submit}</span>
            </button>
            ${first ? nothing : button({ label: w.startOver, test: "start-over", icon: "back", kind: "quiet", press: () => this.startOver() })}
        </form>`;
    }
}
