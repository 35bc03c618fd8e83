// Name and password, for the people who work with Banyan. Sends "signed-in" with the user.
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ApiError, api, problemOf } from "../core/api";
import type { Problem, User } from "../core/types";
import { words } from "../words/words";
import { explain as explainProblem } from "./problem";
import { sentence } from "./sentence";
import { tree } from "./topbar";

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

function explain(problem: Problem): string {
    const w = words().signIn;
    if (problem.status === 401) return w.wrong;
    if (problem.status === 429) return w.throttled(15);
    if (problem.status === 0 || problem.status >= 500) return w.unreachable;
    return explainProblem(problem);
}

@customElement("sign-in")
export class SignIn extends LitElement {
    @property() heading = "";
    @property() lead = "";
    @state() private busy = false;
    @state() private problem: Problem | null = null;

    override createRenderRoot(): HTMLElement {
        return this;
    }

    private async submit(event: SubmitEvent): Promise<void> {
        event.preventDefault();
        const form = new FormData(event.target as HTMLFormElement);
        const body = { name: form.get("name"), password: form.get("password") };
        this.busy = true;
        this.problem = null;
        try {
            const { user } = await api<{ user: User }>("/v1/sessions", { method: "POST", body });
            this.dispatchEvent(new CustomEvent<User>("signed-in", { detail: user }));
        } catch (error) {
            this.problem = problemOf(error);
        }
        this.busy = false;
    }

    override render(): TemplateResult {
        const w = words().signIn;
        return html`<form class="card sign-in" @submit=${(event: SubmitEvent) => void this.submit(event)}>
            ${tree()}
            <h1>${this.heading}</h1>
            <p>${this.lead}</p>
            <label>${w.name}<input name="name" data-test="name" autocomplete="username" autocapitalize="off" required /></label>
            <label>${w.password}
                <input name="password" data-test="password" type="password" autocomplete="current-password" required />
            </label>
            ${this.problem ? sentence("warn", explain(this.problem)) : nothing}
            <button class="button primary" data-test="sign-in" ?disabled=${this.busy}>
                <span class="label">${this.busy ? w.busy : w.submit}</span>
            </button>
        </form>`;
    }
}
