// A page for people at work that shows a few numbers: signs in, checks the role, asks again and
// again, and says when what it shows is old.
import { html, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { IdleLock } from "../core/idle";
import type { User } from "../core/types";
import { words } from "../words/words";
import { button } from "./button";
import "./lock-screen";
import { Page } from "./page";
import { sentence } from "./sentence";
import { signOut, whoAmI } from "./sign-in";
import { topbar } from "./topbar";

const every = 5000;

export abstract class WorkPage extends Page {
    @state() private user: User | null = null;
    @state() private asked = false;
    @state() private away = false;
    @state() private loaded = false;
    private readonly lock = new IdleLock(
        () => this.user === null,
        () => this.requestUpdate(),
    );

    protected abstract readonly roles: readonly string[];
    protected abstract headline(): { title: string; signInTitle: string; signInText: string };
    /** Fetches what the page shows; rejects when the gateway does not answer. */
    protected abstract load(): Promise<void>;
    protected abstract board(): TemplateResult;

    override connectedCallback(): void {
        super.connectedCallback();
        this.tick(every);
        void this.turn();
        window.setInterval(() => void this.turn(), every);
        this.lock.start();
    }

    /** Somebody is waiting for who works here, also while the page is locked. */
    protected isNeeded(): boolean {
        return false;
    }

    private unlocked(event: CustomEvent<string>): void {
        this.lock.open();
        if (event.detail === "over") location.reload();
    }

    /** Asks again now. */
    protected async turn(): Promise<void> {
        if (document.visibilityState === "hidden") return;
        try {
            if (!this.asked) this.user = await whoAmI();
            this.asked = true;
            if (this.allowed()) {
                await this.load();
                this.loaded = true;
            }
            this.away = false;
        } catch {
            this.away = true;
        }
    }

    protected userRole(): string {
        return this.user ? this.user.role : "";
    }

    private allowed(): boolean {
        return this.user !== null && this.roles.includes(this.user.role);
    }

    private signedIn(user: User): void {
        this.lock.open();
        this.user = user;
        void this.turn();
    }

    protected override screen(): string {
        if (!this.user) return this.asked ? "sign-in" : "starting";
        if (this.lock.locked) return "locked";
        if (!this.allowed()) return "not-for-you";
        return this.loaded ? "board" : "starting";
    }

    protected override heading(): string {
        return this.headline().title;
    }

    private body(): TemplateResult {
        const { signInTitle, signInText } = this.headline();
        const screen = this.screen();
        if (screen === "board") return this.board();
        if (screen === "locked")
            return html`<lock-screen ?needed=${this.isNeeded()} @unlocked=${(event: CustomEvent<string>) => this.unlocked(event)}></lock-screen>`;
        if (screen === "starting") return html`<h1>${words().common.starting}</h1>`;
        if (screen === "sign-in")
            return html`<sign-in
                heading=${signInTitle}
                lead=${signInText}
                @signed-in=${(event: CustomEvent<User>) => this.signedIn(event.detail)}
            ></sign-in>`;
        return html`${sentence("warn", words().signIn.notForYou)}
        ${button({ label: words().common.signOut, test: "leave", icon: "back", kind: "primary", press: () => void signOut() })}`;
    }

    override render(): TemplateResult {
        const bar = topbar({
            title: this.headline().title,
            who: this.user ? this.user.name : undefined,
            account: this.user !== null && this.screen() !== "locked" && location.pathname !== "/account",
            signOut: this.user ? () => void signOut() : undefined,
        });
        const old = this.away ? sentence("lost", this.loaded ? words().desk.stale : words().common.noAnswer) : "";
        return html`${bar}<main class=${this.screen() === "board" ? "board" : "middle"}>${old}${this.body()}</main>`;
    }
}
