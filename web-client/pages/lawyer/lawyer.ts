// The lawyer's desk: one page that stays open in an office and rings.
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { IdleLock } from "../../core/idle";
import { keepAwake } from "../../core/wake";
import "../../elements/lock-screen";
import { Page } from "../../elements/page";
import { words } from "../../words/words";
import { callView } from "./call";
import { equipmentView, idleView, offDutyView, offerView } from "./duty";
import { LawyerFlow, screenOf } from "./flow";
import { recordScreen } from "./record";
import { notForYouView, signInView, startingView, top, type View } from "./view";

const views: Record<ReturnType<typeof screenOf>, View> = {
    starting: startingView,
    "sign-in": signInView,
    "not-for-you": notForYouView,
    "off-duty": offDutyView,
    idle: idleView,
    offer: offerView,
    call: callView,
    record: recordScreen,
    equipment: equipmentView,
};

@customElement("lawyer-page")
export class LawyerPage extends Page {
    private readonly flow = new LawyerFlow();
    /** Who talks with somebody is at work, whether he touches anything or not. */
    private readonly lock = new IdleLock(
        () => this.flow.store.get().user === null || this.view() === "call",
        () => this.requestUpdate(),
    );

    override connectedCallback(): void {
        super.connectedCallback();
        this.follow(this.flow.store);
        this.follow(this.flow.records.store);
        this.tick(1000);
        void this.flow.start();
        this.lock.start();
        document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.flow.records.hidden());
        window.addEventListener("pagehide", () => this.flow.records.leaving());
    }

    private view(): ReturnType<typeof screenOf> {
        return screenOf(this.flow.store.get(), this.flow.records.store.get().open !== null);
    }

    private isLocked(): boolean {
        const view = this.view();
        return this.lock.locked && view !== "sign-in" && view !== "starting" && view !== "call";
    }

    protected override screen(): string {
        return this.isLocked() ? "locked" : this.view();
    }

    /** A tab in the background has nothing but its title. */
    protected override heading(): string {
        return this.view() === "offer" ? words().lawyer.ringTitle : words().lawyer.title;
    }

    private unlocked(event: CustomEvent<string>): void {
        this.lock.open();
        if (event.detail === "over") location.reload();
    }

    private locked(): TemplateResult {
        return html`<main class="middle">
            <lock-screen ?needed=${this.view() === "offer"} @unlocked=${(event: CustomEvent<string>) => this.unlocked(event)}></lock-screen>
        </main>`;
    }

    override render(): TemplateResult {
        const state = this.flow.store.get();
        keepAwake(this.screen() === "call" || this.screen() === "idle");
        if (this.view() === "sign-in" && this.lock.locked) this.lock.open();
        if (this.isLocked()) return html`${top(state, this.flow, true)} ${this.locked()}`;
        return html`${top(state, this.flow)} ${views[this.view()](state, this.flow) ?? nothing}`;
    }
}
